#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/meeting_service.grpc.pb.h"

namespace tearline::rpc {

/// MeetingService. Whoever may not see a case gets the answer of one that does not exist.
class Meetings final : public v1::MeetingService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Meetings(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* PlanMeeting(grpc::CallbackServerContext* context,
                                        const v1::PlanMeetingRequest* request,
                                        v1::PlanMeetingResponse* response) override;
  grpc::ServerUnaryReactor* EndMeeting(grpc::CallbackServerContext* context,
                                       const v1::EndMeetingRequest* request,
                                       v1::EndMeetingResponse* response) override;
  grpc::ServerUnaryReactor* RecordMinutes(grpc::CallbackServerContext* context,
                                          const v1::RecordMinutesRequest* request,
                                          v1::RecordMinutesResponse* response) override;
  grpc::ServerUnaryReactor* ListMeetings(grpc::CallbackServerContext* context,
                                         const v1::ListMeetingsRequest* request,
                                         v1::ListMeetingsResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
