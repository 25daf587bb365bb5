#include "clients/verifier/review.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "clients/verifier/base64.h"
#include "clients/verifier/feed_name.h"
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

/// Whether some leaf has a fact for which `is` holds, whenever.
template <typename Is>
bool HoldsEver(const std::vector<ProvedLeaf>& leaves, Is is) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const ProvedLeaf& each) {
    return std::any_of(each.facts.begin(), each.facts.end(), is);
  });
}

/// Whether the leaves put in only events that are answered, and name the person of the head if they
/// name anybody.
absl::Status AreOfThePerson(const Review& review, const std::vector<ProvedLeaf>& leaves) {
  std::set<std::string> answered;
  for (const v1::KnownEvent& event : review.events) answered.insert(event.event_id());
  bool any = false;
  bool it_is = false;
  std::uint64_t line = kFirstLeafLine;
  for (const ProvedLeaf& each : leaves) {
    for (const Detail& fact : each.facts) {
      if (fact.has_published() && !answered.contains("ev_" + Hex(fact.published().event_id()))) {
        return Broken(line, "it puts in an event that no answer names");
      }
      for (const std::string& person : PeopleOf(fact)) {
        any = true;
        it_is = it_is || "nom_" + Hex(person) == review.nominal_id;
      }
    }
    ++line;
  }
  if (!any || it_is) return absl::OkStatus();
  return Broken(1,
                "no leaf here is about the person it names; a review of two that are one person "
                "is asked for by the id that records name");
}

}  // namespace

std::vector<std::string> PeopleOf(const Detail& fact) {
  if (fact.has_published()) {
    return {fact.published().nominal_ids().begin(), fact.published().nominal_ids().end()};
  }
  const std::string& one =
      fact.has_break_glass() ? fact.break_glass().nominal_id() : fact.obligation().nominal_id();
  return one.empty() ? std::vector<std::string>() : std::vector<std::string>{one};
}

std::vector<stored::v1::ObligationDetail> SaidOfObligations(const ProvedLeaf& leaf) {
  std::vector<stored::v1::ObligationDetail> said;
  for (const Detail& fact : leaf.facts) {
    if (fact.has_obligation()) said.push_back(fact.obligation());
  }
  const auto turn = [](const stored::v1::ObligationDetail& each) {
    const bool opens = each.change() == stored::v1::OBLIGATION_CHANGE_OPENED;
    const bool ends = each.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED;
    return std::pair(opens ? 0 : ends ? 2 : 1, -each.due_ms());
  };
  std::stable_sort(said.begin(), said.end(),
                   [&turn](const auto& one, const auto& other) { return turn(one) < turn(other); });
  return said;
}

