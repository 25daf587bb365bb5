#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "broker/config/load.h"
#include "tests/doubles/run_command.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline {

/// All that an operator would prepare for one broker, in one directory: throw-away certificates for
/// two agencies, keys, a configuration, a directory and a policy.
class Installation {
 public:
  Installation();

  std::filesystem::path Path(const std::string& name) const { return directory.path() / name; }
  std::string Config() const { return Path("broker.textproto").string(); }
  config::Loaded Load() const;

  /// Runs the real `tearlined` with these words.
  static doubles::CommandOutcome Tearlined(const std::vector<std::string>& words);
  /// The same, with --genesis.
  doubles::CommandOutcome Genesis() const;

  doubles::TemporaryDirectory directory;

 private:
  void Write(const std::string& name, const std::string& text) const;
};

}  // namespace tearline
