#include "clients/verifier/disclosure.h"

#include <cstdlib>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "clients/verifier/feed_name.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {
namespace {

using stored::v1::DecisionDetail;
using stored::v1::Detail;
using stored::v1::ReleasedDetail;

/// Posts of one event that are gone through for one of them.
constexpr std::size_t kTogetherMax = 256;

absl::Status Broken(const char* sentence) { return absl::DataLossError(sentence); }

int EnumIn(const Fact& fact, std::size_t field) { return static_cast<int>(fact.NumberOf(field)); }

}  // namespace

template <typename Any>
std::size_t Numbered::Hashed::operator()(Any any) const {
  const std::string_view text = TextOf::operator()(any);
  return absl::HashOf(absl::string_view(text.data(), text.size()));
}

std::uint32_t Numbered::Meet(std::string_view text) {
  if (!met_.empty()) {
    const std::uint32_t guess = met_[last_].next;
    if (numbers_.key_eq()(guess, text)) return last_ = guess;
  }
  if (met_.size() >= UINT32_MAX || text.size() > UINT32_MAX) std::abort();
  const auto place = numbers_.lazy_emplace(text, [this, text](const auto& make) {
    met_.push_back({texts_.size(), static_cast<std::uint32_t>(text.size()), 0});
    texts_ += text;
    make(static_cast<std::uint32_t>(met_.size() - 1));
  });
  met_[last_].next = *place;
  return last_ = *place;
}

std::optional<std::uint32_t> Numbered::Find(std::string_view text) const {
  const auto found = numbers_.find(text);
  if (found == numbers_.end()) return std::nullopt;
  return *found;
}

void Decided::Add(std::string_view event_id, std::string_view post_name, int level) {
  const std::uint32_t post = posts_.Meet(post_name);
  if (begins_.empty() || event_id != last_event_id_) {
    const std::uint32_t event = events_.Meet(event_id);
    if (event < begins_.size()) {
      later_.insert_or_assign({event, post}, level);
      return;
    }
    begins_.push_back(together_.size());
    last_event_id_ = event_id;
  }
  for (std::size_t at = begins_.back(); at < together_.size(); ++at) {
    if (together_[at].post != post) continue;
    together_[at].level = level;
    return;
  }
  if (together_.size() - begins_.back() < kTogetherMax) {
    together_.push_back({post, level});
  } else {
    later_.insert_or_assign({static_cast<std::uint32_t>(begins_.size() - 1), post}, level);
  }
}

std::optional<int> Decided::Of(std::string_view event_id, std::string_view post_name) const {
  const std::optional<std::uint32_t> event = events_.Find(event_id);
  const std::optional<std::uint32_t> post = posts_.Find(post_name);
  if (!event || !post) return std::nullopt;
  if (const auto later = later_.find({*event, *post}); later != later_.end()) return later->second;
  const std::size_t end = *event + 1 < begins_.size() ? begins_[*event + 1] : together_.size();
  for (std::size_t at = begins_[*event]; at < end; ++at) {
    if (together_[at].post == *post) return together_[at].level;
  }
  return std::nullopt;
}

void Disclosure::Decide(const Fact& decision) {
  const int level = EnumIn(decision, DecisionDetail::kLevelFieldNumber);
  decided_.Add(decision.TextOf(DecisionDetail::kEventIdFieldNumber),
               decision.TextOf(DecisionDetail::kPostFieldNumber), level);
  ++decisions_;
  if (level == v1::LEVEL_WITHHELD) ++withheld_;
}

absl::Status Disclosure::LetGo(const Fact& released) {
  const std::string_view feed = released.TextOf(ReleasedDetail::kFeedFieldNumber);
  const std::string_view event_id = released.TextOf(ReleasedDetail::kEventIdFieldNumber);
  const std::uint64_t sequence = released.NumberOf(ReleasedDetail::kSequenceFieldNumber);
  const int lane = EnumIn(released, ReleasedDetail::kLaneFieldNumber);
  std::uint64_t& last = numbers_[{feeds_.Meet(feed), lane}];
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
  const std::optional<int> decided = decided_.Of(event_id, PostOfFeed(std::string(feed)));
  if (!decided) return Broken("it lets an event go that was never judged for that post");
  const int level = EnumIn(released, ReleasedDetail::kLevelFieldNumber);
  if (*decided != level || level <= v1::LEVEL_WITHHELD) {
    return Broken("it lets an event go at another level than was decided");
  }
  return absl::OkStatus();
}

absl::Status Disclosure::Add(const LeafParts& parts) {
  released_.clear();
  for (const PrefixedEntry& detail : parts.details) {
    const Fact& fact = reader_.Read(detail.Bytes());
    if (fact.Number() == 0) return Broken("one of its details does not read as a fact");
    if (fact.Number() == Detail::kDecisionFieldNumber) {
      Decide(fact);
    } else if (fact.Number() == Detail::kReleasedFieldNumber) {
      released_.push_back(detail.Bytes());  // Until every decision of the leaf is known.
    }
  }
  for (const std::string_view salted : released_) {
    if (const absl::Status gone = LetGo(reader_.Read(salted)); !gone.ok()) return gone;
  }
  return absl::OkStatus();
}

}  // namespace tearline::verifier
