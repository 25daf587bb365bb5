#pragma once

#include <string>

#include "tests/rpc/running_door.h"

namespace tearline::rpc {

/// Publishes an event about `nominal_id` for police/intel that the policy withholds from the
/// panel's members and gives to its chair; "ev_…".
std::string PublishWithheld(RunningDoor& door, const std::string& nominal_id,
                            const std::string& request_id);

/// Has police/intel withdraw an event of its own, "ev_…".
grpc::Status Withdraw(RunningDoor& door, const std::string& event_id, v1::WithdrawalReason reason,
                      v1::WithdrawEventResponse& response);

}  // namespace tearline::rpc
