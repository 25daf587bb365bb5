#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/note.h"
#include "clients/witness/cosigner.h"
#include "clients/witness/kept_checkpoint.h"

namespace tearline::witness {

/// An answer as HTTP gives it.
struct Answer {
  int status = 0;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

/// Judges what logs submit. For each log it knows how large a tree it has cosigned; it cosigns
/// another only if that continues it. What it answers 200 for is on stable storage.
///
/// Source:  C2SP tlog-witness v1.0.0.
/// Threads: any; one submission at a time, from the look at what is kept to the keeping.
class Witness {
 public:
  /// Seconds since 1970.
  using Clock = std::function<std::uint64_t()>;

  /// Opens a directory that exists, for the logs with these keys, and reads what it keeps of them.
  ///
  /// Refuses: INVALID_ARGUMENT for two keys of one log, or none; UNAVAILABLE if another witness has
  ///          the directory; DATA_LOSS if what is kept does not bear the log's signature and our
  ///          own: a witness that has forgotten must not sign.
  static absl::StatusOr<std::unique_ptr<Witness>> Open(
      const std::filesystem::path& directory, const std::vector<verifier::VerifierKey>& logs,
      Cosigner cosigner, Clock clock);

  /// Answers "add-checkpoint":
  ///   200  cosigned: our signature line;
  ///   400  not a submission, or its old size is above the checkpoint's;
  ///   403  not signed by the log's key, or a signature by it that fails;
  ///   404  a log not known here;
  ///   409  the old size is not what is kept: the size that is, as text/x.tlog.size;
  ///   422  the proof does not show that the checkpoint continues what is kept;
  ///   500  it could not be kept; after a sync that failed, for all that follows.
  [[nodiscard]] Answer AddCheckpoint(std::string_view body);

  /// The newest cosigned checkpoint of the log at `place` (PlaceOf its origin); 404 if there is
  /// none.
  [[nodiscard]] Answer Checkpoint(const std::string& place) const;

 private:
  struct Log {
    Log(verifier::VerifierKey log_key, const std::filesystem::path& directory)
        : key(std::move(log_key)), file(directory, key.name) {}
    verifier::VerifierKey key;
    KeptCheckpoint file;
    std::string note;  ///< "" if nothing was cosigned yet.
    verifier::Checkpoint newest;
    std::uint64_t cosigned_s = 0;
  };

  Witness(DirectoryLock lock, Cosigner cosigner, Clock clock);
  absl::Status Remember(Log& log);
  Answer Cosign(const verifier::Checkpoint& checkpoint, const std::string& signed_note, Log& log);

  const DirectoryLock lock_;
  const Cosigner cosigner_;
  const Clock clock_;
  mutable std::mutex mutex_;         ///< Guards what follows.
  std::map<std::string, Log> logs_;  ///< By origin.
  bool broken_ = false;              ///< A sync failed: it is not known what a start will find.
};

}  // namespace tearline::witness
