#pragma once

#include <filesystem>
#include <string>

#include "tests/doubles/temporary_directory.h"

namespace tearline::config {

/// A directory with everything a good configuration names: keys of mode 0600, certificates (any
/// bytes; nobody reads them here), and room for data.
class ConfigFiles {
 public:
  ConfigFiles();

  /// Writes a file below the directory, readable by all.
  void Write(const std::string& name, const std::string& text) const;
  std::filesystem::path Path(const std::string& name) const { return directory.path() / name; }

  /// A configuration that is good as it stands.
  static std::string Good();
  /// Good, with the first `from` in it replaced.
  static std::string GoodBut(const std::string& from, const std::string& to);

  doubles::TemporaryDirectory directory;
};

}  // namespace tearline::config
