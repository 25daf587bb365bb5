#pragma once

#include <string>

#include "tests/rpc/running_door.h"

namespace tearline::rpc {

/// Suspends the system that serves a post, by the desk's operator; answered when it holds.
void SuspendSystemOf(RunningDoor& door, const std::string& post);

/// Takes a post's seat on the panel of the only case, by probation's coordinator.
void LeaveThePanel(RunningDoor& door, const std::string& post);

}  // namespace tearline::rpc
