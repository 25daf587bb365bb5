#include "clients/witness/witness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "clients/verifier/cosignature.h"
#include "clients/witness/submission.h"

namespace tearline::witness {
namespace {

Answer Say(int status, std::string sentence) { return {status, std::move(sentence) + '\n'}; }

Answer SayFrom(int status, const absl::Status& refusal) {
  return Say(status, std::string(refusal.message()));
}

/// Whether the submission shows that its checkpoint continues `kept`, whose size it names.
bool Continues(const Submission& submission, const verifier::Checkpoint& kept,
               const verifier::Checkpoint& checkpoint) {
  if (submission.old_size == 0) {
    return submission.proof.empty() &&
           (checkpoint.tree_size > 0 || checkpoint.root == verifier::Sha256(""));
  }
  return verifier::ProvesConsistency(submission.proof, kept.tree_size, checkpoint.tree_size,
                                     kept.root, checkpoint.root);
}

/// The text and the log's own lines: what others added is theirs to prove.
std::string OwnLines(const std::string& signed_note, const verifier::VerifierKey& key) {
  std::string note(verifier::NoteText(signed_note));
  note += '\n';
  const auto lines = verifier::ReadSignatures(signed_note);
  if (!lines.ok()) return note;
  for (const verifier::SignatureLine& line : *lines) {
    if (line.name == key.name && line.key_id == key.id) note += verifier::Text(line);
  }
  return note;
}

}  // namespace

Witness::Witness(DirectoryLock lock, Cosigner cosigner, Clock clock)
    : lock_(std::move(lock)), cosigner_(std::move(cosigner)), clock_(std::move(clock)) {}

absl::StatusOr<std::unique_ptr<Witness>> Witness::Open(
    const std::filesystem::path& directory, const std::vector<verifier::VerifierKey>& logs,
    Cosigner cosigner, Clock clock) {
  if (logs.empty()) return absl::InvalidArgumentError("a witness must know at least one log");
  absl::StatusOr<DirectoryLock> lock = DirectoryLock::Take(directory);
  if (!lock.ok()) return lock.status();
  std::unique_ptr<Witness> witness(
      new Witness(*std::move(lock), std::move(cosigner), std::move(clock)));
  for (const verifier::VerifierKey& key : logs) {
    const auto [log, is_new] = witness->logs_.try_emplace(key.name, key, directory);
    if (!is_new) return absl::InvalidArgumentError("a log must be named once, with one key");
    if (absl::Status status = witness->Remember(log->second); !status.ok()) return status;
  }
  return witness;
}

absl::Status Witness::Remember(Log& log) {
  const absl::StatusOr<std::string> note = log.file.Read();
  if (!note.ok()) return note.status();
  if (note->empty()) return absl::OkStatus();
  const auto checkpoint = verifier::OpenCheckpoint(*note, log.key);
  if (!checkpoint.ok()) return checkpoint.status();
  const auto cosigned_s = verifier::CosignedAt(*note, cosigner_.Key());
  if (!cosigned_s.ok()) return cosigned_s.status();
  if (!*cosigned_s) return absl::DataLossError("what is kept was not cosigned by this witness");
  log.note = *note;
  log.newest = *checkpoint;
  log.cosigned_s = **cosigned_s;
  return absl::OkStatus();
}

Answer Witness::AddCheckpoint(std::string_view body) {
  const absl::StatusOr<Submission> submission = ReadSubmission(body);
  if (!submission.ok()) return SayFrom(400, submission.status());
  const std::string& note = submission->signed_note;
  if (const auto lines = verifier::ReadSignatures(note); !lines.ok()) {
    return SayFrom(400, lines.status());
  }
  const std::string_view text = verifier::NoteText(note);

  const std::lock_guard<std::mutex> one(mutex_);
  const auto known = logs_.find(std::string(text.substr(0, text.find('\n'))));
  if (known == logs_.end()) return Say(404, "this witness does not know that log");
  Log& log = known->second;
  if (const auto opened = verifier::OpenNote(note, log.key); !opened.ok()) {
    return SayFrom(403, opened.status());
  }
  const absl::StatusOr<verifier::Checkpoint> checkpoint = verifier::ReadCheckpoint(text);
  if (!checkpoint.ok()) {
    return SayFrom(absl::IsOutOfRange(checkpoint.status()) ? 422 : 400, checkpoint.status());
  }
  if (submission->old_size > checkpoint->tree_size) {
    return Say(400, "the old size must not be above the checkpoint's");
  }
  if (submission->old_size != log.newest.tree_size) {
    return {409, std::to_string(log.newest.tree_size) + '\n', "text/x.tlog.size"};
  }
  if (!Continues(*submission, log.newest, *checkpoint)) {
    return Say(422, "the proof does not show that the checkpoint continues the one cosigned last");
  }
  return Cosign(*checkpoint, note, log);
}

Answer Witness::Cosign(const verifier::Checkpoint& checkpoint, const std::string& signed_note,
                       Log& log) {
  if (broken_) return Say(500, "an earlier checkpoint could not be kept: start the witness again");
  // Later cosignatures never state an earlier time.
  const std::uint64_t time_s = std::max({std::uint64_t{1}, clock_(), log.cosigned_s});
  const std::string line = cosigner_.Cosign(verifier::NoteText(signed_note), time_s);
  const std::string kept = OwnLines(signed_note, log.key) + line;
  const absl::Status replaced = log.file.Replace(kept);
  if (!replaced.ok()) {
    broken_ = broken_ || absl::IsAborted(replaced);
    return SayFrom(500, replaced);
  }
  log.note = kept;
  log.newest = checkpoint;
  log.cosigned_s = time_s;
  return {200, line};
}

Answer Witness::Checkpoint(const std::string& place) const {
  const std::lock_guard<std::mutex> one(mutex_);
  for (const auto& [origin, log] : logs_) {
    if (!log.note.empty() && PlaceOf(origin) == place) return {200, log.note};
  }
  return Say(404, "nothing was cosigned for such a log");
}

}  // namespace tearline::witness
