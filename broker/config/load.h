#pragma once

#include <filesystem>
#include <string>

#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::config {

/// The beat of checkpoints where the file names none, in milliseconds.
inline constexpr std::uint32_t kCheckpointIntervalMs = 1000;

/// A configuration that was read and checked.
struct Loaded {
  settings::v1::BrokerConfig config;  ///< Paths made absolute or relative to the working directory.
  std::string digest;                 ///< SHA-256 of the file's bytes, 64 hexadecimal digits.
};

/// Reads the broker's configuration file, strictly, and checks what can be checked before anything
/// opens. Relative paths in it start at its own directory.
///
/// Refuses: CONFIG_INVALID   with line and column where it does not read, or the setting's path:
///                           addresses must be HOST:PORT, directories must be named, all different,
///                           none within another, their parents there;
///          KEY_FILE_UNSAFE  a key file is missing, open to others, or within a data directory.
[[nodiscard]] Result<Loaded> LoadConfig(const std::filesystem::path& file);

}  // namespace tearline::config
