#include "broker/sequencer/checkpoint_keeper.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/audit/note.h"
#include "broker/sequencer/durable_file.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

constexpr char kNewest[] = "checkpoint";
constexpr char kPending[] = "pending";
constexpr char kBySize[] = "checkpoints";
constexpr char kCosigned[] = "cosigned";

std::optional<stored::v1::LedgerRow> FindLedgerRow(const state::Reader& reader) {
  return reader.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
}

Status Mismatch(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_CHECKPOINT_MISMATCH, sentence);
}

/// The part of a signed note before its signatures. Whether they are good is asked elsewhere.
std::string_view BodyOf(std::string_view note) {
  const std::size_t end = note.find("\n\n");
  return end == std::string_view::npos ? note : note.substr(0, end + 1);
}

/// How many records a note covers; 0 if it does not read.
std::uint64_t SizeOf(std::string_view note) {
  const Result<audit::Checkpoint> checkpoint = audit::ParseNoteBody(BodyOf(note));
  return checkpoint.ok() ? checkpoint->tree_size : 0;
}

/// Whether the tree of `reader` once was what `body` says.
Status CheckBody(std::string_view body, const stored::v1::LedgerRow& row,
                 const state::Reader& reader) {
  const Result<audit::Checkpoint> checkpoint = audit::ParseNoteBody(body);
  if (!checkpoint.ok()) return Mismatch("the newest checkpoint cannot be read");
  if (checkpoint->origin != row.log_origin()) {
    return Mismatch("the newest checkpoint is of another log; name the right directories");
  }
  const audit::AuditTree tree(reader);
  const std::string size = std::to_string(checkpoint->tree_size);
  if (checkpoint->tree_size > tree.Size()) {
    return Refuse(v1::ERROR_REASON_LEDGER_TAIL_LOST,
                  "a checkpoint over " + size + " records was signed, but the ledger holds " +
                      std::to_string(tree.Size()) +
                      "; restore a backup of the ledger that holds at least " + size + " records");
  }
  if (tree.RootAt(checkpoint->tree_size) != checkpoint->root) {
    return Mismatch("the replay does not reproduce the root that was signed over " + size +
                    " records: the ledger was changed, or this build reads it in another way; "
                    "restore the ledger that was signed");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<CheckpointKeeper>> CheckpointKeeper::Open(
    const std::filesystem::path& directory, crypto::Signer& signer) {
  std::unique_ptr<CheckpointKeeper> keeper(new CheckpointKeeper(directory, signer));
  TEARLINE_RETURN_IF_REFUSED(keeper->Read());
  return keeper;
}

CheckpointKeeper::CheckpointKeeper(std::filesystem::path directory, crypto::Signer& signer)
    : directory_(std::move(directory)), signer_(signer) {}

CheckpointKeeper::~CheckpointKeeper() { StopBeat(); }

Status CheckpointKeeper::Read() {
  TEARLINE_RETURN_IF_REFUSED(MakeDirectory(directory_));
  TEARLINE_RETURN_IF_REFUSED(MakeDirectory(directory_ / kBySize));
  Result<std::string> pending = ReadSmallFile(directory_ / kPending);
  if (!pending.ok()) return pending.status();
  Result<std::string> newest = ReadSmallFile(directory_ / kNewest);
  if (!newest.ok()) return newest.status();
  Result<std::string> cosigned = ReadSmallFile(directory_ / kCosigned);
  if (!cosigned.ok()) return cosigned.status();
  cosigned_ = *std::move(cosigned);
  pending_ = *std::move(pending);
  latest_ = *std::move(newest);
  latest_size_ = SizeOf(latest_);

  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / kBySize, error)) {
    const std::string name = entry.path().filename().string();
    std::uint64_t size = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), size);
    if (wrong == std::errc() && end == name.data() + name.size()) kept_.push_back(size);
  }
  std::sort(kept_.begin(), kept_.end());
  return ReadNewerBySize();
}

/// A crash may fall between the two files of a note, and a copy may miss one: what is newer under
/// its size counts. A newest note that does not read stays as it is, and the start refuses it.
Status CheckpointKeeper::ReadNewerBySize() {
  const bool reads = latest_.empty() || latest_size_ > 0;
  if (!reads || kept_.empty() || kept_.back() <= latest_size_) return {};
  Result<std::string> newer = ReadSmallFile(directory_ / kBySize / std::to_string(kept_.back()));
  if (!newer.ok()) return newer.status();
  if (newer->empty()) return {};
  latest_ = *std::move(newer);
  latest_size_ = SizeOf(latest_);
  return {};
}

