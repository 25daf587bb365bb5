#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "broker/clock/clock.h"
#include "broker/concurrency/fair_queue.h"
#include "broker/ledger/ledger.h"
#include "broker/machine/machine.h"
#include "broker/sequencer/clock_watch.h"
#include "broker/sequencer/phase_times.h"
#include "broker/sequencer/proposer.h"
#include "broker/sequencer/record_chain.h"
#include "broker/state/batch.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// What a group of records did, for those who look at the view again: the feeds in which items were
/// let go, and what no longer holds.
using Listener = std::function<void(const std::set<std::string>& feeds, machine::Change change)>;

/// Told once, with a sentence, when the broker must stop because it is not known what was kept.
using Fatal = std::function<void(const std::string& sentence)>;

/// The one writer. Commands go in from any thread; one thread of its own stamps them, appends them
/// in groups with one sync, applies each through the machine, and only then answers.
///
/// The invariants S1 to S9 it keeps are told at the top of sequencer.cc.
class Sequencer final : public Proposer {
 public:
  /// Starts the writer on a state that replay has brought to the ledger's tip.
  ///
  /// `fatal` is called on the writer's thread after a failed sync or commit, when everybody who
  /// waited has been answered; nothing is recorded afterwards.
  ///
  /// Requires: `ledger`, `database` and `clock` outlive it; `database` stands at the ledger's tip.
  static std::unique_ptr<Sequencer> Start(ledger::Ledger& ledger, state::Database& database,
                                          clock::Clock& clock, Fatal fatal);

  /// The same, but without a thread: the caller is the writer, turn by turn, with Step.
  static std::unique_ptr<Sequencer> StartStepped(ledger::Ledger& ledger, state::Database& database,
                                                 clock::Clock& clock, Fatal fatal);

  /// One turn of the writer, which waits for nothing: what is due, and what waits, as one group.
  /// False once there will be no more turns: drained or stopped.
  ///
  /// Requires: StartStepped. Threads: one.
  bool Step() { return Turn(std::chrono::milliseconds(0)); }

  /// Drains.
  ~Sequencer() override;

  /// Refuses, through `done`, on the caller's thread and at once:
  ///   LIMIT_PASSED     the header is over kHeaderBytesMax (kPolicyHeaderBytesMax if it holds a
  ///                    policy), or the record over kRecordBytesMax;
  ///   TOO_BUSY         the agency's queue is full;
  ///   UNAVAILABLE      draining, or stopped.
  /// On the writer's thread:
  ///   CLOCK_PARTED     until an operator's ConfirmClock is recorded (`tearlined --confirm-clock`);
  ///   GENESIS_MISSING  anything but Genesis into an empty ledger; GENESIS_EXISTS the reverse;
  ///   UNKNOWN_OUTCOME, UNAVAILABLE  as proposer.h says.
  void Propose(Proposal proposal) override;

  /// Calls `listener` on the writer's thread after each group, when the view already shows it: with
  /// a change, if there was one, before the group's proposers are answered; with the feeds, once
  /// they are. It must not block, and must not propose and wait. An empty one
  /// takes the listener away; once Listen returns, the one before is not called any more.
  ///
  /// Threads: any but the writer's.
  void Listen(Listener listener);

  /// The state as of the last group. Cheap. Hold it for one request, not for a session.
  ///
  /// Threads: any.
  std::shared_ptr<const state::View> View() const;

  /// True while everything but ConfirmClock is refused.
  ///
  /// Threads: any.
  bool ClockParted() const { return parted_.load(); }

  /// How many proposals wait for the writer.
  ///
  /// Threads: any.
  std::size_t Queued() const { return queue_.Waiting(); }

  /// False once it records no more: draining, or stopped by a fault.
  ///
  /// Threads: any.
  bool Writing() const { return !refusing_.load(); }

  /// Refuses what is new, records what waits, answers it, and ends the writer's thread, or takes
  /// its last turns. Again: nothing.
  ///
  /// Threads: any but the writer's.
  void Drain();

 private:
  /// A proposal that passed the door.
  struct Waiting {
    Proposal proposal;
    std::string actor_bytes;
  };
  /// Records on their way to the ledger, and who waits for each: nobody, for the broker's own.
  struct Group {
    std::vector<ledger::StoredHeader> headers;
    std::vector<ledger::Record> records;
    std::vector<std::shared_ptr<Waiting>> waiting;
  };

  Sequencer(ledger::Ledger& ledger, state::Database& database, clock::Clock& clock, Fatal fatal,
            std::shared_ptr<const state::View> view, const stored::v1::LedgerRow& row);

  bool Turn(std::chrono::milliseconds wait_max);
  std::chrono::milliseconds UntilDue();
  void LookAtClock(std::int64_t wall_ms, std::int64_t monotonic_ms);
  bool Write(const std::vector<std::shared_ptr<Waiting>>& taken);
  Group Gather(const std::vector<std::shared_ptr<Waiting>>& taken, std::int64_t wall_ms);
  void AddOwn(std::int64_t wall_ms, Group& group);
  void Add(Proposal& proposal, const std::string& actor_bytes, std::int64_t wall_ms, Group& group);
  Status MayRecord(const Waiting& waiting, std::int64_t wall_ms);
  Status TryGenesis(const Waiting& waiting, std::int64_t wall_ms);
  std::vector<machine::Applied> Apply(const Group& group);
  void LookAhead(const Group& group, const std::vector<machine::Applied>& applied);
  /// Whether an operator has confirmed the clock in this group.
  static bool ConfirmedIn(const Group& group, const std::vector<machine::Applied>& applied);
  void Tell(const std::set<std::string>& feeds, machine::Change change);
  void Answer(const Group& group, const std::vector<machine::Applied>& applied);
  void Stop(const Group& group, v1::ErrorReason reason, const std::string& sentence);

  ledger::Ledger& ledger_;
  state::Database& database_;
  clock::Clock& clock_;
  const Fatal fatal_;
  concurrency::FairQueue<std::shared_ptr<Waiting>> queue_;

  // The writer's own.
  PhaseTimes phase_times_;
  machine::Machine machine_{&phase_times_};
  RecordChain chain_;
  ClockWatch watch_;
  std::int64_t next_deadline_ms_;
  std::int64_t pulse_not_before_ms_ = 0;
  std::set<std::string> unfinished_;  ///< Feeds with room left: a ReleaseRows is owed to each.

  std::atomic<bool> parted_{false};
  std::atomic<bool> refusing_{false};  ///< Draining or stopped.
  std::atomic<bool> closed_{false};    ///< Nothing can enter the queue any more.

  mutable std::mutex view_mutex_;
  std::shared_ptr<const state::View> view_;  ///< Guarded by view_mutex_.
  state::Batch batch_;  ///< The writer's own; above `view_`, which only the writer replaces.
  std::mutex listener_mutex_;
  Listener listener_;  ///< Guarded by listener_mutex_, also while it is called.

  std::mutex drain_mutex_;
  std::thread writer_;  ///< Joined under drain_mutex_.
};

}  // namespace tearline::sequencer
