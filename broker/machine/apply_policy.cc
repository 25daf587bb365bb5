#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/commission.h"
#include "broker/machine/consultation.h"
#include "broker/machine/policy_text.h"
#include "broker/machine/raise.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/policy/examine.h"
#include "broker/policy/policy_set.h"
#include "broker/policy/report_writer.h"

namespace tearline::machine {

using stored::v1::PolicyRow;

namespace {

policy::Scope ScopeOf(const Step& step) {
  return step.header.behaviour_version < kExaminedWhollyFrom ? policy::Scope::kFirst
                                                             : policy::Scope::kAll;
}

/// Whether a proposed policy was simulated against the one it would replace, and whoever approves
/// has signed off what it raises.
Status CheckSimulation(const PolicyRow& row, const stored::v1::ApprovePolicy& command,
                       const Step& step) {
  const stored::v1::NoteSimulation& simulation = row.simulation();
  if (!row.has_simulation() || simulation.in_force_digest() != step.ledger.policy_digest()) {
    return Refuse(v1::ERROR_REASON_SIMULATION_REQUIRED,
                  "the policy must have been simulated against the one in force since it was "
                  "proposed, over all decisions: one that `from` or `to` kept from some is a look");
  }
  const std::uint64_t raises = simulation.raises() + simulation.not_replayed();
  if (raises > 0 && command.acknowledged_report() != simulation.report_digest()) {
    return Refuse(v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF,
                  "the simulation shows " + std::to_string(raises) +
                      " raises; `acknowledged_report` must be the digest of its report");
  }
  return {};
}

}  // namespace

Status ApplyProposePolicy(const stored::v1::ProposePolicy& command, Step& step) {
  const Result<policy::PolicySet> policy =
      ReadRecorded(command.policy_text(), step.header.behaviour_version);
  if (!policy.ok()) return policy.status();
  if (step.header.behaviour_version < kCompositesFrom && !policy->composites().empty()) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID,
                  "`composites` was not known to the broker that recorded this");
  }
  if (step.header.behaviour_version < kExaminedWhollyFrom &&
      !policy->policy().samples().supervisors().empty()) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID,
                  "`samples.supervisors` was not known to the broker that recorded this");
  }
  if (step.header.behaviour_version < kCommissionsFrom &&
      policy::SpeaksOfReportWriters(policy->policy())) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID,
                  "`CASE_FUNCTION_REPORT_WRITER` was not known to the broker that recorded this");
  }
  if (step.header.behaviour_version >= kPoliciesTestedFrom) {
    policy::TestRun run = policy::Examine(*policy, ScopeOf(step));
    if (step.header.behaviour_version < kKeptOutFrom) {
      std::erase_if(run.findings, [](const policy::Finding& finding) {
        return finding.fault == policy::Fault::kKeepsNobodyOut;
      });
    }
    TEARLINE_RETURN_IF_REFUSED(policy::CheckFindings(*policy, run));
  }
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
  if (step.header.behaviour_version >= kPoliciesTestedFrom) {
    TEARLINE_RETURN_IF_REFUSED(CheckSimulation(*row, command, step));
  }

  row->set_approved_position(step.header.position);
  step.batch.PutRow(key, *row);
  step.ledger.set_policy_digest(command.policy_digest());  // in force from the next position
  step.ledger.set_policy_position(step.header.position);
  const Result<crypto::Digest> digest = crypto::Digest::FromBytes(command.policy_digest());
  step.applied.access_changed = true;
  BeginRaise(step);
  step.AddChanged("policy-approved", digest.ok() ? digest->Hex() : std::string());
  return {};
}

Status ApplyNoteSimulation(const stored::v1::NoteSimulation& command, Step& step) {
  if (command.in_force_digest() != step.ledger.policy_digest()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "another policy came into force while this one was simulated; simulate it anew");
  }
  const Result<crypto::Digest> digest = crypto::Digest::FromBytes(command.policy_digest());
  const Result<crypto::Digest> report = crypto::Digest::FromBytes(command.report_digest());
  if (!digest.ok() || !report.ok()) {
    return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "a simulation's digests must be 32 bytes");
  }

  const state::Key key = PolicyKey(command.policy_digest());
  const bool counts =
      command.left_out() == 0 || step.header.behaviour_version < kSimulatedWhollyFrom;
  if (auto row = step.batch.Find<PolicyRow>(key);
      counts && row && row->approved_position() == 0) {
    *row->mutable_simulation() = command;
    step.batch.PutRow(key, *row);
  }
  // One that does not count, or that nobody proposed, is noted, too: whoever asked has learnt who was
  // told of what.
  step.batch.Put(EverybodyLooked().U64(step.header.position), "");
  step.AddChanged("policy-simulated", digest->Hex(), report->Hex());
  return {};
}

}  // namespace tearline::machine