Status CheckpointKeeper::VerifyAtStart(const state::Reader& reader) const {
  const std::string note = Latest();
  const std::optional<stored::v1::LedgerRow> row = FindLedgerRow(reader);
  if (!row) {
    if (note.empty() && pending_.empty()) return {};
    return Refuse(v1::ERROR_REASON_LEDGER_TAIL_LOST,
                  "checkpoints were signed, but the ledger is empty; restore a backup of the "
                  "ledger that holds at least " +
                      std::to_string(std::max(LatestSize(), SizeOf(pending_))) + " records");
  }
  if (signer_.PublicKey() != row->audit_public_key()) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE,
                  "`audit.signing_key_file` holds another key than the genesis names");
  }
  // The pending body may have been signed and seen although the note was never renamed into place.
  if (!pending_.empty()) TEARLINE_RETURN_IF_REFUSED(CheckBody(pending_, *row, reader));
  // What witnesses have cosigned they will hold us to.
  if (const std::string cosigned = Cosigned(); !cosigned.empty()) {
    TEARLINE_RETURN_IF_REFUSED(CheckBody(BodyOf(cosigned), *row, reader));
  }
  if (note.empty()) return {};
  const Result<std::string> body =
      audit::OpenNote(note, row->log_origin(), row->audit_public_key());
  if (!body.ok()) return Mismatch("the newest checkpoint does not bear this log's signature");
  return CheckBody(*body, *row, reader);
}

Status CheckpointKeeper::Beat(const state::Reader& reader) {
  const std::lock_guard<std::mutex> one(beat_mutex_);
  const std::optional<stored::v1::LedgerRow> row = FindLedgerRow(reader);
  if (!row) return {};
  const audit::AuditTree tree(reader);
  audit::Checkpoint checkpoint;
  checkpoint.origin = row->log_origin();
  checkpoint.tree_size = tree.Size();
  if (checkpoint.tree_size <= LatestSize()) return {};
  checkpoint.root = tree.RootAt(checkpoint.tree_size);

  // Synced before the signature exists: a start that finds it knows what may have been seen.
  TEARLINE_RETURN_IF_REFUSED(ReplaceFile(directory_ / kPending, audit::NoteBody(checkpoint)));
  const Result<std::string> note = audit::SignCheckpoint(checkpoint, signer_);
  if (!note.ok()) return note.status();
  return Keep(checkpoint, *note);
}

Status CheckpointKeeper::Keep(const audit::Checkpoint& checkpoint, const std::string& note) {
  const std::filesystem::path by_size = directory_ / kBySize;
  TEARLINE_RETURN_IF_REFUSED(ReplaceFile(by_size / std::to_string(checkpoint.tree_size), note));
  TEARLINE_RETURN_IF_REFUSED(ReplaceFile(directory_ / kNewest, note));
  kept_.push_back(checkpoint.tree_size);
  for (; kept_.size() > kCheckpointFilesMax; kept_.pop_front()) {
    std::error_code ignored;  // One file too many does no harm.
    std::filesystem::remove(by_size / std::to_string(kept_.front()), ignored);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  latest_ = note;
  latest_size_ = checkpoint.tree_size;
  return {};
}

void CheckpointKeeper::StartBeat(std::chrono::milliseconds interval,
                                 std::function<std::shared_ptr<const state::View>()> view,
                                 std::function<void(const std::string& sentence)> fatal) {
  TEARLINE_INVARIANT(!thread_.joinable(), "the beat is started once");
  thread_ = std::thread([this, interval, view = std::move(view), fatal = std::move(fatal)] {
    auto next = std::chrono::steady_clock::now() + interval;
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stop_.wait_until(lock, next, [this] { return stopping_; })) {
      lock.unlock();
      const Status beat = Beat(*view());
      if (!beat.ok()) {
        telemetry::Log(telemetry::Event::kCheckpointFailed)
            .With(telemetry::Field::kReason, ReasonOf(beat));
      }
      if (ReasonOf(beat) == v1::ERROR_REASON_UNKNOWN_OUTCOME) {
        fatal(ReasonName(ReasonOf(beat)) + ": " + SentenceOf(beat));
        return;
      }
      // A fixed beat: what a beat took does not move the next, and missed ones are not made up for.
      const auto now = std::chrono::steady_clock::now();
      while (next <= now) next += interval;
      lock.lock();
    }
  });
}

void CheckpointKeeper::StopBeat() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string CheckpointKeeper::Latest() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return latest_;
}

Status CheckpointKeeper::KeepCosigned(const std::string& note) {
  const std::lock_guard<std::mutex> one(beat_mutex_);
  TEARLINE_RETURN_IF_REFUSED(ReplaceFile(directory_ / kCosigned, note));
  const std::lock_guard<std::mutex> lock(mutex_);
  cosigned_ = note;
  return {};
}

std::string CheckpointKeeper::Cosigned() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return cosigned_;
}

std::uint64_t CheckpointKeeper::LatestSize() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return latest_size_;
}

}  // namespace tearline::sequencer
