#include "broker/rpc/proposals.h"

#include "broker/model/ids.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_proposals.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<stored::v1::MakeProposal> ReadMakeProposal(const v1::MakeProposalRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::MakeProposal command;
  command.set_case_id(case_id->Bytes());
  command.set_kind(request.kind());
  if (!request.event_id().empty()) {
    const auto event_id = ReadId<model::EventId>(request.event_id(), "event_id");
    if (!event_id.ok()) return event_id.status();
    command.set_event_id(event_id->Bytes());
  }
  const Result<std::int64_t> answer_by_ms = ReadTime(request.answer_by(), "answer_by");
  if (!answer_by_ms.ok()) return answer_by_ms.status();
  command.set_answer_by_ms(*answer_by_ms);
  return command;
}

Result<stored::v1::AnswerProposal> ReadAnswerProposal(const v1::AnswerProposalRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto proposal_id = ReadId<model::ProposalId>(request.proposal_id(), "proposal_id");
  if (!proposal_id.ok()) return proposal_id.status();
  stored::v1::AnswerProposal command;
  command.set_case_id(case_id->Bytes());
  command.set_proposal_id(proposal_id->Bytes());
  command.set_answer(request.answer());
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Proposals::MakeProposal(grpc::CallbackServerContext* context,
                                                  const v1::MakeProposalRequest* request,
                                                  v1::MakeProposalResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_MAKE_PROPOSAL,
                       [request](const Actor&) { return ReadMakeProposal(*request); });
}

grpc::ServerUnaryReactor* Proposals::AnswerProposal(grpc::CallbackServerContext* context,
                                                    const v1::AnswerProposalRequest* request,
                                                    v1::AnswerProposalResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_ANSWER_PROPOSAL,
                       [request](const Actor&) { return ReadAnswerProposal(*request); });
}

grpc::ServerUnaryReactor* Proposals::ListProposals(grpc::CallbackServerContext* context,
                                                   const v1::ListProposalsRequest* request,
                                                   v1::ListProposalsResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtProposals(*request, actor, view, door_.NowMs(), *response);
                 });
}

}  // namespace tearline::rpc
