#include "broker/rpc/policies.h"

#include <optional>
#include <string>

#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/policy/examine.h"
#include "broker/policy/policy_set.h"
#include "broker/rpc/examine_policy.h"
#include "broker/rpc/form.h"
#include "broker/rpc/simulation_stream.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

Status Show(const v1::GetPolicyRequest& request, const state::Reader& view,
            v1::GetPolicyResponse& response) {
  const std::string in_force = DigestInForce(view);
  std::string digest = in_force;
  if (!request.policy_digest().empty()) {
    const Result<crypto::Digest> asked = ReadDigest(request.policy_digest(), "policy_digest");
    if (!asked.ok()) return asked.status();
    digest = asked->Bytes();
  }
  const auto policy = view.Find<stored::v1::PolicyRow>(machine::PolicyKey(digest));
  if (!policy) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no policy of that digest");
  response.set_policy_text(policy->text());
  response.set_policy_digest(digest);
  response.set_in_force(digest == in_force);
  if (policy->has_simulation()) *response.mutable_simulation() = SummaryOf(policy->simulation());
  return {};
}

Result<Period> ReadPeriod(const v1::SimulatePolicyRequest& request) {
  Period period;
  if (request.has_from()) {
    const Result<std::int64_t> from_ms = ReadTime(request.from(), "from");
    if (!from_ms.ok()) return from_ms.status();
    period.from_ms = *from_ms;
  }
  if (request.has_to()) {
    const Result<std::int64_t> to_ms = ReadTime(request.to(), "to");
    if (!to_ms.ok()) return to_ms.status();
    period.to_ms = *to_ms;
  }
  return period;
}

/// Those who write policies and those who approve them.
Status CheckHand(const stored::v1::Actor& actor, const state::Reader& view) {
  for (const v1::PostRole role :
       {v1::POST_ROLE_INFORMATION_GOVERNANCE, v1::POST_ROLE_POLICY_AUTHOR}) {
    if (machine::HasRole(actor, role, view)) return {};
  }
  return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "the post's roles do not allow this");
}

}  // namespace

template <typename Work>
grpc::ServerUnaryReactor* Policies::Examine(grpc::CallbackServerContext* context,
                                            const v1::Acting& acting, Work work) {
  return Look(door_, context, acting,
              [this, &work](const stored::v1::Actor& actor, const state::Reader& view) -> Status {
                TEARLINE_RETURN_IF_REFUSED(CheckHand(actor, view));
                TEARLINE_RETURN_IF_REFUSED(
                    allowance_.Take(actor.agency() + "/" + actor.member(), door_.NowMs()));
                return work(view);
              });
}

grpc::ServerUnaryReactor* Policies::CheckPolicy(grpc::CallbackServerContext* context,
                                                const v1::CheckPolicyRequest* request,
                                                v1::CheckPolicyResponse* response) {
  return Examine(context, request->acting(), [request, response](const state::Reader&) {
    return ExaminePolicy(*request, *response);
  });
}

grpc::ServerUnaryReactor* Policies::ExplainPolicy(grpc::CallbackServerContext* context,
                                                  const v1::ExplainPolicyRequest* request,
                                                  v1::ExplainPolicyResponse* response) {
  return Examine(context, request->acting(), [request, response](const state::Reader& view) {
    return ExplainSample(*request, view, *response);
  });
}

grpc::ServerUnaryReactor* Policies::DiffPolicies(grpc::CallbackServerContext* context,
                                                 const v1::DiffPoliciesRequest* request,
                                                 v1::DiffPoliciesResponse* response) {
  return Examine(context, request->acting(), [request, response](const state::Reader& view) {
    return DiffTwo(*request, view, *response);
  });
}

grpc::ServerWriteReactor<v1::SimulatePolicyResponse>* Policies::SimulatePolicy(
    grpc::CallbackServerContext* context, const v1::SimulatePolicyRequest* request) {
  const auto view = door_.View();
  const auto number = stored::v1::COMMAND_NUMBER_NOTE_SIMULATION;
  const Result<stored::v1::Actor> actor = door_.Enter(*context, request->acting(), number, *view);
  if (!actor.ok()) return new RefusedSimulation(actor.status());
  Result<policy::PolicySet> candidate = policy::PolicySet::Parse(request->policy_text());
  if (!candidate.ok()) return new RefusedSimulation(candidate.status());
  const Result<Period> period = ReadPeriod(*request);
  if (!period.ok()) return new RefusedSimulation(period.status());
  if (simulating_.exchange(true)) {
    return new RefusedSimulation(
        Refuse(v1::ERROR_REASON_TOO_BUSY, "another policy is being simulated; try again later"));
  }
  return new SimulationStream(door_.services(), *actor, *std::move(candidate), *period, *view,
                              simulating_);
}

grpc::ServerUnaryReactor* Policies::ProposePolicy(grpc::CallbackServerContext* context,
                                                  const v1::ProposePolicyRequest* request,
                                                  v1::ProposePolicyResponse* response) {
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_PROPOSE_POLICY,
      [request](const stored::v1::Actor& actor,
                const sequencer::Workbench&) -> Result<sequencer::Proposal> {
        const Result<policy::PolicySet> policy = policy::PolicySet::Parse(request->policy_text());
        if (!policy.ok()) return policy.status();
        TEARLINE_RETURN_IF_REFUSED(policy::CheckFindings(*policy, policy::Examine(*policy)));
        stored::v1::ProposePolicy command;
        command.set_policy_text(request->policy_text());
        return sequencer::MakeProposal(actor, stored::v1::COMMAND_NUMBER_PROPOSE_POLICY, command);
      },
      [digest = crypto::Sha256(request->policy_text())](const machine::Applied&,
                                                        v1::ProposePolicyResponse& filled) {
        filled.set_policy_digest(digest.Bytes());
      });
}

grpc::ServerUnaryReactor* Policies::ApprovePolicy(grpc::CallbackServerContext* context,
                                                  const v1::ApprovePolicyRequest* request,
                                                  v1::ApprovePolicyResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_APPROVE_POLICY,
                       [request](const stored::v1::Actor&) -> Result<stored::v1::ApprovePolicy> {
                         const auto digest = ReadDigest(request->policy_digest(), "policy_digest");
                         if (!digest.ok()) return digest.status();
                         stored::v1::ApprovePolicy command;
                         command.set_policy_digest(digest->Bytes());
                         if (request->acknowledged_report().empty()) return command;
                         const auto report =
                             ReadDigest(request->acknowledged_report(), "acknowledged_report");
                         if (!report.ok()) return report.status();
                         command.set_acknowledged_report(report->Bytes());
                         return command;
                       });
}

grpc::ServerUnaryReactor* Policies::GetPolicy(grpc::CallbackServerContext* context,
                                              const v1::GetPolicyRequest* request,
                                              v1::GetPolicyResponse* response) {
  return Look(door_, context, request->acting(),
              [request, response](const stored::v1::Actor&, const state::Reader& view) {
                return Show(*request, view, *response);
              });
}

}  // namespace tearline::rpc
