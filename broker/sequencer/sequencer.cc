#include "broker/sequencer/sequencer.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "broker/crypto/random.h"
#include "broker/model/limits.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/measure.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"
#include "broker/telemetry/metrics.h"

// The one writer.
//
// Everything that is ever disclosed, withheld or changed passes through one thread, because what
// was said has one order and every decision is made at one place in it. The thread's life is a
// loop: take what waits, stamp it, append it with one sync, apply it, answer. While it waits for
// the sync the next group gathers in the queue by itself; under load groups grow and syncs per
// command shrink, and at rest a command is a group of one that waits for nobody.
//
// What must hold, whatever happens:
//
//   S1  Nobody is answered OK before the record is durable and its effects are committed: `done`
//       is called after Append and after Commit, in that order, and nowhere else with a value.
//   S2  Every proposal is answered exactly once: at the door, by MayRecord, by Answer or by Stop.
//   S3  Records are applied in the order in which they were appended, each once, and the position
//       travels in the same batch as their effects. A crash between Append and Commit leaves a
//       state that is behind, never one that is wrong: replay goes on from its position.
//   S4  Stamps never go backwards, and none is given while wall and monotonic clocks have parted
//       or the ledger's last stamp is unbelievably far from now. Only a recorded ConfirmClock, by
//       a person who looked, lets it go on.
//   S5  After a failed append or commit nothing is recorded by this process again. It is not known
//       what was kept; guessing would double or lose. Those of the group hear UNKNOWN_OUTCOME,
//       those behind it UNAVAILABLE, and the process ends; replay decides. (A fenced append is
//       known not to have been kept, so its group hears UNAVAILABLE too.)
//   S6  One agency's flood costs another at most one turn: the queue is fair, its bounds hold for
//       each agency, and a full queue refuses. The broker's own commands have such a queue too.
//   S7  Deadlines fire through records, like everything else: the writer adds a Pulse when one is
//       due at the stamp it would give, and never an empty one. A Pulse that did not take effect
//       is not tried again for a minute, so that a fault cannot fill the ledger.
//   S8  The view is replaced before anybody is answered: whoever hears that something was recorded
//       and then reads, reads it.
//
//   S9  A change of access is made known before it is answered: whoever hears that somebody is
//       suspended knows that nothing found out before is sent from now on.
//
// Of new rows the listener is told last, so that a slow look at them never delays an answer.
//
// What is not here: what a command means (machine), whether it may be said at all (machine), what
// it looks like on disk (ledger, state), and who waits for its deliveries (delivery).

namespace tearline::sequencer {
namespace {

using std::chrono::milliseconds;

/// How long the writer sleeps at most: a deadline is looked for at least this often, so that a wall
/// clock that was set forward is noticed.
constexpr milliseconds kSleepMax{100};

/// How long after a Pulse that did not take effect the next one is tried.
constexpr std::int64_t kPulseAgainMs = 60'000;

/// Feeds that one group follows up with ReleaseRows. The rest wait for the next.
constexpr std::size_t kOwnReleasesMax = 64;

/// Room in a group for the broker's own records, in bytes: a Pulse and releases are tiny.
constexpr std::size_t kOwnBytesMax = 64 * 1024;

stored::v1::LedgerRow ReadLedgerRow(const state::Reader& reader) {
  return reader.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))
      .value_or(stored::v1::LedgerRow());
}

Status Unavailable() {
  return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                "the broker is stopping or has stopped writing; try again with the same request");
}

}  // namespace

std::unique_ptr<Sequencer> Sequencer::Start(ledger::Ledger& ledger, state::Database& database,
                                            clock::Clock& clock, Fatal fatal) {
  std::unique_ptr<Sequencer> sequencer = StartStepped(ledger, database, clock, std::move(fatal));
  sequencer->writer_ = std::thread([writing = sequencer.get()] {
    while (writing->Turn(writing->UntilDue())) {
    }
  });
  return sequencer;
}

std::unique_ptr<Sequencer> Sequencer::StartStepped(ledger::Ledger& ledger,
                                                   state::Database& database, clock::Clock& clock,
                                                   Fatal fatal) {
  std::shared_ptr<const state::View> view = database.Now();
  TEARLINE_INVARIANT(view->position() == ledger.Tip(), "replay has brought the state to the tip");
  const stored::v1::LedgerRow row = ReadLedgerRow(*view);
  std::unique_ptr<Sequencer> sequencer(
      new Sequencer(ledger, database, clock, std::move(fatal), std::move(view), row));
  sequencer->LookAtClock(clock.WallMs(), clock.MonotonicMs());
  return sequencer;
}

