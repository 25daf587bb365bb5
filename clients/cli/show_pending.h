#pragma once

#include <string>

#include "tearline/v1/directory_service.pb.h"

namespace tearline::cli {

/// What a command that waits for its second hand says, in a line: whoever confirms it reads all
/// that it changes.
[[nodiscard]] std::string PendingText(const v1::PendingCommand& command);

}  // namespace tearline::cli
