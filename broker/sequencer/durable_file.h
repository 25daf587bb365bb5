#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::sequencer {

/// Replaces a file's content whole or not at all, on stable storage when this returns: a new file
/// beside it is written, synced, renamed over it, and the directory synced.
///
/// Refuses: STORAGE_FAILED   it could not be written; what was there before stands;
///          UNKNOWN_OUTCOME  it could not be synced: stop. A second try may succeed without having
///                           kept anything (law 8).
[[nodiscard]] Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes);

/// A file's content; "" if there is none. At most 64 KiB.
///
/// Refuses: STORAGE_FAILED.
[[nodiscard]] Result<std::string> ReadSmallFile(const std::filesystem::path& path);

/// Makes a directory if it is missing, and syncs its parent so that it lasts.
///
/// Refuses: STORAGE_FAILED, also if the parent is missing.
[[nodiscard]] Status MakeDirectory(const std::filesystem::path& path);

}  // namespace tearline::sequencer
