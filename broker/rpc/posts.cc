#include "broker/rpc/posts.h"

#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_hand_over.h"
#include "broker/rpc/report_posts.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<stored::v1::SetSupervisor> ReadSetSupervisor(const v1::SetSupervisorRequest& request) {
  const auto nominal_id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  if (!request.post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
  }
  stored::v1::SetSupervisor command;
  command.set_nominal_id(nominal_id->Bytes());
  command.set_post(request.post());
  return command;
}

Result<stored::v1::SetLeave> ReadSetLeave(const v1::SetLeaveRequest& request) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
  stored::v1::SetLeave command;
  command.set_post(request.post());
  if (!request.has_until()) {
    if (!request.has_from()) return command;
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`from` must come with `until`");
  }
  const Result<std::int64_t> until_ms = ReadTime(request.until(), "until");
  if (!until_ms.ok()) return until_ms.status();
  if (*until_ms <= 0) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`until` must lie ahead; leave it out if the holder is back");
  }
  command.set_until_ms(*until_ms);
  if (!request.has_from()) return command;
  const Result<std::int64_t> from_ms = ReadTime(request.from(), "from");
  if (!from_ms.ok()) return from_ms.status();
  command.set_from_ms(*from_ms);
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Posts::SetSupervisor(grpc::CallbackServerContext* context,
                                               const v1::SetSupervisorRequest* request,
                                               v1::SetSupervisorResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_SET_SUPERVISOR,
                       [request](const Actor&) { return ReadSetSupervisor(*request); });
}

grpc::ServerUnaryReactor* Posts::SetLeave(grpc::CallbackServerContext* context,
                                          const v1::SetLeaveRequest* request,
                                          v1::SetLeaveResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_SET_LEAVE,
                       [request](const Actor&) { return ReadSetLeave(*request); });
}

grpc::ServerUnaryReactor* Posts::GetHandOver(grpc::CallbackServerContext* context,
                                             const v1::GetHandOverRequest* request,
                                             v1::GetHandOverResponse* response) {
  return Consult(door_, context, request->acting(),
                 [response](const Actor& actor, const state::Reader& view) {
                   return LookAtHandOver(actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Posts::ReportPosts(grpc::CallbackServerContext* context,
                                             const v1::ReportPostsRequest* request,
                                             v1::ReportPostsResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ReportPosts(*request, actor, view, door_.NowMs(), page_seal_,
                                           *response);
                 });
}

}  // namespace tearline::rpc