namespace {

/// One leaf's word on an obligation.
struct Word {
  std::int64_t stamp_ms = 0;
  stored::v1::ObligationDetail said;
};

bool Ends(const Word& word) {
  return word.said.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED;
}

/// What the leaves say of an obligation, in their order.
std::vector<Word> WordsOn(const std::string& obligation_id, const std::vector<ProvedLeaf>& leaves) {
  std::vector<Word> words;
  for (const ProvedLeaf& each : leaves) {
    for (stored::v1::ObligationDetail& said : SaidOfObligations(each)) {
      if ("ob_" + Hex(said.obligation_id()) == obligation_id) {
        words.push_back({each.leaf.stamp_ms, std::move(said)});
      }
    }
  }
  return words;
}

/// When the leaves say that it ended; 0 if none does.
std::int64_t EndOf(const std::vector<Word>& words) {
  const auto end = std::find_if(words.begin(), words.end(), Ends);
  return end == words.end() ? 0 : end->stamp_ms;
}

/// Whether it stood so, by one leaf's word.
bool StoodAs(const v1::OpenAtRow& said, const Word& word) {
  return word.said.told_post() == said.told_post() && word.said.stage() == said.stage() &&
         word.said.due_ms() == TimeUtil::TimestampToMilliseconds(said.due_at());
}

/// Of an obligation each record of which is here: the leaves hold all that is answered.
absl::Status IsHeld(const v1::OpenAtRow& said, std::int64_t ended_ms, std::int64_t made_ms,
                    const std::vector<Word>& words) {
  const Word& first = words.front();
  if (first.said.change() != stored::v1::OBLIGATION_CHANGE_OPENED ||
      first.stamp_ms != TimeUtil::TimestampToMilliseconds(said.opened_at())) {
    return absl::DataLossError("no leaf here holds that it was opened then");
  }
  if (EndOf(words) != ended_ms) {
    return absl::DataLossError("the leaves say otherwise of when it ended");
  }
  const auto later = std::find_if(words.begin(), words.end(),
                                  [made_ms](const Word& word) { return word.stamp_ms > made_ms; });
  // As it stood when it was asked about: at the end; of one that has ended, or was opened only
  // while the answers came, at some time.
  const bool stood = ended_ms == 0 && later != words.begin()
                         ? StoodAs(said, *std::prev(later))
                         : std::any_of(words.begin(), words.end(),
                                       [&said](const Word& word) { return StoodAs(said, word); });
  if (stood) return absl::OkStatus();
  return absl::DataLossError("the leaves say otherwise of whom it was told, its step or its time");
}

/// Of an obligation of which not each record may be here: the leaves say nothing else.
absl::Status IsNotDenied(const v1::OpenAtRow& said, std::int64_t ended_ms,
                         const std::vector<Word>& words) {
  const std::int64_t proved_ms = EndOf(words);
  const bool ends_as_proved =
      proved_ms != 0 ? ended_ms == proved_ms : ended_ms == 0 || ended_ms >= words.back().stamp_ms;
  if (!ends_as_proved) return absl::DataLossError("the leaves say otherwise of when it ended");
  std::int64_t latest_due_ms = 0;
  for (const Word& word : words) latest_due_ms = std::max(latest_due_ms, word.said.due_ms());
  if (!MayBeDueAnew(said.type()) &&
      TimeUtil::TimestampToMilliseconds(said.due_at()) > latest_due_ms) {
    return absl::DataLossError("the leaves say that it was due earlier");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AgreesWith(const v1::OpenAtRow& said, bool is_cut, std::int64_t made_ms,
                        const std::vector<ProvedLeaf>& leaves) {
  const std::vector<Word> words = WordsOn(said.obligation_id(), leaves);
  if (words.empty()) return absl::DataLossError("no leaf here speaks of the obligation");
  const bool agrees = std::any_of(words.begin(), words.end(), [&said](const Word& word) {
    return word.said.type() == said.type() && word.said.reason() == said.reason();
  });
  if (!agrees) {
    return absl::DataLossError("the leaves say otherwise of what had to happen, and why");
  }
  const std::int64_t ended_ms =
      said.has_ended_at() ? TimeUtil::TimestampToMilliseconds(said.ended_at()) : 0;
  return is_cut ? IsNotDenied(said, ended_ms, words) : IsHeld(said, ended_ms, made_ms, words);
}

bool MayBeDueAnew(v1::ObligationType type) {
  switch (type) {
    case v1::OBLIGATION_TYPE_READ:
    case v1::OBLIGATION_TYPE_CONFIRM_DELETION:
    case v1::OBLIGATION_TYPE_REPORT_BREACH:
    case v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS:
    case v1::OBLIGATION_TYPE_REVIEW_UNMERGE:
    case v1::OBLIGATION_TYPE_REVIEW_NUMBERS:
    case v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE:
    case v1::OBLIGATION_TYPE_REVIEW_OVERRIDE:
    case v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL:
      return false;
    default:
      return true;
  }
}

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
    const auto let_go_to_it = [&](const Detail& fact) {
      return fact.has_released() && is_it(fact.released().event_id()) &&
             PostOfFeed(fact.released().feed()) == known.post();
    };
    const bool let_go = (!known.has_released_at() ||
                         Holds(leaves, known.released_at(), let_go_to_it)) &&
                        (!known.has_released_anew_at() ||
                         Holds(leaves, known.released_anew_at(), [&](const Detail& fact) {
                           return let_go_to_it(fact) && fact.released().level() == known.level();
                         }));
    if (!let_go) return absl::DataLossError("no leaf here holds a letting-go that it names");
    const auto read_by_it = [&](const Detail& fact) {
      return fact.has_read() && is_it(fact.read().event_id()) &&
             PostOfFeed(fact.read().feed()) == known.post();
    };
    const bool read =
        (!known.has_read_at() || Holds(leaves, known.read_at(), read_by_it)) &&
        (!known.has_read_before_at() || Holds(leaves, known.read_before_at(), read_by_it));
    if (!read) return absl::DataLossError("no leaf here holds a reading that it names");
    const auto decided = [&](const Detail& fact) {
      return fact.has_decision() && is_it(fact.decision().event_id()) &&
             fact.decision().post() == known.post();
    };
    const bool as_decided = !known.has_decided_at() || !HoldsEver(leaves, decided) ||
                            Holds(leaves, known.decided_at(), [&](const Detail& fact) {
                              const stored::v1::DecisionDetail& decision = fact.decision();
                              return decided(fact) && decision.level() == known.decided() &&
                                     decision.duty() == known.duty() &&
                                     decision.shortfall() == known.shortfall();
                            });
    if (!as_decided) return absl::DataLossError("the leaves say otherwise of what was decided");
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
  if (const absl::Status same = AreOfThePerson(review, proved.leaves); !same.ok()) return same;
  const std::set<std::string> cut(review.cut.begin(), review.cut.end());
  for (const v1::KnownEvent& event : review.events) {
    const absl::Status agrees =
        cut.contains(event.event_id()) ? absl::OkStatus() : AgreesWith(event, proved.leaves);
    if (!agrees.ok()) return Broken(line, std::string(agrees.message()));
    ++line;
  }
  for (const v1::OpenAtRow& row : review.obligations) {
    const absl::Status agrees =
        AgreesWith(row, cut.contains(row.obligation_id()), review.made_ms, proved.leaves);
    if (!agrees.ok()) return Broken(line, std::string(agrees.message()));
    ++line;
  }
  return proved;
}

}  // namespace tearline::verifier
