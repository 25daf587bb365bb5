#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tearline::disk {

/// Where the mark of a manifest lies: `SYNCED-000010` beside `MANIFEST-000010`; nothing if the
/// path's last name is no manifest's.
[[nodiscard]] std::optional<std::filesystem::path> MarkOf(const std::filesystem::path& manifest);

/// The line that says `bytes` of the manifest are synced: the number twice, so that half a line, or
/// one that was damaged, says nothing.
[[nodiscard]] std::string MarkLine(std::uint64_t bytes);

/// The greatest number that a whole line of a mark says; nothing if none does.
[[nodiscard]] std::optional<std::uint64_t> ReadMark(std::string_view mark);

}  // namespace tearline::disk
