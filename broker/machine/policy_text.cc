#include "broker/machine/policy_text.h"

namespace tearline::machine {

Result<policy::PolicySet> ReadRecorded(const std::string& text, std::uint16_t behaviour_version) {
  if (behaviour_version < kLongPoliciesFrom && text.size() > kPolicyBytesBefore) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID,
                  "the policy is " + std::to_string(text.size()) + " bytes; at most " +
                      std::to_string(kPolicyBytesBefore));
  }
  return policy::PolicySet::Parse(text);
}

}  // namespace tearline::machine
