#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace tearline::cli {

/// A replay as a file of JSON lines that survives an interruption: what lies behind its last mark
/// is dropped when it is gone on with, so that no decision is there twice or missing.
class ReplayFile {
 public:
  /// Begins a new one. Ends the command with kUsage if it is there already.
  static ReplayFile Begin(const std::string& path, const std::string& question);
  /// Opens one that was broken off. Ends the command with kUsage if it is none, is finished, or
  /// asks another question.
  static ReplayFile Resume(const std::string& path, const std::string& question);

  /// Adds a line. Ends the command with kUsage if it cannot be written.
  void Add(const std::string& line);
  /// Everything before leaf `next` is whole; `end` is the leaf after the last.
  void Mark(std::uint64_t next, std::uint64_t end);

  /// What to go on with; both 0 for all.
  [[nodiscard]] std::uint64_t next() const { return next_; }
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  ReplayFile(const std::string& path, std::ios::openmode mode);

  std::ofstream file_;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace tearline::cli
