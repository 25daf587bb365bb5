#include "clients/verifier/disclosure.h"

#include <vector>

#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {
namespace {

constexpr std::size_t kSaltBytes = 16;

absl::StatusOr<std::vector<stored::v1::Detail>> Facts(const LeafEntry& entry) {
  std::vector<stored::v1::Detail> facts;
  for (const std::string& salted : entry.details) {
    if (salted.size() < kSaltBytes || !facts.emplace_back().ParseFromString(salted.substr(16)) ||
        facts.back().fact_case() == stored::v1::Detail::FACT_NOT_SET) {
      return absl::DataLossError("one of its details does not read as a fact");
    }
  }
  return facts;
}

}  // namespace

absl::Status Disclosure::Add(const LeafEntry& entry) {
  const absl::StatusOr<std::vector<stored::v1::Detail>> facts = Facts(entry);
  if (!facts.ok()) return facts.status();
  for (const stored::v1::Detail& fact : *facts) {
    if (!fact.has_decision()) continue;
    const stored::v1::DecisionDetail& decision = fact.decision();
    decided_[{decision.event_id(), decision.post()}] = decision.level();
    ++decisions_;
    if (decision.level() == v1::LEVEL_WITHHELD) ++withheld_;
  }
  for (const stored::v1::Detail& fact : *facts) {
    if (!fact.has_released()) continue;
    const stored::v1::ReleasedDetail& released = fact.released();
    std::uint64_t& last = numbers_[{released.feed(), released.lane()}];
    if (released.again()) {
      if (released.sequence() == 0 || released.sequence() > last || released.event_id().empty()) {
        return absl::DataLossError("it lets an item go again that was never let go before");
      }
    } else if (released.sequence() != ++last) {
      return absl::DataLossError("it lets an item go whose number is out of turn");
    } else {
      ++releases_;
    }
    if (released.event_id().empty()) continue;
    const auto decision = decided_.find({released.event_id(), released.feed()});
    if (decision == decided_.end()) {
      return absl::DataLossError("it lets an event go that was never judged for that post");
    }
    if (decision->second != released.level() || released.level() <= v1::LEVEL_WITHHELD) {
      return absl::DataLossError("it lets an event go at another level than was decided");
    }
  }
  return absl::OkStatus();
}

}  // namespace tearline::verifier
