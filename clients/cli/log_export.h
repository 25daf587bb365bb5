#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// Writes the whole log to a file as lines of JSON (verifier/export_file.h), up to the newest
/// checkpoint that witnesses cosigned, or the newest of all if none is; with `resume` goes on with
/// one that was broken off, up to the checkpoint it was begun under. For its owner alone.
///
/// Ends with kUsage if the file is there already, or cannot be gone on with.
void ExportLog(const Invocation& invocation, const std::string& path, bool resume);

/// Whether what is at `path` is an export of the log, or the beginning of one.
[[nodiscard]] bool IsLogExport(const std::string& path);

/// What is whole of an export that was broken off: leaves in order, each with its line's end.
struct BegunExport {
  std::uintmax_t bytes = 0;
  std::uint64_t leaves = 0;
  std::uint64_t tree_size = 0;  ///< Of the checkpoint it was begun under; it is not verified here,
  bool cosigned = false;        ///< nor are the lines under it, beside the log's own.
};

/// Ends with kUsage if it is no export, or is finished.
[[nodiscard]] BegunExport ReadBegunExport(const std::string& path);

}  // namespace tearline::cli
