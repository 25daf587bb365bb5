#include <stdexcept>
#include <string>

#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {

std::string RunningDoor::Subscribe(const std::string& post, const std::string& nominal_id,
                                   v1::StartFrom from) {
  v1::CreateSubscriptionRequest request;
  *request.mutable_acting() = As(post);
  request.mutable_selector()->add_nominal_ids(nominal_id);
  request.mutable_start()->set_from(from);
  v1::CreateSubscriptionResponse response;
  grpc::ClientContext context;
  const grpc::Status status = v1::SubscriberService::NewStub(SystemOf(post))
                                  ->CreateSubscription(&context, request, &response);
  if (!status.ok()) throw std::runtime_error(status.error_message());
  return response.recorded().made_id();
}

}  // namespace tearline::rpc
