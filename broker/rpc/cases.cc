#include "broker/rpc/cases.h"

#include <optional>

#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_case.h"
#include "broker/rpc/look_at_obligations.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<stored::v1::OpenCase> ReadOpenCase(const v1::OpenCaseRequest& request) {
  const auto nominal_id = ReadId<model::NominalId>(request.case_().nominal_id(), "case.nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  if (!request.case_().case_id().empty() || request.case_().seats_size() != 0 ||
      request.case_().named_posts_size() != 0) {
    return Refuse(v1::ERROR_REASON_FIELD_IS_BROKERS,
                  "`case` must come without `case_id`, `seats` and `named_posts`; seats are taken "
                  "by SeatPost, functions by NamePost");
  }
  stored::v1::OpenCase command;
  *command.mutable_case_() = request.case_();
  command.set_with_history(true);
  return command;
}

Result<stored::v1::SeatPost> ReadSeatPost(const v1::SeatPostRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.seat().post(), "seat.post"));
  if (!request.seat().substitute_post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(
        model::CheckPostName(request.seat().substitute_post(), "seat.substitute_post"));
  }
  if (request.seat().has_history_from()) {
    const Result<std::int64_t> from_ms =
        ReadTime(request.seat().history_from(), "seat.history_from");
    if (!from_ms.ok()) return from_ms.status();
  }
  stored::v1::SeatPost command;
  command.set_case_id(case_id->Bytes());
  command.set_with_history(true);
  *command.mutable_seat() = request.seat();
  command.set_leave(request.leave());
  return command;
}

Result<stored::v1::NamePost> ReadNamePost(const v1::NamePostRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.named().post(), "named.post"));
  if (request.named().has_until() || request.named().has_occurred_from() ||
      request.named().has_hearing_at()) {
    return Refuse(v1::ERROR_REASON_FIELD_IS_BROKERS,
                  "`named` must come without times: a report's writer has them, by "
                  "CommissionReport");
  }
  stored::v1::NamePost command;
  command.set_case_id(case_id->Bytes());
  *command.mutable_named() = request.named();
  command.set_leave(request.leave());
  return command;
}

Result<stored::v1::CommissionReport> ReadCommission(const v1::CommissionReportRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.writer_post(), "writer_post"));
  stored::v1::CommissionReport command;
  command.set_case_id(case_id->Bytes());
  command.set_writer_post(request.writer_post());
  command.set_end(request.end());
  const auto read = [](bool given, const google::protobuf::Timestamp& time, const char* path) {
    return given ? ReadTime(time, path) : Result<std::int64_t>(0);
  };
  const auto from = read(request.has_occurred_from(), request.occurred_from(), "occurred_from");
  if (!from.ok()) return from.status();
  const auto until = read(request.has_until(), request.until(), "until");
  if (!until.ok()) return until.status();
  const auto hearing = read(request.has_hearing_at(), request.hearing_at(), "hearing_at");
  if (!hearing.ok()) return hearing.status();
  command.set_occurred_from_ms(*from);
  command.set_until_ms(*until);
  command.set_hearing_ms(*hearing);
  return command;
}

Result<stored::v1::NameAccountable> ReadNameAccountable(const v1::NameAccountableRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
  stored::v1::NameAccountable command;
  command.set_case_id(case_id->Bytes());
  command.set_post(request.post());
  command.set_with_history(true);
  return command;
}

Result<stored::v1::ChangeCase> ReadChangeCase(const v1::ChangeCaseRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::ChangeCase command;
  command.set_case_id(case_id->Bytes());
  if (!request.lead_agency().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.lead_agency(), "lead_agency"));
  }
  command.set_lead_agency(request.lead_agency());
  command.set_area(request.area());
  if (request.supervising_case() == v1::ChangeCaseRequest::kSupervisingPost) {
    TEARLINE_RETURN_IF_REFUSED(
        model::CheckPostName(request.supervising_post(), "supervising_post"));
    command.set_supervising_post(request.supervising_post());
  }
  command.set_unsupervised(request.unsupervised());
  return command;
}

Result<stored::v1::DecideDisclosure> ReadDecideDisclosure(
    const v1::DecideDisclosureRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::DecideDisclosure command;
  command.set_case_id(case_id->Bytes());
  command.set_third_party(request.third_party());
  command.set_decision(request.decision());
  *command.mutable_matters() = request.matters();
  for (const std::string& text : request.event_ids()) {
    const auto event_id = ReadId<model::EventId>(text, "event_ids");
    if (!event_id.ok()) return event_id.status();
    command.add_event_ids(event_id->Bytes());
  }
  return command;
}

/// The two enums say the same; one is spoken, the other lies in the ledger for ever.
stored::v1::DischargeMethod MethodOf(v1::Discharge discharge) {
  switch (discharge) {
    case v1::DISCHARGE_UPHELD:
      return stored::v1::DISCHARGE_METHOD_UPHELD;
    case v1::DISCHARGE_TOLD_OTHERWISE:
      return stored::v1::DISCHARGE_METHOD_TOLD_OTHERWISE;
    case v1::DISCHARGE_OVERTAKEN:
      return stored::v1::DISCHARGE_METHOD_OVERTAKEN;
    case v1::DISCHARGE_DELETED:
      return stored::v1::DISCHARGE_METHOD_DELETED;
    case v1::DISCHARGE_NOTIFIED:
      return stored::v1::DISCHARGE_METHOD_NOTIFIED;
    case v1::DISCHARGE_NOT_NOTIFIABLE:
      return stored::v1::DISCHARGE_METHOD_NOT_NOTIFIABLE;
    case v1::DISCHARGE_REVIEWED:
      return stored::v1::DISCHARGE_METHOD_REVIEWED;
    case v1::DISCHARGE_TAKEN_OVER:
      return stored::v1::DISCHARGE_METHOD_TAKEN_OVER;
    default:
      return stored::v1::DISCHARGE_METHOD_UNSPECIFIED;
  }
}

