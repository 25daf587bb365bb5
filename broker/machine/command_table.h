#pragma once

#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Runs one command: permission, form, second hand where it widens its author's access, meaning.
///
/// Refuses: whatever the command refuses; UNAPPLIABLE for a number no row knows, bytes that do not
/// read, and any record before genesis.
[[nodiscard]] Status RunCommand(stored::v1::CommandNumber number, const std::string& bytes,
                                Step& step);

/// The numbers that can be run, rising.
[[nodiscard]] std::vector<stored::v1::CommandNumber> RunnableCommands();

/// Those of them that may wait for a second hand, rising.
[[nodiscard]] std::vector<stored::v1::CommandNumber> CommandsThatMayWait();

}  // namespace tearline::machine
