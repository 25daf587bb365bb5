#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "broker/policy/facts.h"
#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Whether the invented world of `policy`, its tests and its matrix make sense: every name is known
/// and given once, labels are such as a publisher could write, nothing holds content, and running
/// it all stays within kPolicyTestWorkMax.
///
/// Refuses: POLICY_INVALID, by the place of what is wrong, from 1.
[[nodiscard]] Status CheckSamples(const v1::Policy& policy);

/// The invented world as facts, the way the machine makes them of the real one.
class SampleWorld {
 public:
  /// Requires: CheckSamples found the policy right; `policy` outlives the world.
  explicit SampleWorld(const v1::Policy& policy);

  std::size_t events() const { return events_.size(); }
  std::size_t posts() const { return recipients_.size(); }

  std::optional<std::size_t> FindEvent(std::string_view name) const;
  std::optional<std::size_t> FindPost(std::string_view post) const;

  const EventFacts& Event(std::size_t event) const { return events_[event]; }
  const RecipientFacts& Recipient(std::size_t post) const { return recipients_[post]; }
  /// The event's nominals, as the post stands to them.
  std::vector<NominalFacts> Nominals(std::size_t event, std::size_t post) const;

 private:
  const v1::PolicySamples& samples_;
  std::vector<EventFacts> events_;
  std::vector<RecipientFacts> recipients_;
};

}  // namespace tearline::policy
