#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/adapters/adapter.h"
#include "clients/adapters/outcome.h"
#include "clients/adapters/quarantine.h"

namespace tearline::adapters {

/// What became of every message of a batch.
struct BatchReport {
  std::uint64_t read = 0;
  std::uint64_t adapted = 0;
  std::uint64_t quarantined = 0;
  std::map<QuarantineReason, std::uint64_t> reasons;  ///< Of the quarantined.
  std::map<NoteKind, std::uint64_t> notes;            ///< Of the adapted; one may have several.
  bool stopped = false;  ///< The receiver asked to stop; what was not read is not counted.

  /// Whether read is adapted plus quarantined, and every quarantined has a reason.
  [[nodiscard]] bool AddsUp() const;
};

/// Adapts many messages: gives each event to a receiver, sets aside the rest, and counts.
///
/// Threads: one.
class MessageBatch {
 public:
  /// Takes one adapted message; false stops the batch after it.
  using Receiver = std::function<bool(const Adapted&)>;

  static absl::StatusOr<MessageBatch> Open(const std::filesystem::path& quarantine_directory,
                                           Adapter adapter, Receiver receiver);

  /// One message, or as many as the adapter sees in it; `source` says where it came from, for the
  /// reason file.
  ///
  /// This and all below refuse only if something could not be kept: then nothing is lost that was
  /// read, but the batch should end.
  absl::Status AddMessage(std::string_view bytes, const std::string& source);

  /// One message that is a whole file. A file that cannot be read is quarantined as UNREADABLE.
  absl::Status AddFile(const std::filesystem::path& file);

  /// Every regular file of a directory, in order of name; not what lies in its directories.
  /// Refuses: a directory that cannot be listed, or that is the quarantine itself.
  absl::Status AddDirectory(const std::filesystem::path& directory);

  /// One message a line; a line of blanks is none. `source` names the stream.
  absl::Status AddLines(std::istream& lines, const std::string& source);

  const BatchReport& report() const { return report_; }

 private:
  MessageBatch(Quarantine quarantine, Adapter adapter, Receiver receiver)
      : quarantine_(std::move(quarantine)),
        adapter_(std::move(adapter)),
        receiver_(std::move(receiver)) {}

  absl::Status AddOne(std::string_view bytes, const std::string& source);
  /// A message that begins with `beginning` and goes on in `rest`, until `end` or the last byte.
  absl::Status AddTooLarge(std::string_view beginning, std::istream& rest, int end,
                           const std::string& source);
  void Count(QuarantineReason reason);

  Quarantine quarantine_;
  Adapter adapter_;
  Receiver receiver_;
  BatchReport report_;
};

}  // namespace tearline::adapters
