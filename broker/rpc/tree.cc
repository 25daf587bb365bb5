#include "broker/rpc/tree.h"

#include <optional>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/audit/detail_tree.h"
#include "broker/audit/leaf.h"
#include "broker/audit/note.h"
#include "broker/crypto/digest.h"
#include "broker/merkle/proof.h"
#include "broker/rpc/form.h"
#include "broker/state/key.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using state::Key;
using state::Table;

stored::v1::LedgerRow LedgerOf(const state::Reader& view) {
  const auto row = view.Find<stored::v1::LedgerRow>(Key(Table::kLedger));
  TEARLINE_INVARIANT(row.has_value(), "whoever is let in stands in a directory");
  return *row;
}

}  // namespace

Result<audit::Checkpoint> ReadCheckpoint(const std::string& note, const state::Reader& view) {
  if (note.empty()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "no checkpoint is signed yet; ask again after the next beat");
  }
  const stored::v1::LedgerRow ledger = LedgerOf(view);
  const Result<std::string> body =
      audit::OpenNote(note, ledger.log_origin(), ledger.audit_public_key());
  if (!body.ok()) return body.status();
  return audit::ParseNoteBody(*body);
}

std::string VerifierKeyOf(const state::Reader& view) {
  const stored::v1::LedgerRow ledger = LedgerOf(view);
  return audit::VerifierKey(ledger.log_origin(), ledger.audit_public_key());
}

Result<std::uint64_t> ReadTreeSize(std::uint64_t asked, const audit::Checkpoint& newest,
                                   const std::string& path) {
  if (asked == 0) return newest.tree_size;
  if (asked > newest.tree_size) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + "` must be at most that of the newest checkpoint, " +
                      std::to_string(newest.tree_size));
  }
  return asked;
}

Status ProveInclusion(const v1::ProveInclusionRequest& request, const audit::Checkpoint& newest,
                      const state::Reader& view, v1::ProveInclusionResponse& response) {
  const Result<crypto::Digest> hash = ReadDigest(request.leaf_hash(), "leaf_hash");
  if (!hash.ok()) return hash.status();
  const Result<std::uint64_t> size = ReadTreeSize(request.tree_size(), newest, "tree_size");
  if (!size.ok()) return size.status();
  const audit::AuditTree tree(view);
  const std::optional<std::uint64_t> index = tree.IndexOf(*hash);
  if (!index || *index >= *size) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such leaf under that checkpoint; a new one comes under the next");
  }
  response.set_leaf_index(*index);
  response.set_tree_size(*size);
  for (const crypto::Digest& node : merkle::InclusionProof(*index, *size, tree)) {
    response.add_proof(node.Bytes());
  }
  return {};
}

Status ProveConsistency(const v1::ProveConsistencyRequest& request, const audit::Checkpoint& newest,
                        const state::Reader& view, v1::ProveConsistencyResponse& response) {
  const Result<std::uint64_t> new_size = ReadTreeSize(request.new_size(), newest, "new_size");
  if (!new_size.ok()) return new_size.status();
  if (request.old_size() == 0 || request.old_size() > *new_size) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`old_size` must be above 0 and at most the later size");
  }
  response.set_new_size(*new_size);
  const audit::AuditTree tree(view);
  for (const crypto::Digest& node : merkle::ConsistencyProof(request.old_size(), *new_size, tree)) {
    response.add_proof(node.Bytes());
  }
  return {};
}

v1::LogLeaf ReadLeaf(std::uint64_t index, const std::string& seed, const state::Reader& view) {
  const stored::v1::LeafRow row = audit::LeafRowAt(index + 1, view);
  v1::LogLeaf leaf;
  leaf.set_index(index);
  leaf.set_leaf(row.leaf());

  const std::vector<std::string> salted(row.salted().begin(), row.salted().end());
  for (const std::string& bytes : salted) leaf.add_details()->set_salted(bytes);
  const Result<audit::Leaf> decoded = audit::DecodeLeaf(row.leaf());
  TEARLINE_INVARIANT(decoded.ok(), "a leaf of our own decodes");
  const audit::DetailTree tree(decoded->behaviour_version, seed, salted);
  for (std::size_t number = 0; number < salted.size(); ++number) {
    leaf.mutable_details(static_cast<int>(number))->set_index(tree.SlotOf(number));
  }
  for (const crypto::Digest& hash : tree.Padding()) leaf.add_padding_hashes(hash.Bytes());
  for (const crypto::Digest& hash : tree.Beside()) leaf.add_beside_hashes(hash.Bytes());
  return leaf;
}

}  // namespace tearline::rpc
