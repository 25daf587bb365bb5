#include "broker/rpc/meetings.h"

#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_meetings.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;
using Names = google::protobuf::RepeatedPtrField<std::string>;

Status CheckSize(const Names& posts, const std::string& path) {
  if (posts.size() <= model::kAttendeesMax) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + "` has at most 64");
}

/// The case and the meeting that a request names.
template <typename Request, typename Command>
Status ReadIds(const Request& request, Command& command) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto meeting_id = ReadId<model::MeetingId>(request.meeting_id(), "meeting_id");
  if (!meeting_id.ok()) return meeting_id.status();
  command.set_case_id(case_id->Bytes());
  command.set_meeting_id(meeting_id->Bytes());
  return {};
}

Result<stored::v1::PlanMeeting> ReadPlan(const v1::PlanMeetingRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const Result<std::int64_t> planned_for_ms = ReadTime(request.planned_for(), "planned_for");
  if (!planned_for_ms.ok()) return planned_for_ms.status();
  TEARLINE_RETURN_IF_REFUSED(CheckSize(request.expected(), "expected"));
  stored::v1::PlanMeeting command;
  command.set_case_id(case_id->Bytes());
  command.set_kind(request.kind());
  command.set_planned_for_ms(*planned_for_ms);
  *command.mutable_expected() = request.expected();
  return command;
}

Result<stored::v1::EndMeeting> ReadEnd(const v1::EndMeetingRequest& request) {
  stored::v1::EndMeeting command;
  TEARLINE_RETURN_IF_REFUSED(ReadIds(request, command));
  TEARLINE_RETURN_IF_REFUSED(CheckSize(request.present(), "present"));
  TEARLINE_RETURN_IF_REFUSED(CheckSize(request.apologies(), "apologies"));
  command.set_outcome(request.outcome());
  if (request.has_held_at()) {
    const Result<std::int64_t> held_ms = ReadTime(request.held_at(), "held_at");
    if (!held_ms.ok()) return held_ms.status();
    command.set_held_ms(*held_ms);
  }
  *command.mutable_present() = request.present();
  *command.mutable_apologies() = request.apologies();
  return command;
}

Result<stored::v1::RecordMinutes> ReadMinutes(const v1::RecordMinutesRequest& request) {
  stored::v1::RecordMinutes command;
  TEARLINE_RETURN_IF_REFUSED(ReadIds(request, command));
  const auto digest = ReadDigest(request.digest(), "digest");
  if (!digest.ok()) return digest.status();
  command.set_kind(request.kind());
  command.set_form_edition(request.form_edition());
  command.set_digest(digest->Bytes());
  command.set_kept_by(request.kept_by());
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Meetings::PlanMeeting(grpc::CallbackServerContext* context,
                                                const v1::PlanMeetingRequest* request,
                                                v1::PlanMeetingResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_PLAN_MEETING,
                       [request](const Actor&) { return ReadPlan(*request); });
}

grpc::ServerUnaryReactor* Meetings::EndMeeting(grpc::CallbackServerContext* context,
                                               const v1::EndMeetingRequest* request,
                                               v1::EndMeetingResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_END_MEETING,
                       [request](const Actor&) { return ReadEnd(*request); });
}

grpc::ServerUnaryReactor* Meetings::RecordMinutes(grpc::CallbackServerContext* context,
                                                  const v1::RecordMinutesRequest* request,
                                                  v1::RecordMinutesResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_RECORD_MINUTES,
                       [request](const Actor&) { return ReadMinutes(*request); });
}

grpc::ServerUnaryReactor* Meetings::ListMeetings(grpc::CallbackServerContext* context,
                                                 const v1::ListMeetingsRequest* request,
                                                 v1::ListMeetingsResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtMeetings(*request, actor, view, door_.NowMs(), *response);
                 });
}

}  // namespace tearline::rpc
