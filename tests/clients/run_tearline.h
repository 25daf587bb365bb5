#pragma once

#include <filesystem>
#include <string>

namespace tearline::doubles {

/// How a run of the command line ended.
struct Ended {
  int code = -1;
  std::string out;  ///< stdout.
  std::string err;  ///< stderr.
};

/// Runs the `tearline` of this build with `arguments` (shell words), without our environment's
/// TEARLINE_… settings.
[[nodiscard]] Ended RunTearline(const std::string& arguments);

/// A directory of the test's own, removed at its end.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  /// Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const;
  [[nodiscard]] std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The bytes of a file.
[[nodiscard]] std::string FileBytes(const std::string& path);

}  // namespace tearline::doubles
