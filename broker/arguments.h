#pragma once

#include <filesystem>
#include <string>

#include "broker/status/status.h"

namespace tearline {

/// What the broker is asked to do.
enum class Task {
  kServe,           ///< Serve until stopped.
  kHelp,            ///< Tell how it is used.
  kCheckConfig,     ///< Read and check the configuration file.
  kCheckPolicy,     ///< Read, test and analyse a policy file.
  kDigest,          ///< Replay, and print what state and audit tree are.
  kVerify,          ///< Replay from nothing, and compare.
  kGenesis,         ///< Record who takes part.
  kConfirmClock,    ///< Record that somebody looked at the clock.
  kAcceptLostKeys,  ///< Record that the vault lost keys for good.
};

/// The command line, read.
struct Arguments {
  Task task = Task::kServe;
  std::filesystem::path config_file;     ///< Not for kHelp and kCheckPolicy.
  std::filesystem::path directory_file;  ///< Only for kGenesis.
  std::filesystem::path policy_file;     ///< Only for kGenesis and kCheckPolicy.
  std::string by;       ///< Only for kConfirmClock and kAcceptLostKeys: who looked.
  std::string because;  ///< The same: why the clock is right, or why the keys cannot come back.
  std::string second;   ///< Only for kAcceptLostKeys: who else looked.
};

/// Reads the command line.
///
/// Refuses: FIELD_INVALID, with what would be right.
[[nodiscard]] Result<Arguments> ReadArguments(int count, const char* const* words);

/// How `tearlined` is used, in words and examples.
[[nodiscard]] std::string HelpText();

}  // namespace tearline
