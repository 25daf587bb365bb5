#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/request_service.grpc.pb.h"

namespace tearline::rpc {

/// RequestService. Of a person or a case that the acting post has nothing to do with, the answer is
/// that of one that does not exist.
class Requests final : public v1::RequestService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Requests(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* AskForInformation(grpc::CallbackServerContext* context,
                                              const v1::AskForInformationRequest* request,
                                              v1::AskForInformationResponse* response) override;
  grpc::ServerUnaryReactor* AnswerForInformation(
      grpc::CallbackServerContext* context, const v1::AnswerForInformationRequest* request,
      v1::AnswerForInformationResponse* response) override;
  grpc::ServerUnaryReactor* ListInformationRequests(
      grpc::CallbackServerContext* context, const v1::ListInformationRequestsRequest* request,
      v1::ListInformationRequestsResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
