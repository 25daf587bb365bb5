#include "broker/rpc/requests.h"

#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_requests.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<stored::v1::AskForInformation> ReadAsk(const v1::AskForInformationRequest& request) {
  const auto nominal_id = ReadOptionalId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  const auto case_id = ReadOptionalId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto event_id = ReadOptionalId<model::EventId>(request.event_id(), "event_id");
  if (!event_id.ok()) return event_id.status();
  const Result<std::int64_t> answer_by_ms = ReadTime(request.answer_by(), "answer_by");
  if (!answer_by_ms.ok()) return answer_by_ms.status();
  if (request.ask_size() > model::kAddresseesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`ask` has at most 16");
  }
  stored::v1::AskForInformation command;
  command.set_nominal_id(*nominal_id);
  command.set_case_id(*case_id);
  command.set_kind(request.kind());
  command.set_event_id(*event_id);
  command.set_answer_by_ms(*answer_by_ms);
  *command.mutable_ask() = request.ask();
  command.set_area(request.area());
  return command;
}

Result<stored::v1::AnswerForInformation> ReadAnswer(
    const v1::AnswerForInformationRequest& request) {
  const auto id = ReadId<model::InformationRequestId>(request.information_request_id(),
                                                      "information_request_id");
  if (!id.ok()) return id.status();
  const auto event_id =
      ReadOptionalId<model::EventId>(request.answer_event_id(), "answer_event_id");
  if (!event_id.ok()) return event_id.status();
  stored::v1::AnswerForInformation command;
  command.set_information_request_id(id->Bytes());
  command.set_outcome(request.outcome());
  command.set_answer_event_id(*event_id);
  command.set_refusal(request.refusal());
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Requests::AskForInformation(grpc::CallbackServerContext* context,
                                                      const v1::AskForInformationRequest* request,
                                                      v1::AskForInformationResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_ASK_FOR_INFORMATION,
                       [request](const Actor&) { return ReadAsk(*request); });
}

grpc::ServerUnaryReactor* Requests::AnswerForInformation(
    grpc::CallbackServerContext* context, const v1::AnswerForInformationRequest* request,
    v1::AnswerForInformationResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_ANSWER_FOR_INFORMATION,
                       [request](const Actor&) { return ReadAnswer(*request); });
}

grpc::ServerUnaryReactor* Requests::ListInformationRequests(
    grpc::CallbackServerContext* context, const v1::ListInformationRequestsRequest* request,
    v1::ListInformationRequestsResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtRequests(*request, actor, view, door_.NowMs(), *response);
                 });
}

}  // namespace tearline::rpc
