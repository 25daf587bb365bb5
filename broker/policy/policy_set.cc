#include "broker/policy/policy_set.h"

#include <utility>

#include "broker/policy/check.h"
#include "broker/policy/duration.h"
#include "broker/policy/read_text.h"
#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

using Obliges = google::protobuf::RepeatedPtrField<v1::Oblige>;

std::int64_t CheckedDuration(const std::string& text) {
  const std::optional<std::int64_t> duration_ms = ReadDuration(text);
  TEARLINE_INVARIANT(duration_ms.has_value(), "a checked policy's times can be read");
  return *duration_ms;
}

std::vector<OpenedObligation> ReadObliges(const Obliges& obliges) {
  std::vector<OpenedObligation> read;
  for (const v1::Oblige& oblige : obliges) {
    const std::int64_t within_ms = CheckedDuration(oblige.within());
    const std::int64_t escalate_every_ms =
        oblige.escalate_every().empty() ? within_ms : CheckedDuration(oblige.escalate_every());
    read.push_back({oblige.type(), within_ms, escalate_every_ms});
  }
  return read;
}

}  // namespace

Result<PolicySet> PolicySet::Parse(const std::string& text) {
  Result<v1::Policy> policy = ReadText(text);
  if (!policy.ok()) return policy.status();
  return Of(*std::move(policy), text);
}

Result<PolicySet> PolicySet::Of(v1::Policy policy, const std::string& text) {
  TEARLINE_RETURN_IF_REFUSED(CheckPolicy(policy));
  PolicySet set;
  set.digest_ = crypto::Sha256(text);
  set.policy_ = std::move(policy);
  for (const v1::Rule& rule : set.policy_.rules()) {
    set.rules_.push_back({rule, ReadObliges(rule.oblige()), ReadObliges(rule.oblige_if_unmet())});
  }
  set.composites_ = ReadComposites(set.policy_);
  return set;
}

}  // namespace tearline::policy
