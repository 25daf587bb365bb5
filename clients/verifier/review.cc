#include "clients/verifier/review.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>
#include <string>

#include "clients/verifier/base64.h"
#include "clients/verifier/receipt.h"

namespace tearline::verifier {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::Detail;

/// The head is line 1.
constexpr std::uint64_t kFirstLeafLine = 2;

absl::Status Broken(std::uint64_t line, const std::string& sentence) {
  return absl::DataLossError("line " + std::to_string(line) + " of the data: " + sentence);
}

/// The post a feed belongs to: its first two parts.
std::string PostOf(const std::string& feed) {
  const std::size_t slash = feed.find('/');
  return slash == std::string::npos ? feed : feed.substr(0, feed.find('/', slash + 1));
}

absl::StatusOr<ProvedLeaf> Prove(const ReviewLeaf& each, const Checkpoint& checkpoint) {
  if (!ProvesInclusion(each.proof, each.index, checkpoint.tree_size, LeafHash(each.opening.leaf()),
                       checkpoint.root)) {
    return absl::DataLossError("its leaf does not lie under the checkpoint at index " +
                               std::to_string(each.index));
  }
  absl::StatusOr<Leaf> leaf = ReadLeaf(each.opening.leaf());
  if (!leaf.ok()) return leaf.status();
  if (leaf->position != each.index + 1) {
    return absl::DataLossError("its leaf's position must be its index plus one");
  }
  ProvedLeaf proved{each.index, *leaf, {}};
  std::set<std::uint32_t> slots;
  for (const v1::OpenedDetail& opened : each.opening.details()) {
    std::optional<Detail> fact = FactUnder(opened, *leaf);
    if (!fact || !slots.insert(opened.slot()).second) {
      return absl::DataLossError("one of its details does not lie under its leaf");
    }
    proved.facts.push_back(*std::move(fact));
  }
  return proved;
}

/// Whether a leaf of this stamp has a fact for which `is` holds.
template <typename Is>
bool Holds(const std::vector<ProvedLeaf>& leaves, const google::protobuf::Timestamp& stamp, Is is) {
  const std::int64_t ms = TimeUtil::TimestampToMilliseconds(stamp);
  return std::any_of(leaves.begin(), leaves.end(), [&](const ProvedLeaf& each) {
    return each.leaf.stamp_ms == ms && std::any_of(each.facts.begin(), each.facts.end(), is);
  });
}

absl::Status InOrder(const Review& review) {
  std::uint64_t line = kFirstLeafLine + review.leaves.size();
  for (std::size_t i = 0; i < review.events.size(); ++i, ++line) {
    if (i > 0 && review.events[i].event_id() <= review.events[i - 1].event_id()) {
      return Broken(line, "answers must follow in order of event, each once");
    }
  }
  for (std::size_t i = 0; i < review.obligations.size(); ++i, ++line) {
    if (i > 0 &&
        review.obligations[i].obligation_id() <= review.obligations[i - 1].obligation_id()) {
      return Broken(line, "answers must follow in order of obligation, each once");
    }
  }
  return absl::OkStatus();
}

/// What the broker answered of an obligation must be of one that a leaf speaks of.
absl::Status AgreesWith(const v1::OpenAtRow& said, const std::vector<ProvedLeaf>& leaves) {
  for (const ProvedLeaf& each : leaves) {
    for (const Detail& fact : each.facts) {
      const stored::v1::ObligationDetail& obligation = fact.obligation();
      if ("ob_" + Hex(obligation.obligation_id()) != said.obligation_id()) continue;
      if (obligation.type() == said.type() && obligation.reason() == said.reason()) {
        return absl::OkStatus();
      }
      return absl::DataLossError("the leaves say otherwise of what had to happen, and why");
    }
  }
  return absl::DataLossError("no leaf here speaks of the obligation");
}

}  // namespace

absl::Status AgreesWith(const v1::KnownEvent& said, const std::vector<ProvedLeaf>& leaves) {
  const auto is_it = [&said](const std::string& id) { return "ev_" + Hex(id) == said.event_id(); };
  const bool put_in = Holds(leaves, said.accepted_at(), [&](const Detail& fact) {
    return fact.has_published() && is_it(fact.published().event_id()) &&
           fact.published().event_type() == said.event_type() &&
           fact.published().originating_agency() == said.originating_agency();
  });
  if (!put_in) {
    return absl::DataLossError("no leaf here says that the event was put in then, so and by them");
  }
  for (const v1::KnownTo& known : said.known_to()) {
    const bool let_go =
        !known.has_released_at() || Holds(leaves, known.released_at(), [&](const Detail& fact) {
          return fact.has_released() && is_it(fact.released().event_id()) &&
                 PostOf(fact.released().feed()) == known.post();
        });
    if (!let_go) return absl::DataLossError("no leaf here holds a letting-go that it names");
    const bool read =
        !known.has_read_at() || Holds(leaves, known.read_at(), [&](const Detail& fact) {
          return fact.has_read() && is_it(fact.read().event_id()) &&
                 PostOf(fact.read().feed()) == known.post();
        });
    if (!read) return absl::DataLossError("no leaf here holds a reading that it names");
  }
  return absl::OkStatus();
}

absl::StatusOr<ProvedReview> CheckReview(const Review& review, const VerifierKey& key) {
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(review.signed_note, key);
  if (!checkpoint.ok()) return Broken(1, std::string(checkpoint.status().message()));
  ProvedReview proved{*checkpoint, {}};
  std::uint64_t line = kFirstLeafLine;
  for (const ReviewLeaf& each : review.leaves) {
    if (!proved.leaves.empty() && each.index <= proved.leaves.back().index) {
      return Broken(line, "leaves must follow in order of index, each once");
    }
    absl::StatusOr<ProvedLeaf> leaf = Prove(each, *checkpoint);
    if (!leaf.ok()) return Broken(line, std::string(leaf.status().message()));
    proved.leaves.push_back(*std::move(leaf));
    ++line;
  }
  if (const absl::Status order = InOrder(review); !order.ok()) return order;
  for (const v1::KnownEvent& event : review.events) {
    const bool is_cut =
        std::find(review.cut.begin(), review.cut.end(), event.event_id()) != review.cut.end();
    const absl::Status agrees = is_cut ? absl::OkStatus() : AgreesWith(event, proved.leaves);
    if (!agrees.ok()) return Broken(line, std::string(agrees.message()));
    ++line;
  }
  for (const v1::OpenAtRow& row : review.obligations) {
    const absl::Status agrees = AgreesWith(row, proved.leaves);
    if (!agrees.ok()) return Broken(line, std::string(agrees.message()));
    ++line;
  }
  return proved;
}

}  // namespace tearline::verifier
