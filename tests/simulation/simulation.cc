#include "tests/simulation/simulation.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/sequencer/replay.h"
#include "broker/status/invariant.h"
#include "tests/simulation/prefix_ledger.h"

namespace tearline::simulation {
namespace {

constexpr std::int64_t kStartMs = 1'800'000'000'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kPartMaxMs = kMinuteMs;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::size_t kLastSteps = 20;
constexpr int kTurns = 8;

Intent ByBroker(Deed deed) {
  Intent intent;
  intent.deed = deed;
  return intent;
}

crypto::Digest RootOf(const state::Database& database) {
  const auto view = database.Now();
  return audit::AuditTree(*view).RootAt(view->position());
}

/// Draws for one run begin here: before anything that draws is made.
std::uint64_t Seeded(std::uint64_t seed) {
  SeedRandomBytes(seed);
  return seed;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, Flaw flaw)
    : seed_(Seeded(seed)),
      flaw_(flaw),
      town_(seed),
      dice_(~seed),
      clock_(kStartMs),
      disk_(std::make_shared<doubles::MemoryDisk>()),
      state_(std::make_unique<VersionedState>()),
      oracle_(town_, intents_),
      draw_(dice_, town_, oracle_) {
  ledger_ = std::make_unique<doubles::MemoryLedger>(disk_);
  Start();
  Want(ByBroker(Deed::kGenesis));
  TurnWriter();
}

Simulation::~Simulation() = default;

void Simulation::Start() {
  stopped_ = false;
  believed_ = IsBelievedAtStart();
  apart_ms_ = clock_.WallMs() - clock_.MonotonicMs();
  writer_ = sequencer::Sequencer::StartStepped(*ledger_, *state_, clock_,
                                               [this](const std::string&) { stopped_ = true; });
}

/// Not far ahead of the last stamp, and not behind what the wall clock is known to have shown: that
/// stamp, or what an operator confirmed since.
bool Simulation::IsBelievedAtStart() {
  if (ledger_->Tip() == 0) return true;
  const std::int64_t stamp_ms =
      ReadSeen(*ledger_, *state_->Now(), ledger_->Tip() - 1).front().stamp_ms;
  // Behind a stamp in the future the ledger's time goes half as fast as the wall's.
  const std::int64_t since_ms = 2 * (stamp_ms - confirmed_stamp_ms_);
  const bool confirmed = confirmed_stamp_ms_ != 0;
  const std::int64_t shown_ms =
      confirmed ? std::min(confirmed_wall_ms_ + since_ms, stamp_ms) : stamp_ms;
  return clock_.WallMs() - stamp_ms <= kDayMs && shown_ms - clock_.WallMs() <= kPartMaxMs;
}

Verdict Simulation::Run(std::uint64_t steps) {
  for (step_ = 1; step_ <= steps && oracle_.complaints.empty(); ++step_) {
    if (flaw_.forgets && step_ == flaw_.from_step) state_->Forget(*flaw_.forgets);
    Step();
    CloseNote();
  }
  if (oracle_.complaints.empty()) ComeToRest();
  Verdict verdict;
  verdict.seed = seed_;
  verdict.step = step_ - 1;
  verdict.complaints = oracle_.complaints;
  verdict.last = last_;
  verdict.records = oracle_.tip();
  for (const auto& [lane, numbers] : oracle_.feeds.events_sent) {
    verdict.released += numbers.size();
    if (lane.first != PostOf(lane.first)) verdict.wished += numbers.size();
  }
  verdict.late = oracle_.feeds.late;
  verdict.crashes = crashes_;
  verdict.pulses = pulses_;
  verdict.follow_ups = follow_ups_;
  verdict.merges = oracle_.merges;
  verdict.unmerges = oracle_.unmerges;
  verdict.taken_up = oracle_.work.times;
  return verdict;
}

void Simulation::CloseNote() {
  last_.push_back(std::to_string(step_) + ": " + std::exchange(now_, {}));
  if (last_.size() > kLastSteps) last_.pop_front();
}

void Simulation::Step() {
  PassTime();
  ArmFault();
  if (clock_refused_ && dice_.Chance(300)) Want(ByBroker(Deed::kConfirmClock));
  if (!unsure_.empty() && dice_.Chance(500)) {
    Intent again = unsure_.front();
    unsure_.pop_front();
    Want(std::move(again));
  }
  for (std::size_t i = dice_.Below(4) + 1; i > 0; --i) {
    std::optional<Intent> wanted = draw_.Next(clock_.WallMs());
    if (wanted) Want(*std::move(wanted));
  }
  if (dice_.Chance(1)) Flood();
  if (dice_.Chance(15)) {
    Note("crash-before-append");
    Crash();
    return;
  }
  TurnWriter();
  if (stopped_ || dice_.Chance(15)) Crash();
}

void Simulation::PassTime() {
  const std::size_t thrown = dice_.Below(1000);
  if (dice_.Chance(2)) {
    clock_.Pass(dice_.Between(0, 20 * kDayMs));
    Note("weeks-pass");
  } else if (thrown < 800) {
    clock_.Pass(dice_.Between(0, 2000));
  } else if (thrown < 950) {
    clock_.Pass(dice_.Between(0, 40 * kMinuteMs));
  } else if (thrown < 970) {
    clock_.Pass(dice_.Between(0, kDayMs / 2));
  } else if (thrown < 990) {
    clock_.SetWallMs(clock_.WallMs() + dice_.Between(-20'000, 20'000));
    Note("clock-slips");
  } else {
    clock_.SetWallMs(clock_.WallMs() + dice_.Between(-10 * kMinuteMs, 60 * kMinuteMs));
    Note("clock-jumps");
  }
}

void Simulation::ArmFault() {
  if (dice_.Chance(15)) {
    ledger_->FailNextAppendAfter(dice_.Below(4));
    Note("sync-will-fail");
  } else if (dice_.Chance(10)) {
    state_->FailNextCommit();
    Note("commit-will-fail");
  }
}

/// More than one record may let go.
void Simulation::Flood() {
  constexpr int kFlood = 400;
  const std::string before = std::exchange(now_, {});
  for (int i = 0; i < kFlood; ++i) {
    std::optional<Intent> intent = draw_.OfFlood(clock_.WallMs());
    if (intent && !IsMalformed(*intent)) Want(*std::move(intent));
  }
  now_ = before;
  Note("flood");
}

void Simulation::Want(Intent intent) {
  Note(NameOf(intent.deed));
  const auto view = state_->Now();
  Result<sequencer::Proposal> proposal =
      Prepare(intent, town_, view->position(), {*view, vault_, clock_.WallMs()});
  if (!proposal.ok()) {
    const bool away = !intent.post.empty() && !oracle_.reading.Stands(intent.post, intent.as);
    // Nothing is sealed anew for a withdrawal that the record would refuse.
    const bool again = intent.deed == Deed::kWithdraw && !oracle_.MayBeWithdrawn(intent) &&
                       ReasonOf(proposal.status()) == v1::ERROR_REASON_EVENT_WITHDRAWN;
    if (!IsMalformed(intent) && !away && !again) {
      oracle_.Complain("what is right could not be prepared");
    }
    return;
  }
  if (IsMalformed(intent)) oracle_.Complain("what no label allows was prepared");
  intents_[proposal->seed] = intent;
  if (intent.deed == Deed::kConfirmClock) confirmations_[proposal->seed] = clock_.WallMs();
  proposal->done = [this, intent](const Result<machine::Applied>& applied) {
    answers_.push_back({intent, applied});
  };
  writer_->Propose(*std::move(proposal));
}

void Simulation::TurnWriter() {
  const std::int64_t apart_ms = clock_.WallMs() - clock_.MonotonicMs() - apart_ms_;
  if (std::abs(apart_ms) > kPartMaxMs) believed_ = false;
  writer_->Step();
  if (!stopped_) HearNew();
  HearAnswers();
}

void Simulation::HearNew() {
  const auto view = state_->Now();
  const std::vector<Seen> group = ReadSeen(*ledger_, *view, oracle_.tip());
  oracle_.HearGroup(group, believed_, *view);
  for (const Seen& seen : group) {
    if (seen.command == stored::v1::COMMAND_NUMBER_PULSE) ++pulses_;
    if (seen.command == stored::v1::COMMAND_NUMBER_RELEASE) {
      follow_ups_ += intents_.contains(seen.seed) ? 0 : 1;
    }
    if (seen.command != stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK) continue;
    believed_ = true;
    confirmed_wall_ms_ = confirmations_[seen.seed];
    confirmed_stamp_ms_ = seen.stamp_ms;
    clock_refused_ = false;
    apart_ms_ = clock_.WallMs() - clock_.MonotonicMs();
  }
}

void Simulation::HearAnswers() {
  for (const Answer& answer : std::exchange(answers_, {})) {
    if (answer.applied.ok()) {
      oracle_.Answered(answer.intent, *answer.applied);
      const bool again = answer.applied->reason == v1::ERROR_REASON_UNAVAILABLE;
      if (again && answer.intent.deed == Deed::kPublish) unsure_.push_back(answer.intent);
      continue;
    }
    if (ReasonOf(answer.applied.status()) == v1::ERROR_REASON_CLOCK_PARTED) clock_refused_ = true;
    if (answer.intent.deed == Deed::kPublish) unsure_.push_back(answer.intent);
  }
}

/// The process dies. The ledger keeps what it had synced, the state loses what it likes, and a new
/// process recovers.
void Simulation::Crash() {
  ++crashes_;
  const model::Position lived_to = state_->Position();
  const crypto::Digest lived = state_->Digest();
  // Opened by the next process, the ledger fences this one: what still waits is not recorded.
  auto next = std::make_unique<doubles::MemoryLedger>(disk_);
  writer_.reset();
  ledger_ = std::move(next);
  HearAnswers();
  if (flaw_.disk_lies && !disk_->records.empty()) disk_->records.pop_back();

  const std::size_t lost = dice_.Chance(400)   ? 0
                           : dice_.Chance(700) ? dice_.Below(state_->Commits() + 1)
                                               : state_->Commits();
  state_->LoseLast(lost);
  Note("crash(state-lost-" + std::to_string(lost) + ")");
  if (dice_.Chance(100)) clock_.Pass(dice_.Between(0, 2 * kDayMs));

  const Result<sequencer::ReplayReport> replayed = sequencer::Replay(*ledger_, *state_, {});
  if (!replayed.ok()) {
    oracle_.Complain("P9: recovery refused: " + ReasonName(ReasonOf(replayed.status())));
    return;
  }
  oracle_.LookAtLedger(*ledger_);
  if (!oracle_.complaints.empty()) return;
  // A broken state would be shown too easily; and to replay all at every crash takes most of a run.
  if (!flaw_.forgets && (at_rest_ || dice_.Chance(250))) CheckReplay(lived_to, lived);
  HearNew();  // What was kept and never answered.
  oracle_.LookAtAll(*state_->Now());
  Start();
}

/// P8: whoever replays from nothing comes to the state that lived, at its position and at the tip.
void Simulation::CheckReplay(model::Position lived_to, const crypto::Digest& lived) {
  VersionedState anew;
  bool whole = sequencer::Replay(PrefixLedger(*ledger_, lived_to), anew, {}).ok();
  if (!whole || anew.Digest() != lived) oracle_.Complain("P8: replay does not give what lived");
  whole = sequencer::Replay(*ledger_, anew, {}).ok();
  if (!whole || anew.Digest() != state_->Digest() || RootOf(anew) != RootOf(*state_)) {
    oracle_.Complain("P8: replay from nothing and from a part differ");
  }
  if (lived_to < 2) return;
  const Status lost = sequencer::Replay(PrefixLedger(*ledger_, lived_to - 1), anew, {}).status();
  if (ReasonOf(lost) != v1::ERROR_REASON_LEDGER_TAIL_LOST) {
    oracle_.Complain("P9: a ledger without its tail was believed");
  }
}

/// No more faults and no more wishes: everybody listens and acknowledges, until nothing is left.
void Simulation::ComeToRest() {
  constexpr int kRounds = 16;
  Crash();  // Into a process that nothing was done to.
  CloseNote();
  for (int round = 0; round < kRounds && oracle_.complaints.empty(); ++round) {
    RestOnce(/*anew=*/round < 3);
    CloseNote();
  }
  if (oracle_.complaints.empty() && !clock_refused_) oracle_.LookWhenQuiet();
  at_rest_ = true;
  Crash();
  CloseNote();
}

/// `anew`: with windows in which everything fits.
void Simulation::RestOnce(bool anew) {
  Note("rest");
  clock_.Pass(11 * kMinuteMs);
  if (clock_refused_) Want(ByBroker(Deed::kConfirmClock));
  TurnWriter();
  for (Intent& intent : std::exchange(unsure_, {})) Want(std::move(intent));
  std::vector<std::string> feeds = town_.posts();
  for (const auto& [feed, wished] : oracle_.feeds.wishes.standing) feeds.push_back(feed);
  for (const std::string& feed : feeds) {
    Intent intent;
    intent.post = PostOf(feed);
    intent.feed = feed;
    if (!oracle_.reading.Stands(intent.post, As::kSystem)) continue;
    const auto session = oracle_.feeds.sessions.find(feed);
    if (anew || session == oracle_.feeds.sessions.end()) {
      intent.deed = Deed::kOpenSession;
      intent.amount = 1000;
      Want(intent);
      continue;
    }
    intent.deed = Deed::kAcknowledge;
    intent.id = session->second;
    for (int lane = 1; lane <= 3; ++lane) {
      intent.lane = static_cast<v1::Urgency>(lane);
      intent.numbers.clear();
      for (const auto& [number, item] : oracle_.feeds.open[{feed, intent.lane}]) {
        if (intent.numbers.size() < 256) intent.numbers.push_back(number);
      }
      if (!intent.numbers.empty()) Want(intent);
    }
  }
  // What one record cannot finish, others do: histories, ways through history, releases.
  for (int turn = 0; turn < kTurns && oracle_.complaints.empty(); ++turn) TurnWriter();
  if (stopped_) oracle_.Complain("the writer stopped although nothing failed");
}

}  // namespace tearline::simulation
