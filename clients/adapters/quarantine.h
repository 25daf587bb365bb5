#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/adapters/digest_text.h"
#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// A directory in which messages lie that could not be adapted, each beside its reason:
///
///   NAME               the bytes, exactly as read
///   NAME.reason.json   {"number":8,"reason":"TIME_UNUSABLE","sentence":…,"source":…,"bytes":…}
///
/// NAME is the adapter's, a hyphen and 32 hexadecimal digits of the bytes' SHA-256; when the same
/// bytes come again, "-2", "-3" … after it. Nothing is ever overwritten. Files are readable by
/// their owner alone.
class Quarantine {
 public:
  /// Makes the directory if it is missing, readable by its owner alone.
  static absl::StatusOr<Quarantine> Open(const std::filesystem::path& directory,
                                         std::string adapter);

  /// Keeps `bytes`. `source` says where they came from: a file's name, a line's number.
  absl::Status Keep(std::string_view bytes, const Quarantined& aside, const std::string& source);

  /// Keeps the reason for something of which there are no bytes.
  absl::Status KeepReason(const Quarantined& aside, const std::string& source);

  const std::filesystem::path& directory() const { return directory_; }

 private:
  friend class LargeCopy;
  Quarantine(std::filesystem::path directory, std::string adapter)
      : directory_(std::move(directory)), adapter_(std::move(adapter)) {}

  /// A name that nothing has yet, made by writing its reason.
  absl::StatusOr<std::string> WriteReason(const std::string& stem, const Quarantined& aside,
                                          const std::string& source, std::uint64_t bytes);

  std::filesystem::path directory_;
  std::string adapter_;
};

/// Keeps a message too large to hold: its bytes are added piece by piece.
class LargeCopy {
 public:
  explicit LargeCopy(Quarantine& quarantine) : quarantine_(quarantine) {}
  ~LargeCopy();
  LargeCopy(const LargeCopy&) = delete;
  LargeCopy& operator=(const LargeCopy&) = delete;

  absl::Status Add(std::string_view bytes);
  /// Names the copy and writes its reason. Once only, after the last Add.
  absl::Status Finish(const Quarantined& aside, const std::string& source);

 private:
  Quarantine& quarantine_;
  RunningDigest digest_;
  std::filesystem::path partial_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
};

}  // namespace tearline::adapters
