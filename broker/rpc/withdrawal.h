#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::rpc {

/// PublisherService.WithdrawEvent. All of it on a worker's thread: a spillage wraps keys anew and
/// waits for the vault's disk, and who received the event is read from the log when it is recorded.
///
/// If something was sealed under the same keys between preparing and recording, it is prepared once
/// more, kWithdrawTries times in all; then the caller is told UNAVAILABLE.
grpc::ServerUnaryReactor* Withdraw(Door& door, grpc::CallbackServerContext* context,
                                   const v1::WithdrawEventRequest* request,
                                   v1::WithdrawEventResponse* response);

}  // namespace tearline::rpc
