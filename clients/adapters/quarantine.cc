#include "clients/adapters/quarantine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;
/// Times the same bytes may come again before something is clearly wrong.
constexpr int kSameNameMax = 1'000'000;

absl::Status CannotWrite() {
  return absl::InternalError("the quarantine directory cannot be written to");
}

int Create(const fs::path& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Closes `file` whether or not `bytes` could be written.
bool WriteAndClose(int file, std::string_view bytes) {
  const bool written = WriteAll(file, bytes);
  return ::close(file) == 0 && written;
}

}  // namespace

absl::StatusOr<Quarantine> Quarantine::Open(const fs::path& directory, std::string adapter) {
  std::error_code error;
  if (fs::create_directories(directory, error)) {
    fs::permissions(directory, fs::perms::owner_all, error);
  }
  if (error || !fs::is_directory(directory, error)) {
    return absl::InvalidArgumentError("the quarantine directory cannot be made");
  }
  return Quarantine(directory, std::move(adapter));
}

absl::StatusOr<std::string> Quarantine::WriteReason(const std::string& stem,
                                                    const Quarantined& aside,
                                                    const std::string& source,
                                                    std::uint64_t bytes) {
  nlohmann::ordered_json reason;
  reason["number"] = static_cast<int>(aside.reason);
  reason["reason"] = NameOf(aside.reason);
  reason["sentence"] = aside.sentence;
  reason["source"] = source;
  reason["bytes"] = bytes;
  const std::string text =
      reason.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  for (int time = 1; time <= kSameNameMax; ++time) {
    const std::string name = time == 1 ? stem : stem + "-" + std::to_string(time);
    const int file = Create(directory_ / (name + ".reason.json"));
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0 || !WriteAndClose(file, text)) return CannotWrite();
    return name;
  }
  return CannotWrite();
}

absl::Status Quarantine::Keep(std::string_view bytes, const Quarantined& aside,
                              const std::string& source) {
  LargeCopy copy(*this);
  if (absl::Status status = copy.Add(bytes); !status.ok()) return status;
  return copy.Finish(aside, source);
}

absl::Status Quarantine::KeepReason(const Quarantined& aside, const std::string& source) {
  return WriteReason("unreadable", aside, source, 0).status();
}

LargeCopy::~LargeCopy() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(partial_.c_str());
}

absl::Status LargeCopy::Add(std::string_view bytes) {
  for (int time = 1; file_ < 0 && time <= kSameNameMax; ++time) {
    partial_ = quarantine_.directory_ / ("partial-" + std::to_string(time));
    file_ = Create(partial_);
    if (file_ < 0 && errno != EEXIST) break;
  }
  if (file_ < 0 || !WriteAll(file_, bytes)) return CannotWrite();
  digest_.Add(bytes);
  bytes_ += bytes.size();
  return absl::OkStatus();
}

absl::Status LargeCopy::Finish(const Quarantined& aside, const std::string& source) {
  absl::StatusOr<std::string> name = quarantine_.WriteReason(
      quarantine_.adapter_ + "-" + digest_.HalfText(), aside, source, bytes_);
  if (!name.ok()) return name.status();
  const int closed = ::close(file_);
  file_ = -1;
  std::error_code error;
  fs::rename(partial_, quarantine_.directory_ / *name, error);
  return closed != 0 || error ? CannotWrite() : absl::OkStatus();
}

}  // namespace tearline::adapters
