#pragma once

#include <string>
#include <vector>

namespace tearline::doubles {

/// How a command ended.
struct CommandOutcome {
  int exit_code = -1;  ///< 128 + the signal's number if a signal ended it; 127 if it did not start.
  std::string output;  ///< All it wrote to standard output.
  std::string errors;  ///< All it wrote to standard error.
};

/// Runs a program (found through PATH unless its name has a slash) with these arguments and
/// standard input, waits for it, and returns what it wrote. No shell is involved.
///
/// Requires: `command` is not empty.
CommandOutcome RunCommand(const std::vector<std::string>& command, const std::string& input = "");

}  // namespace tearline::doubles
