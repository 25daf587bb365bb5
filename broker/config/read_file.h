#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "broker/status/status.h"

namespace tearline::config {

/// The content of a file that need not be secret. `setting` is what the sentence of a refusal calls
/// it: the place that names it, never its path.
///
/// Refuses: CONFIG_INVALID if it is missing, not a regular file, or over `bytes_max`.
[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t bytes_max,
                                           const std::string& setting);

/// `path`, from `base` on if it is relative.
[[nodiscard]] std::string Resolve(const std::filesystem::path& base, const std::string& path);

}  // namespace tearline::config
