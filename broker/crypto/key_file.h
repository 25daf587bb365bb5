#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "broker/crypto/secret.h"
#include "broker/status/status.h"

namespace tearline::crypto {

/// The content of a file that only its owner may read: 1 to `bytes_max` bytes. The sentence of a
/// refusal calls the file by `setting`, the place in the configuration that names it, never by
/// path.
///
/// Requires: `setting` is a literal of ours.
/// Refuses: KEY_FILE_UNSAFE if the file is missing, is not a regular file (a link to one is
/// followed), gives its group or others any permission, or is empty or longer.
[[nodiscard]] Result<Secret> ReadPrivateFile(const std::filesystem::path& path,
                                             std::size_t bytes_max, std::string_view setting);

/// As ReadPrivateFile, for a key of exactly `bytes` raw bytes.
///
/// Refuses: KEY_FILE_UNSAFE, also for any other length.
[[nodiscard]] Result<Secret> ReadKeyFile(const std::filesystem::path& path, std::size_t bytes,
                                         std::string_view setting = "the key file");

/// Makes a new file of mode 0600 that holds `bytes`, on stable storage when this returns. A file
/// that is there already is never touched; one that could not be finished is removed again.
///
/// Refuses: ALREADY_EXISTS if anything has that name; STORAGE_FAILED if the disk refuses.
[[nodiscard]] Status WriteNewKeyFile(const std::filesystem::path& path, std::string_view bytes);

}  // namespace tearline::crypto
