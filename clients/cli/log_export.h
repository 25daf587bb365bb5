#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/invocation.h"
#include "clients/verifier/leaf.h"

namespace tearline::cli {

/// Writes the whole log to a file as lines of JSON (verifier/export_file.h), up to the newest
/// checkpoint that witnesses cosigned, or the newest of all if none is; with `resume` goes on with
/// one that was broken off, up to the checkpoint it was begun under. For its owner alone.
///
/// Ends with kUsage if the file is there already, cannot be gone on with, or was begun from another
/// log than answers; with kVerificationFailed if not each leaf comes in its turn. What was written
/// is on the disk before it is said to be exported.
void ExportLog(const Invocation& invocation, const std::string& path, bool resume);

/// Whether what is at `path` is an export of the log, or the beginning of one.
[[nodiscard]] bool IsLogExport(const std::string& path);

/// What is whole of an export that was broken off: leaves in order, each with its line's end.
struct BegunExport {
  std::uintmax_t bytes = 0;
  std::uint64_t leaves = 0;
  std::uint64_t tree_size = 0;  ///< Of the checkpoint it was begun under; it is not verified here,
  bool cosigned = false;        ///< nor are the lines under it, beside the log's own.
  std::string verifier_key;     ///< The log's, as it showed it then.
};

/// Ends with kUsage if it is no export, or is finished.
[[nodiscard]] BegunExport ReadBegunExport(const std::string& path);

/// Ends with kUsage if the log shows another key than the export was begun under.
void DemandSameKey(const BegunExport& begun, const std::string& verifier_key);

/// Leaves from one index up to a tree's size, each in its turn.
class LeavesInTurn {
 public:
  LeavesInTurn(std::uint64_t first, std::uint64_t size) : next_(first), size_(size) {}

  /// The next. Refuses: DATA_LOSS if it is another.
  [[nodiscard]] absl::Status Take(const verifier::LeafEntry& entry);
  /// After the last. Refuses: DATA_LOSS if some are missing.
  [[nodiscard]] absl::Status Finish() const;

 private:
  std::uint64_t next_;
  const std::uint64_t size_;
};

}  // namespace tearline::cli
