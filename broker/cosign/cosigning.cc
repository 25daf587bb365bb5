#include "broker/cosign/cosigning.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/audit/checkpoint.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/state/key.h"
#include "broker/telemetry/log.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::cosign {
namespace {

constexpr std::int64_t kSecondMs = 1000;

/// What a note of our own says; nothing of "".
std::optional<audit::Checkpoint> Read(const std::string& note) {
  const std::size_t end = note.find("\n\n");
  if (end == std::string::npos) return std::nullopt;
  Result<audit::Checkpoint> checkpoint =
      audit::ParseNoteBody(std::string_view(note).substr(0, end + 1));
  if (!checkpoint.ok()) return std::nullopt;
  return *std::move(checkpoint);
}

std::vector<audit::WitnessKey> KeysOf(const std::vector<std::unique_ptr<Asker>>& askers) {
  std::vector<audit::WitnessKey> keys;
  for (const std::unique_ptr<Asker>& asker : askers) keys.push_back(asker->key());
  return keys;
}

/// Whether an obligation says that too few witnesses cosign.
bool GapIsRecorded(const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  return row && !row->witness_obligation_id().empty();
}

}  // namespace

Result<std::unique_ptr<Cosigning>> Cosigning::Make(const settings::v1::AuditConfig& config,
                                                   Sources sources) {
  std::vector<std::unique_ptr<Asker>> askers;
  for (const settings::v1::Witness& witness : config.witnesses()) {
    Result<audit::WitnessKey> key = audit::ReadWitnessKey(witness.verifier_key());
    if (!key.ok()) return key.status();
    Result<std::unique_ptr<Exchange>> exchange = MakeExchange(witness.address());
    if (!exchange.ok()) return exchange.status();
    askers.push_back(std::make_unique<Asker>(*std::move(key), *std::move(exchange)));
  }
  return std::unique_ptr<Cosigning>(new Cosigning(config, std::move(sources), std::move(askers)));
}

Cosigning::Cosigning(const settings::v1::AuditConfig& config, Sources sources,
                     std::vector<std::unique_ptr<Asker>> askers)
    : config_(config),
      sources_(std::move(sources)),
      board_(KeysOf(askers), config.witness_quorum()),
      proposing_(std::make_shared<std::atomic<bool>>(false)),
      awaited_since_ms_(sources_.clock.MonotonicMs()) {
  for (std::unique_ptr<Asker>& asker : askers)
    asked_.push_back({.asker = std::move(asker), .note = {}});
}

Cosigning::~Cosigning() { Stop(); }

void Cosigning::Start() {
  const std::chrono::milliseconds every(config_.checkpoint_interval_ms());
  for (std::size_t place = 0; place < asked_.size(); ++place) {
    beats_.push_back(std::make_unique<concurrency::Beat>(
        std::vector<concurrency::Beat::Task>{{every, [this, place] { AskTurn(place); }}}));
  }
  beats_.push_back(std::make_unique<concurrency::Beat>(
      std::vector<concurrency::Beat::Task>{{every, [this] { RecordTurn(); }}}));
  for (const auto& beat : beats_) beat->Start();
}

void Cosigning::Stop() {
  for (const Asked& asked : asked_) asked.asker->Stop();
  for (const auto& beat : beats_) beat->Stop();
}