Result<stored::v1::DischargeObligation> ReadDischarge(
    const v1::DischargeObligationRequest& request) {
  const auto id = ReadId<model::ObligationId>(request.obligation_id(), "obligation_id");
  if (!id.ok()) return id.status();
  stored::v1::DischargeObligation command;
  command.set_obligation_id(id->Bytes());
  command.set_method(MethodOf(request.discharge()));
  if (command.method() == stored::v1::DISCHARGE_METHOD_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`discharge` must be upheld, told otherwise or overtaken; of what follows a "
                  "withdrawal, deleted, notified or not notifiable; of reviews, reviewed; of a "
                  "hand-over, taken over");
  }
  const bool upheld = command.method() == stored::v1::DISCHARGE_METHOD_UPHELD;
  if (upheld != request.has_review_at()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`review_at` goes with a withholding that is upheld, and only with that");
  }
  if (upheld) {
    const Result<std::int64_t> review_ms = ReadTime(request.review_at(), "review_at");
    if (!review_ms.ok()) return review_ms.status();
    command.set_review_ms(*review_ms);
  }
  return command;
}

Result<stored::v1::EscalateObligation> ReadEscalation(
    const v1::EscalateObligationRequest& request) {
  const auto id = ReadId<model::ObligationId>(request.obligation_id(), "obligation_id");
  if (!id.ok()) return id.status();
  stored::v1::EscalateObligation command;
  command.set_obligation_id(id->Bytes());
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Cases::OpenCase(grpc::CallbackServerContext* context,
                                          const v1::OpenCaseRequest* request,
                                          v1::OpenCaseResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_OPEN_CASE,
                       [request](const Actor&) { return ReadOpenCase(*request); });
}

grpc::ServerUnaryReactor* Cases::SeatPost(grpc::CallbackServerContext* context,
                                          const v1::SeatPostRequest* request,
                                          v1::SeatPostResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_SEAT_POST,
                       [request](const Actor&) { return ReadSeatPost(*request); });
}

grpc::ServerUnaryReactor* Cases::NamePost(grpc::CallbackServerContext* context,
                                          const v1::NamePostRequest* request,
                                          v1::NamePostResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_NAME_POST,
                       [request](const Actor&) { return ReadNamePost(*request); });
}

grpc::ServerUnaryReactor* Cases::CommissionReport(grpc::CallbackServerContext* context,
                                                  const v1::CommissionReportRequest* request,
                                                  v1::CommissionReportResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_COMMISSION_REPORT,
                       [request](const Actor&) { return ReadCommission(*request); });
}

grpc::ServerUnaryReactor* Cases::NameAccountable(grpc::CallbackServerContext* context,
                                                 const v1::NameAccountableRequest* request,
                                                 v1::NameAccountableResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_NAME_ACCOUNTABLE,
                       [request](const Actor&) { return ReadNameAccountable(*request); });
}

grpc::ServerUnaryReactor* Cases::ChangeCase(grpc::CallbackServerContext* context,
                                            const v1::ChangeCaseRequest* request,
                                            v1::ChangeCaseResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_CHANGE_CASE,
                       [request](const Actor&) { return ReadChangeCase(*request); });
}

grpc::ServerUnaryReactor* Cases::DecideDisclosure(grpc::CallbackServerContext* context,
                                                  const v1::DecideDisclosureRequest* request,
                                                  v1::DecideDisclosureResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_DECIDE_DISCLOSURE,
                       [request](const Actor&) { return ReadDecideDisclosure(*request); });
}

grpc::ServerUnaryReactor* Cases::GetCase(grpc::CallbackServerContext* context,
                                         const v1::GetCaseRequest* request,
                                         v1::GetCaseResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtCase(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Cases::ListObligations(grpc::CallbackServerContext* context,
                                                 const v1::ListObligationsRequest* request,
                                                 v1::ListObligationsResponse* response) {
  return ConsultOfOthers(
      door_, context, request->acting(),
      [](const Actor& actor, const state::Reader& view) {
        return WhatOthersOwe(actor, view, /*now_ms=*/0).has_value();
      },
      [this, request, response](const Actor& actor,
                                const state::Reader& view) -> Result<std::optional<Looked>> {
        const std::int64_t now_ms = door_.NowMs();
        TEARLINE_RETURN_IF_REFUSED(
            LookAtObligations(*request, actor, view, now_ms, page_seal_, *response));
        return WhatOthersOwe(actor, view, now_ms);
      });
}

grpc::ServerUnaryReactor* Cases::DischargeObligation(grpc::CallbackServerContext* context,
                                                     const v1::DischargeObligationRequest* request,
                                                     v1::DischargeObligationResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_DISCHARGE_OBLIGATION,
                       [request](const Actor&) { return ReadDischarge(*request); });
}

grpc::ServerUnaryReactor* Cases::EscalateObligation(grpc::CallbackServerContext* context,
                                                    const v1::EscalateObligationRequest* request,
                                                    v1::EscalateObligationResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_ESCALATE_OBLIGATION,
                       [request](const Actor&) { return ReadEscalation(*request); });
}

}  // namespace tearline::rpc
