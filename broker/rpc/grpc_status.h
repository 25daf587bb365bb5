#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "broker/status/status.h"
#include "tearline/v1/action.pb.h"
#include "tearline/v1/error.pb.h"

namespace tearline::rpc {

/// The gRPC code a reason travels under. Only UNAVAILABLE says "try the same again by yourself".
/// A number that no version of error.proto gave out is INTERNAL.
[[nodiscard]] grpc::StatusCode CodeOf(v1::ErrorReason reason);

/// True if every reason of error.proto has a row in the table behind CodeOf.
[[nodiscard]] bool HasCode(v1::ErrorReason reason);

/// A refusal as it leaves: code, sentence, and in the details an ErrorInfo of domain "tearline.v1"
/// with the reason's name; a BadRequest as well if the sentence begins with a field's `path`. OK
/// stays OK.
///
/// Source: AIP-193; proto/tearline/v1/rpc_status.proto.
[[nodiscard]] grpc::Status ToGrpc(const Status& status);

/// The same with what is open among the details, as "type.googleapis.com/tearline.v1.OpenWork".
///
/// Requires: `status` is a refusal.
[[nodiscard]] grpc::Status ToGrpc(const Status& status, const v1::OpenWork& open);

}  // namespace tearline::rpc
