#pragma once

#include "broker/rpc/door.h"
#include "broker/rpc/page_seal.h"
#include "tearline/v1/post_service.grpc.pb.h"

namespace tearline::rpc {

/// PostService.
class Posts final : public v1::PostService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Posts(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* SetSupervisor(grpc::CallbackServerContext* context,
                                          const v1::SetSupervisorRequest* request,
                                          v1::SetSupervisorResponse* response) override;
  grpc::ServerUnaryReactor* SetLeave(grpc::CallbackServerContext* context,
                                     const v1::SetLeaveRequest* request,
                                     v1::SetLeaveResponse* response) override;
  grpc::ServerUnaryReactor* GetHandOver(grpc::CallbackServerContext* context,
                                        const v1::GetHandOverRequest* request,
                                        v1::GetHandOverResponse* response) override;
  grpc::ServerUnaryReactor* ReportPosts(grpc::CallbackServerContext* context,
                                        const v1::ReportPostsRequest* request,
                                        v1::ReportPostsResponse* response) override;

 private:
  Door& door_;
  const PageSeal page_seal_;
};

}  // namespace tearline::rpc