void Cosigning::AskTurn(std::size_t place) {
  Asked& asked = asked_[place];
  const std::string note = sources_.newest();
  if (note == asked.note) return;
  const std::optional<audit::Checkpoint> checkpoint = Read(note);
  if (!checkpoint) return;
  // A view taken after the note holds the whole tree that the note speaks of.
  const std::shared_ptr<const state::View> view = sources_.view();
  const Result<audit::Cosignature> cosignature =
      asked.asker->Ask(note, *checkpoint, audit::AuditTree(*view));
  if (asked.asker->forgot()) {
    board_.SetForgot(place);
    telemetry::Log(telemetry::Event::kWitnessForgot).With(telemetry::Field::kCount, place);
  }
  if (!cosignature.ok()) {
    // Silence takes nothing back: until it cosigns again it holds another past.
    if (ReasonOf(cosignature.status()) == v1::ERROR_REASON_CHECKPOINT_MISMATCH) {
      board_.SetContradicts(place, true);
      if (!std::exchange(asked.contradicts, true)) {
        telemetry::Log(telemetry::Event::kWitnessContradicts).With(telemetry::Field::kCount, place);
      }
    }
    Heard(place, false);
    return;
  }
  asked.contradicts = false;
  Heard(place, true);
  asked.note = note;
  const std::optional<std::string> cosigned =
      board_.Add(place, checkpoint->tree_size, note, *cosignature);
  if (!cosigned) return;
  const Status kept = sources_.keep(*cosigned);
  if (ReasonOf(kept) == v1::ERROR_REASON_UNKNOWN_OUTCOME) {
    sources_.fatal(ReasonName(ReasonOf(kept)) + ": " + SentenceOf(kept));
  }
}

/// Says it once, when it changes.
void Cosigning::Heard(std::size_t place, bool answers) {
  if (asked_[place].answers == answers) return;
  asked_[place].answers = answers;
  telemetry::Log(answers ? telemetry::Event::kWitnessCosigns : telemetry::Event::kWitnessSilent)
      .With(telemetry::Field::kCount, place);
}

/// How long the oldest checkpoint without enough cosignatures has waited for them, at least 1; 0 if
/// none waits.
std::int64_t Cosigning::WaitedMs() {
  const std::optional<audit::Checkpoint> newest = Read(sources_.newest());
  const std::uint64_t size = newest ? newest->tree_size : 0;
  const std::uint64_t cosigned = board_.CosignedSize();
  const std::int64_t now_ms = sources_.clock.MonotonicMs();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cosigned >= awaited_) {
    awaited_ = size;
    awaited_since_ms_ = now_ms;
  }
  return cosigned >= size ? 0 : std::max<std::int64_t>(1, now_ms - awaited_since_ms_);
}

bool Cosigning::Stands() {
  if (asked_.empty()) return true;
  for (const Standing& standing : board_.Standings()) {
    if (standing.contradicts) return false;
  }
  return WaitedMs() <= kSecondMs * config_.witness_gap_after_s();
}

void Cosigning::RecordTurn() {
  const std::int64_t waited_ms = asked_.empty() ? 0 : WaitedMs();
  const bool is_gap = waited_ms > kSecondMs * config_.witness_gap_after_s();
  const bool is_recorded = GapIsRecorded(*sources_.view());
  if (is_gap && !is_recorded) Propose(true);
  if (waited_ms == 0 && is_recorded) Propose(false);
}

void Cosigning::Propose(bool is_gap) {
  if (proposing_->exchange(true)) return;
  std::uint64_t awaited = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    awaited = awaited_;
  }
  stored::v1::NoteWitnesses command;
  command.set_needed(static_cast<std::uint32_t>(board_.quorum()));
  command.set_cosigned_size(board_.CosignedSize());
  command.set_post(config_.witness_post());
  std::uint32_t answered = 0;
  for (const Standing& standing : board_.Standings()) {
    if (standing.tree_size >= awaited && standing.tree_size > 0) {
      ++answered;
    } else {
      command.add_missing(standing.name);
    }
  }
  // Some may have answered since the gap was found: the record says what was found.
  if (is_gap && answered >= command.needed()) answered = command.needed() - 1;
  if (!is_gap && answered < command.needed()) answered = command.needed();
  command.set_answered(answered);
  sequencer::Proposal proposal = sequencer::MakeProposal(
      sequencer::BrokerActor(), stored::v1::COMMAND_NUMBER_NOTE_WITNESSES, command);
  proposal.done = [proposing = proposing_](const Result<machine::Applied>&) { *proposing = false; };
  sources_.proposer.Propose(std::move(proposal));
}

Report Cosigning::Look() const {
  return {board_.Standings(), asked_.empty() ? 0 : board_.quorum(), board_.CosignedSize()};
}

}  // namespace tearline::cosign