Sequencer::Sequencer(ledger::Ledger& ledger, state::Database& database, clock::Clock& clock,
                     Fatal fatal, std::shared_ptr<const state::View> view,
                     const stored::v1::LedgerRow& row)
    : ledger_(ledger),
      database_(database),
      clock_(clock),
      fatal_(std::move(fatal)),
      queue_(model::kAgencyQueueMax, model::kAgencyQueueBytesMax),
      chain_(row, view->position(), ledger.Term()),
      watch_(clock.WallMs(), clock.MonotonicMs(), row),
      next_deadline_ms_(machine::NextDeadlineMs(*view)),
      view_(std::move(view)),
      batch_(*view_) {}

Sequencer::~Sequencer() { Drain(); }

void Sequencer::Propose(Proposal proposal) {
  TEARLINE_INVARIANT(proposal.done && proposal.seed.size() == kSeedBytes,
                     "a proposal has a seed and somebody to answer");
  const auto waiting = std::make_shared<Waiting>();
  waiting->actor_bytes = proposal.actor.SerializeAsString();
  waiting->proposal = std::move(proposal);
  const Proposal& waits = waiting->proposal;

  const Status size = CheckRecordSize(waits, waiting->actor_bytes);
  if (!size.ok()) return waits.done(Measured(size));
  if (refusing_.load()) return waits.done(Measured(Unavailable()));
  const std::size_t bytes = HeaderBytes(waits, waiting->actor_bytes) + SegmentBytes(waits);
  if (queue_.Push(waits.actor.agency(), bytes, waiting)) return;
  waits.done(Measured(refusing_.load()
                          ? Unavailable()
                          : Refuse(v1::ERROR_REASON_TOO_BUSY,
                                   "the agency's queue is full; try again later with the same "
                                   "request")));
}

void Sequencer::Listen(Listener listener) {
  const std::lock_guard<std::mutex> lock(listener_mutex_);
  listener_ = std::move(listener);
}

std::shared_ptr<const state::View> Sequencer::View() const {
  const std::lock_guard<std::mutex> lock(view_mutex_);
  return view_;
}

void Sequencer::Drain() {
  const std::lock_guard<std::mutex> lock(drain_mutex_);
  refusing_.store(true);
  queue_.Close();
  closed_.store(true);
  if (writer_.joinable()) {
    writer_.join();
    return;
  }
  while (Step()) {
  }
}

bool Sequencer::Turn(milliseconds wait_max) {
  // Read before taking: if nothing can enter and nothing is there, nothing will be.
  const bool closed = closed_.load();
  const std::vector<std::shared_ptr<Waiting>> taken =
      queue_.TakeUpTo(model::kAppendRecordsMax - kOwnReleasesMax - 1,
                      model::kAppendBytesMax - kOwnBytesMax, wait_max);
  if (closed && taken.empty()) return false;
  return Write(taken);
}

milliseconds Sequencer::UntilDue() {
  if (parted_.load()) return kSleepMax;
  if (!unfinished_.empty()) return milliseconds(0);
  const std::int64_t due_ms = std::max(next_deadline_ms_, pulse_not_before_ms_);
  const std::int64_t now_ms = chain_.StampAt(clock_.WallMs());
  if (due_ms <= now_ms) return milliseconds(0);
  return std::min(kSleepMax, milliseconds(due_ms - now_ms));
}

void Sequencer::LookAtClock(std::int64_t wall_ms, std::int64_t monotonic_ms) {
  const bool parted = watch_.Parted(wall_ms, monotonic_ms);
  if (parted == parted_.exchange(parted) || !parted) return;
  telemetry::Log(telemetry::Event::kClockParted)
      .With(telemetry::Field::kApartMs, wall_ms - chain_.last_stamp_ms());
}

