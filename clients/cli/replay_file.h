#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "clients/cli/private_file.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::cli {

/// A replay as a file of JSON lines that survives an interruption: what lies behind its last mark
/// is dropped when it is gone on with, so that no decision is there twice or missing. For its owner
/// alone.
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

  /// What all parts come to: what it held up to the last mark when it was opened, and the part that
  /// goes on from there.
  [[nodiscard]] v1::ReplaySummary WholeWith(const v1::ReplaySummary& part) const;
  /// Today's policy, 32 bytes, must be the one by which what it held was judged again, if anything
  /// was. Ends the command with kUsage if it is another.
  void DemandPolicy(const std::string& digest) const;

 private:
  explicit ReplayFile(PrivateFile file) : file_(std::move(file)) {}

  PrivateFile file_;
  v1::ReplaySummary before_;
  std::string policy_before_;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace tearline::cli
