#include "clients/adapters/message_batch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace tearline::adapters {
namespace {

namespace fs = std::filesystem;

constexpr int kNoEnd = -2;  // no byte, and not the end of a stream
constexpr int kEndOfStream = std::istream::traits_type::eof();
constexpr std::size_t kPieceBytes = 64 * 1024;

/// Appends bytes up to `end`, the last byte or `bytes_max`, whichever comes first; `end` is taken
/// and not appended. Returns whether there may be more of the same message.
bool ReadUpTo(std::istream& in, int end, std::size_t bytes_max, std::string& bytes) {
  while (bytes.size() < bytes_max) {
    const int next = in.get();
    if (next == kEndOfStream || next == end) return false;
    bytes += static_cast<char>(next);
  }
  return true;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

bool BatchReport::AddsUp() const {
  std::uint64_t with_reason = 0;
  for (const auto& [reason, count] : reasons) with_reason += count;
  return read == adapted + quarantined && quarantined == with_reason;
}

absl::StatusOr<MessageBatch> MessageBatch::Open(const fs::path& quarantine_directory,
                                                Adapter adapter, Receiver receiver) {
  absl::StatusOr<Quarantine> quarantine = Quarantine::Open(quarantine_directory, adapter.name);
  if (!quarantine.ok()) return quarantine.status();
  return MessageBatch(*std::move(quarantine), std::move(adapter), std::move(receiver));
}

void MessageBatch::Count(QuarantineReason reason) {
  ++report_.read;
  ++report_.quarantined;
  ++report_.reasons[reason];
}

absl::Status MessageBatch::AddMessage(std::string_view bytes, const std::string& source) {
  if (!adapter_.split) return AddOne(bytes, source);
  const std::vector<std::string_view> parts = adapter_.split(bytes);
  for (std::size_t i = 0; i < parts.size() && !report_.stopped; ++i) {
    const std::string place = parts.size() == 1 ? source : source + "#" + std::to_string(i + 1);
    if (absl::Status added = AddOne(parts[i], place); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status MessageBatch::AddOne(std::string_view bytes, const std::string& source) {
  const std::variant<Adapted, Quarantined> outcome = adapter_.adapt(bytes);
  if (const Quarantined* aside = std::get_if<Quarantined>(&outcome)) {
    if (absl::Status kept = quarantine_.Keep(bytes, *aside, source); !kept.ok()) return kept;
    Count(aside->reason);
    return absl::OkStatus();
  }
  const Adapted& adapted = std::get<Adapted>(outcome);
  ++report_.read;
  ++report_.adapted;
  for (const Note& note : adapted.notes) ++report_.notes[note.kind];
  report_.stopped = !receiver_(adapted);
  return absl::OkStatus();
}

absl::Status MessageBatch::AddTooLarge(std::string_view beginning, std::istream& rest, int end,
                                       const std::string& source) {
  const Quarantined aside{
      QuarantineReason::kTooLarge,
      "the message is over " + std::to_string(adapter_.bytes_max) + " bytes, which is the most"};
  LargeCopy copy(quarantine_);
  if (absl::Status added = copy.Add(beginning); !added.ok()) return added;
  bool more = true;
  while (more) {
    std::string piece;
    more = ReadUpTo(rest, end, kPieceBytes, piece);
    if (absl::Status added = copy.Add(piece); !added.ok()) return added;
  }
  if (absl::Status kept = copy.Finish(aside, source); !kept.ok()) return kept;
  Count(aside.reason);
  return absl::OkStatus();
}

absl::Status MessageBatch::AddFile(const fs::path& file) {
  const std::string source = file.filename().string();
  std::error_code error;
  std::ifstream in;
  if (fs::is_regular_file(file, error)) in.open(file, std::ios::binary);
  std::string bytes;
  const bool more = in.is_open() && ReadUpTo(in, kNoEnd, adapter_.bytes_max + 1, bytes);
  if (!in.is_open() || in.bad()) {
    const Quarantined aside{QuarantineReason::kUnreadable, "the file cannot be read"};
    if (absl::Status kept = quarantine_.KeepReason(aside, source); !kept.ok()) return kept;
    Count(aside.reason);
    return absl::OkStatus();
  }
  if (more) return AddTooLarge(bytes, in, kNoEnd, source);
  return AddMessage(bytes, source);
}

absl::Status MessageBatch::AddDirectory(const fs::path& directory) {
  std::error_code error;
  if (fs::equivalent(directory, quarantine_.directory(), error)) {
    return absl::InvalidArgumentError("the quarantine must be another directory than the input");
  }
  fs::directory_iterator entries(directory, error);
  std::vector<fs::path> files;
  while (!error && entries != fs::directory_iterator()) {
    std::error_code ignored;
    if (!entries->is_directory(ignored)) files.push_back(entries->path());
    entries.increment(error);
  }
  if (error) return absl::InvalidArgumentError("the directory cannot be listed");
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (report_.stopped) break;
    if (absl::Status added = AddFile(file); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status MessageBatch::AddLines(std::istream& lines, const std::string& source) {
  for (std::uint64_t number = 1; !report_.stopped && lines.good(); ++number) {
    std::string line;
    const bool more = ReadUpTo(lines, '\n', adapter_.bytes_max + 1, line);
    const std::string place = source + ":" + std::to_string(number);
    absl::Status added = absl::OkStatus();
    if (more) {
      added = AddTooLarge(line, lines, '\n', place);
    } else if (!IsBlank(line)) {
      added = AddMessage(line, place);
    }
    if (!added.ok()) return added;
  }
  if (lines.bad()) return absl::InternalError("the stream broke off");
  return absl::OkStatus();
}

}  // namespace tearline::adapters