/// Records and answers one group. False if the writer has stopped.
bool Sequencer::Write(const std::vector<std::shared_ptr<Waiting>>& taken) {
  const std::int64_t wall_ms = clock_.WallMs();
  const std::int64_t monotonic_ms = clock_.MonotonicMs();
  LookAtClock(wall_ms, monotonic_ms);
  const Group group = Gather(taken, wall_ms);
  if (group.records.empty()) return true;

  const Result<model::Position> appended = [&] {
    const telemetry::Stopwatch stopwatch(telemetry::Timing::kAppend);
    return ledger_.Append(group.records);
  }();
  if (!appended.ok()) {
    Stop(group, ReasonOf(appended.status()), "the ledger did not take a group of records");
    return false;
  }
  const std::vector<machine::Applied> applied = Apply(group);
  const Status committed = [&] {
    const telemetry::Stopwatch stopwatch(telemetry::Timing::kCommit);
    return database_.Commit(batch_, chain_.tip());
  }();
  if (!committed.ok()) {
    Stop(group, v1::ERROR_REASON_STORAGE_FAILED, "the state did not take a batch");
    return false;
  }
  MeasureItems(batch_);
  LookAhead(group, applied);
  std::shared_ptr<const state::View> now = database_.Now();
  batch_.GoOnAbove(*now);
  {
    const std::lock_guard<std::mutex> lock(view_mutex_);
    view_.swap(now);
  }
  if (ConfirmedIn(group, applied)) {
    // What was looked at, not what the clock says by now: it may have jumped since.
    watch_.Confirm(wall_ms, monotonic_ms);
    chain_.Confirm(ReadLedgerRow(*View()));
    parted_.store(false);
  }
  Answer(group, applied);
  return true;
}

Sequencer::Group Sequencer::Gather(const std::vector<std::shared_ptr<Waiting>>& taken,
                                   std::int64_t wall_ms) {
  Group group;
  if (!parted_.load()) AddOwn(wall_ms, group);
  for (const std::shared_ptr<Waiting>& waiting : taken) {
    const Status may = MayRecord(*waiting, wall_ms);
    if (!may.ok()) {
      waiting->proposal.done(Measured(may));
      continue;
    }
    Add(waiting->proposal, waiting->actor_bytes, wall_ms, group);
    group.waiting.back() = waiting;
  }
  return group;
}

/// The broker's own records: a Pulse if a deadline is due, and releases that are owed.
void Sequencer::AddOwn(std::int64_t wall_ms, Group& group) {
  const std::string actor_bytes = BrokerActor().SerializeAsString();
  const std::int64_t stamp_ms = chain_.StampAt(wall_ms);
  if (std::max(next_deadline_ms_, pulse_not_before_ms_) <= stamp_ms) {
    Proposal pulse =
        MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_PULSE, stored::v1::Pulse());
    Add(pulse, actor_bytes, wall_ms, group);
  }
  for (std::size_t i = 0; i < kOwnReleasesMax && !unfinished_.empty(); ++i) {
    stored::v1::ReleaseRows release;
    release.set_feed(unfinished_.extract(unfinished_.begin()).value());
    Proposal owed = MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_RELEASE, release);
    Add(owed, actor_bytes, wall_ms, group);
  }
}

void Sequencer::Add(Proposal& proposal, const std::string& actor_bytes, std::int64_t wall_ms,
                    Group& group) {
  Written written = chain_.Write(proposal, actor_bytes, wall_ms);
  group.headers.push_back(std::move(written.stored));
  group.records.push_back(std::move(written.record));
  group.waiting.emplace_back();
}

/// What only the writer knows: whether the clock is believed, and whether there is a genesis.
Status Sequencer::MayRecord(const Waiting& waiting, std::int64_t wall_ms) {
  const stored::v1::CommandNumber command = waiting.proposal.command;
  if (chain_.tip() == 0) return TryGenesis(waiting, wall_ms);
  if (command == stored::v1::COMMAND_NUMBER_GENESIS) {
    return Refuse(v1::ERROR_REASON_GENESIS_EXISTS,
                  "the ledger has its genesis; the directory is changed by `tearline directory "
                  "admit`, the policy by `tearline policy propose`");
  }
  if (command == stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK) {
    stored::v1::ConfirmClock confirmed;
    const std::int64_t part_max_ms = milliseconds(model::kClockPartMax).count();
    if (!confirmed.ParseFromString(waiting.proposal.command_bytes) ||
        std::abs(confirmed.wall_ms() - wall_ms) > part_max_ms) {
      return Refuse(v1::ERROR_REASON_TIME_INVALID,
                    "`wall_ms` must be the time the broker's clock shows now, within 60 s");
    }
    return {};
  }
  if (parted_.load()) {
    return Refuse(
        v1::ERROR_REASON_CLOCK_PARTED,
        "wall clock and ledger have parted; an operator must look at the clock, and set it "
        "right or confirm it by `tearlined --confirm-clock`");
  }
  return {};
}

