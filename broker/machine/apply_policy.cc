#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/policy/policy_set.h"

namespace tearline::machine {

using stored::v1::PolicyRow;

Status ApplyProposePolicy(const stored::v1::ProposePolicy& command, Step& step) {
  const Result<policy::PolicySet> policy = policy::PolicySet::Parse(command.policy_text());
  if (!policy.ok()) return policy.status();
  const state::Key key = PolicyKey(policy->digest().Bytes());
  const auto known = step.batch.Find<PolicyRow>(key);
  if (known && known->approved_position() == 0) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "this very text waits for its approval");
  }
  if (policy->digest().Bytes() == step.ledger.policy_digest()) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "this very text is in force");
  }

  PolicyRow row;  // one that was in force before is proposed anew, by a new author
  row.set_text(command.policy_text());
  *row.mutable_author() = step.actor;
  step.batch.PutRow(key, row);
  step.AddChanged("policy-proposed", policy->digest().Hex());
  step.applied.made_id = policy->digest().Hex();
  return {};
}

Status ApplyApprovePolicy(const stored::v1::ApprovePolicy& command, Step& step) {
  const state::Key key = PolicyKey(command.policy_digest());
  auto row = step.batch.Find<PolicyRow>(key);
  if (!row) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`policy_digest` must be that of a proposed policy");
  }
  if (command.policy_digest() == step.ledger.policy_digest()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the policy is in force already");
  }
  if (row->approved_position() != 0) {
    return Refuse(
        v1::ERROR_REASON_WRONG_STATE,
        "the policy was in force before; propose it anew, so that two hands bring it back");
  }
  if (IsSameHand(row->author(), step.actor)) {
    return Refuse(v1::ERROR_REASON_SECOND_HAND_REQUIRED,
                  "a policy must be approved by another post, another member, another certificate "
                  "and another user acted for than its author's");
  }

  row->set_approved_position(step.header.position);
  step.batch.PutRow(key, *row);
  step.ledger.set_policy_digest(command.policy_digest());  // in force from the next position
  step.ledger.set_policy_position(step.header.position);
  const Result<crypto::Digest> digest = crypto::Digest::FromBytes(command.policy_digest());
  step.applied.access_changed = true;
  step.AddChanged("policy-approved", digest.ok() ? digest->Hex() : std::string());
  return {};
}

}  // namespace tearline::machine
