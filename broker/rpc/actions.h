#pragma once

#include "broker/rpc/door.h"
#include "broker/rpc/page_seal.h"
#include "tearline/v1/action_service.grpc.pb.h"

namespace tearline::rpc {

/// ActionService. Beside a refusal for WORK_OPEN goes what is open, as far as the asking post may
/// hear of it.
class Actions final : public v1::ActionService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Actions(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* AddAction(grpc::CallbackServerContext* context,
                                      const v1::AddActionRequest* request,
                                      v1::AddActionResponse* response) override;
  grpc::ServerUnaryReactor* EndAction(grpc::CallbackServerContext* context,
                                      const v1::EndActionRequest* request,
                                      v1::EndActionResponse* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* context,
                                        const v1::ListActionsRequest* request,
                                        v1::ListActionsResponse* response) override;
  grpc::ServerUnaryReactor* SetLevel(grpc::CallbackServerContext* context,
                                     const v1::SetLevelRequest* request,
                                     v1::SetLevelResponse* response) override;
  grpc::ServerUnaryReactor* EndCase(grpc::CallbackServerContext* context,
                                    const v1::EndCaseRequest* request,
                                    v1::EndCaseResponse* response) override;

 private:
  Door& door_;
  const PageSeal page_seal_;
};

}  // namespace tearline::rpc
