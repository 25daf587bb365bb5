#include "clients/verifier/log_check.h"

namespace tearline::verifier {
namespace {

absl::Status Broken(const std::string& sentence) { return absl::DataLossError(sentence); }

}  // namespace

absl::StatusOr<Leaf> LeafOrder::Add(std::uint64_t index, std::string_view bytes) {
  if (index != next_) return Broken("it must follow the one before without a gap");
  absl::StatusOr<Leaf> leaf = ReadLeaf(bytes);
  if (!leaf.ok()) return leaf;
  if (leaf->position != index + 1) return Broken("its position must be its index plus one");
  if (index == 0) {
    ledger_id_ = leaf->ledger_id;
    first_stamp_ms_ = leaf->stamp_ms;
  } else if (leaf->ledger_id != ledger_id_) {
    return Broken("another ledger wrote it than the one before");
  } else if (leaf->stamp_ms < last_stamp_ms_) {
    return Broken("its time is before the time of the one before");
  }
  last_stamp_ms_ = leaf->stamp_ms;
  ++next_;
  return leaf;
}

absl::Status LogCheck::Judge(const LeafParts& parts) {
  const absl::StatusOr<Leaf> leaf = order_.Add(parts.index, parts.leaf.Bytes());
  if (!leaf.ok()) return leaf.status();
  const absl::StatusOr<Hash> details_root = DetailsRoot(parts);
  if (!details_root.ok()) return details_root.status();
  if (*details_root != leaf->details_root) {
    return Broken("its details do not give the root it commits to");
  }
  if (const absl::Status status = disclosure_.Add(parts); !status.ok()) return status;
  Hash leaf_hash;
  LeafHash(parts.leaf, leaf_hash);
  tree_.Append(leaf_hash);
  report_.details += parts.details.size();
  ++report_.outcomes[leaf->outcome];
  if (earlier_ && earlier_->tree_size == tree_.Size() && earlier_->root != tree_.Root()) {
    return Broken("the log up to here is not the log seen before: history was rewritten");
  }
  return absl::OkStatus();
}

absl::Status LogCheck::Add(const LeafParts& parts) {
  const absl::Status status = Judge(parts);
  if (status.ok()) return status;
  return Broken("leaf " + std::to_string(parts.index) + ": " + std::string(status.message()));
}

absl::Status LogCheck::Add(const LeafEntry& entry) {
  laid_.Lay(entry);
  return Add(laid_);
}

absl::Status LogCheck::Finish(const Checkpoint& checkpoint) const {
  if (earlier_ && earlier_->origin != checkpoint.origin) {
    return Broken("the checkpoint speaks of another log than the one seen before");
  }
  if (earlier_ && earlier_->tree_size > checkpoint.tree_size) {
    return Broken("the log has " + std::to_string(checkpoint.tree_size) + " leaves; it had " +
                  std::to_string(earlier_->tree_size) + " when seen before");
  }
  if (tree_.Size() != checkpoint.tree_size) {
    return Broken("the checkpoint counts " + std::to_string(checkpoint.tree_size) +
                  " leaves; here are " + std::to_string(tree_.Size()));
  }
  if (tree_.Root() != checkpoint.root) {
    return Broken("the leaves do not give the root that the checkpoint signs");
  }
  return absl::OkStatus();
}

LogReport LogCheck::Report() const {
  LogReport report = report_;
  report.leaves = order_.Leaves();
  report.first_stamp_ms = order_.FirstStampMs();
  report.last_stamp_ms = order_.LastStampMs();
  report.decisions = disclosure_.Decisions();
  report.withheld = disclosure_.Withheld();
  report.releases = disclosure_.Releases();
  return report;
}

}  // namespace tearline::verifier