/// A genesis that would not take effect must not be the first record for ever: it is tried first.
Status Sequencer::TryGenesis(const Waiting& waiting, std::int64_t wall_ms) {
  if (waiting.proposal.command != stored::v1::COMMAND_NUMBER_GENESIS) {
    return Refuse(v1::ERROR_REASON_GENESIS_MISSING,
                  "the ledger is empty; `tearlined --genesis` records who takes part");
  }
  RecordChain trial = chain_;
  Proposal copy = waiting.proposal;
  state::Batch scratch(*View());
  const machine::Applied applied =
      machine::Machine().Apply(trial.Write(copy, waiting.actor_bytes, wall_ms).stored, scratch);
  if (applied.outcome == audit::Outcome::kApplied) return {};
  return Refuse(applied.reason, applied.sentence);
}

std::vector<machine::Applied> Sequencer::Apply(const Group& group) {
  const telemetry::Stopwatch stopwatch(telemetry::Timing::kApply);
  std::vector<machine::Applied> applied;
  applied.reserve(group.headers.size());
  for (const ledger::StoredHeader& header : group.headers) {
    applied.push_back(machine_.Apply(header, batch_));
    MeasureRecord(static_cast<stored::v1::CommandNumber>(header.header.command), applied.back());
    if (applied.back().outcome != audit::Outcome::kUnappliable) continue;
    telemetry::Log(telemetry::Event::kRecordUnappliable)
        .With(telemetry::Field::kPosition, header.header.position)
        .With(telemetry::Field::kCommand, header.header.command);
  }
  phase_times_.Note();
  return applied;
}

/// What the group left to do: deadlines, releases owed.
void Sequencer::LookAhead(const Group& group, const std::vector<machine::Applied>& applied) {
  if (batch_.Wrote(state::Table::kDeadline)) next_deadline_ms_ = machine::NextDeadlineMs(batch_);
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const ledger::Header& header = group.headers[i].header;
    const bool took_effect = applied[i].outcome == audit::Outcome::kApplied;
    if (took_effect) unfinished_.insert(applied[i].unfinished.begin(), applied[i].unfinished.end());
    if (header.command == stored::v1::COMMAND_NUMBER_PULSE && !took_effect) {
      pulse_not_before_ms_ = header.stamp_ms + kPulseAgainMs;
    }
  }
}

bool Sequencer::ConfirmedIn(const Group& group, const std::vector<machine::Applied>& applied) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (group.headers[i].header.command == stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK &&
        applied[i].outcome == audit::Outcome::kApplied) {
      return true;
    }
  }
  return false;
}

void Sequencer::Tell(const std::set<std::string>& feeds, machine::Change change) {
  const std::lock_guard<std::mutex> lock(listener_mutex_);
  if (listener_) listener_(feeds, change);
}

void Sequencer::Answer(const Group& group, const std::vector<machine::Applied>& applied) {
  const telemetry::Stopwatch stopwatch(telemetry::Timing::kAnswer);
  machine::Change change = machine::Change::kNone;
  for (const machine::Applied& each : applied) change = std::max(change, each.HowFar());
  if (change != machine::Change::kNone) Tell({}, change);
  std::set<std::string> feeds;
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (group.waiting[i]) group.waiting[i]->proposal.done(applied[i]);
    feeds.insert(applied[i].feeds.begin(), applied[i].feeds.end());
  }
  Tell(feeds, machine::Change::kNone);
}

void Sequencer::Stop(const Group& group, v1::ErrorReason reason, const std::string& sentence) {
  refusing_.store(true);
  queue_.Close();
  const Status outcome =
      reason == v1::ERROR_REASON_LEDGER_FENCED
          ? Unavailable()
          : Refuse(v1::ERROR_REASON_UNKNOWN_OUTCOME,
                   "it is not known whether this was recorded; try again with the same request");
  for (const std::shared_ptr<Waiting>& waiting : group.waiting) {
    if (waiting) waiting->proposal.done(outcome);
  }
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  for (const std::shared_ptr<Waiting>& waiting : queue_.TakeUpTo(kAll, kAll, milliseconds(0))) {
    waiting->proposal.done(Unavailable());
  }
  fatal_(ReasonName(reason) + ": " + sentence + "; start again, and replay decides what was kept");
}

}  // namespace tearline::sequencer
