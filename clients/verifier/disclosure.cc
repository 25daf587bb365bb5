#include "clients/verifier/disclosure.h"

#include <cstdlib>

#include "absl/strings/string_view.h"
#include "clients/verifier/feed_name.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {
namespace {

using stored::v1::DecisionDetail;
using stored::v1::Detail;
using stored::v1::ReleasedDetail;

absl::Status Broken(const char* sentence) { return absl::DataLossError(sentence); }

int EnumIn(const Fact& fact, std::size_t field) { return static_cast<int>(fact.NumberOf(field)); }

std::uint64_t PairOf(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

std::uint32_t Numbered::Meet(std::string_view text) {
  if (numbers_.size() >= UINT32_MAX) std::abort();
  const absl::string_view key(text.data(), text.size());
  return numbers_.try_emplace(key, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

std::optional<std::uint32_t> Numbered::Find(std::string_view text) const {
  const auto found = numbers_.find(absl::string_view(text.data(), text.size()));
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void Disclosure::Decide(const Fact& decision) {
  const std::string_view event_id = decision.TextOf(DecisionDetail::kEventIdFieldNumber);
  if (!last_event_ || event_id != last_event_id_) {
    last_event_ = events_.Meet(event_id);
    last_event_id_ = event_id;
  }
  const std::uint32_t post = names_.Meet(decision.TextOf(DecisionDetail::kPostFieldNumber));
  const int level = EnumIn(decision, DecisionDetail::kLevelFieldNumber);
  decided_.insert_or_assign(PairOf(*last_event_, post), level);
  ++decisions_;
  if (level == v1::LEVEL_WITHHELD) ++withheld_;
}

std::optional<int> Disclosure::DecidedFor(std::string_view event_id, std::string_view post) const {
  const std::optional<std::uint32_t> event = events_.Find(event_id);
  const std::optional<std::uint32_t> name = names_.Find(post);
  if (!event || !name) return std::nullopt;
  const auto decision = decided_.find(PairOf(*event, *name));
  if (decision == decided_.end()) return std::nullopt;
  return decision->second;
}

absl::Status Disclosure::LetGo(const Fact& released) {
  const std::string_view feed = released.TextOf(ReleasedDetail::kFeedFieldNumber);
  const std::string_view event_id = released.TextOf(ReleasedDetail::kEventIdFieldNumber);
  const std::uint64_t sequence = released.NumberOf(ReleasedDetail::kSequenceFieldNumber);
  const int lane = EnumIn(released, ReleasedDetail::kLaneFieldNumber);
  std::uint64_t& last = numbers_[PairOf(names_.Meet(feed), static_cast<std::uint32_t>(lane))];
  if (released.NumberOf(ReleasedDetail::kAgainFieldNumber) != 0) {
    if (sequence == 0 || sequence > last || event_id.empty()) {
      return Broken("it lets an item go again that was never let go before");
    }
  } else if (sequence != ++last) {
    return Broken("it lets an item go whose number is out of turn");
  } else {
    ++releases_;
  }
  if (event_id.empty()) return absl::OkStatus();
  const std::optional<int> decided = DecidedFor(event_id, PostOfFeed(std::string(feed)));
  if (!decided) return Broken("it lets an event go that was never judged for that post");
  const int level = EnumIn(released, ReleasedDetail::kLevelFieldNumber);
  if (*decided != level || level <= v1::LEVEL_WITHHELD) {
    return Broken("it lets an event go at another level than was decided");
  }
  return absl::OkStatus();
}

absl::Status Disclosure::Add(const LeafEntry& entry) {
  released_.clear();
  for (const std::string& salted : entry.details) {
    const Fact& fact = reader_.Read(salted);
    if (fact.Number() == 0) return Broken("one of its details does not read as a fact");
    if (fact.Number() == Detail::kDecisionFieldNumber) {
      Decide(fact);
    } else if (fact.Number() == Detail::kReleasedFieldNumber) {
      released_.push_back(&salted);  // Until every decision of the leaf is known.
    }
  }
  for (const std::string* salted : released_) {
    if (const absl::Status gone = LetGo(reader_.Read(*salted)); !gone.ok()) return gone;
  }
  return absl::OkStatus();
}

}  // namespace tearline::verifier
