#include "clients/cpp/refusal.h"

#include "tearline/v1/rpc_status.pb.h"

namespace tearline::client {
namespace {

constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kDomain[] = "tearline.v1";

}  // namespace

bool Refusal::Unreachable() const {
  return reason.empty() || reason == "UNAVAILABLE" || reason == "UNKNOWN_OUTCOME";
}

bool Refusal::WorthAnotherTry() const { return Unreachable() || reason == "TOO_BUSY"; }

Refusal RefusalFrom(const grpc::Status& status) {
  Refusal refusal{"", status.error_message()};
  v1::RpcStatus details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      v1::RpcErrorInfo said;
      if (detail.type_url() != kErrorInfo || !said.ParseFromString(detail.value())) continue;
      if (said.domain() == kDomain) refusal.reason = said.reason();
    }
  }
  if (!refusal.reason.empty()) return refusal;
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNKNOWN:
      break;
    default:
      // Somebody answered, though not in the broker's own words: a proxy, or gRPC at its limits.
      refusal.reason = "GRPC_" + std::to_string(static_cast<int>(status.error_code()));
  }
  return refusal;
}

}  // namespace tearline::client
