#include "broker/rpc/policies.h"

#include <optional>
#include <string>

#include "broker/machine/rows.h"
#include "broker/policy/policy_set.h"
#include "broker/rpc/form.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

Status Show(const v1::GetPolicyRequest& request, const state::Reader& view,
            v1::GetPolicyResponse& response) {
  const auto ledger = view.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  TEARLINE_INVARIANT(ledger.has_value(), "whoever is let in stands in a directory");
  std::string digest = ledger->policy_digest();
  if (!request.policy_digest().empty()) {
    const Result<crypto::Digest> asked = ReadDigest(request.policy_digest(), "policy_digest");
    if (!asked.ok()) return asked.status();
    digest = asked->Bytes();
  }
  const auto policy = view.Find<stored::v1::PolicyRow>(machine::PolicyKey(digest));
  if (!policy) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no policy of that digest");
  response.set_policy_text(policy->text());
  response.set_policy_digest(digest);
  response.set_in_force(digest == ledger->policy_digest());
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* Policies::CheckPolicy(grpc::CallbackServerContext* context,
                                                const v1::CheckPolicyRequest* request,
                                                v1::CheckPolicyResponse* response) {
  return Look(door_, context, request->acting(),
              [request, response](const stored::v1::Actor&, const state::Reader&) -> Status {
                const Result<policy::PolicySet> policy =
                    policy::PolicySet::Parse(request->policy_text());
                if (!policy.ok()) return policy.status();
                response->set_policy_digest(policy->digest().Bytes());
                response->set_rules(static_cast<std::uint32_t>(policy->rules().size()));
                return {};
              });
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
