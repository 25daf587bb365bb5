#include "clients/verifier/disclosure.h"

#include <span>

#include "clients/verifier/feed_name.h"

namespace tearline::verifier {
namespace {

constexpr std::size_t kSaltBytes = 16;

absl::Status Broken(const char* sentence) { return absl::DataLossError(sentence); }

/// Reads one detail into `fact`, whose memory is used again.
bool ReadFact(std::string_view salted, stored::v1::Detail& fact) {
  if (salted.size() < kSaltBytes) return false;
  const std::string_view bytes = salted.substr(kSaltBytes);
  return fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
         fact.fact_case() != stored::v1::Detail::FACT_NOT_SET;
}

}  // namespace

absl::Status Disclosure::Read(const LeafEntry& entry) {
  if (facts_.size() < entry.details.size()) facts_.resize(entry.details.size());
  for (std::size_t i = 0; i < entry.details.size(); ++i) {
    if (!ReadFact(entry.details[i], facts_[i])) {
      return Broken("one of its details does not read as a fact");
    }
  }
  return absl::OkStatus();
}

void Disclosure::Decide(const stored::v1::DecisionDetail& decision) {
  decided_.insert_or_assign({decision.event_id(), decision.post()}, decision.level());
  ++decisions_;
  if (decision.level() == v1::LEVEL_WITHHELD) ++withheld_;
}

absl::Status Disclosure::LetGo(const stored::v1::ReleasedDetail& released) {
  std::uint64_t& last = numbers_[{released.feed(), released.lane()}];
  if (released.again()) {
    if (released.sequence() == 0 || released.sequence() > last || released.event_id().empty()) {
      return Broken("it lets an item go again that was never let go before");
    }
  } else if (released.sequence() != ++last) {
    return Broken("it lets an item go whose number is out of turn");
  } else {
    ++releases_;
  }
  if (released.event_id().empty()) return absl::OkStatus();
  const auto decision = decided_.find({released.event_id(), PostOfFeed(released.feed())});
  if (decision == decided_.end()) {
    return Broken("it lets an event go that was never judged for that post");
  }
  if (decision->second != released.level() || released.level() <= v1::LEVEL_WITHHELD) {
    return Broken("it lets an event go at another level than was decided");
  }
  return absl::OkStatus();
}

absl::Status Disclosure::Add(const LeafEntry& entry) {
  if (const absl::Status read = Read(entry); !read.ok()) return read;
  const std::span<const stored::v1::Detail> facts(facts_.data(), entry.details.size());
  for (const stored::v1::Detail& fact : facts) {
    if (fact.has_decision()) Decide(fact.decision());
  }
  for (const stored::v1::Detail& fact : facts) {
    if (!fact.has_released()) continue;
    if (const absl::Status gone = LetGo(fact.released()); !gone.ok()) return gone;
  }
  return absl::OkStatus();
}

}  // namespace tearline::verifier
