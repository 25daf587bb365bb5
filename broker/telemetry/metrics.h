#pragma once

#include <chrono>
#include <cstdint>

#include "broker/telemetry/exposition.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/error.pb.h"
#include "tearline/v1/event.pb.h"

namespace tearline::telemetry {

/// What is counted since the process started. Names and help are in metrics.cc.
enum class Counter : std::uint8_t {
  kItemsReleased,       ///< Items let go to a feed, or let go again.
  kItemsSettled,        ///< Items that left a feed's window: acknowledged, parked or given up.
  kCredentialReadings,  ///< Certificates and lists read again and taken.
  kCredentialsKept,     ///< Read again and refused.
  kDutiesUnmet,         ///< Decisions that told a post less than it was owed.
};

/// What was handed to a subscriber: an event at its level, or a notice.
enum class Sent : std::uint8_t {
  kFull,
  kTearLine,
  kPointer,
  kObligation,
  kAccessChange,
  kAccessWithdrawn,
};

/// What became of a record.
enum class RecordOutcome : std::uint8_t {
  kApplied,
  kAwaitsSecondHand,
  kRepeated,
  kRefused,
  kUnappliable,
};

/// What is timed. All share the same bounds: from 0.1 ms, a little under a sync of a fast disk, to
/// 10 s, beyond which somebody was called long ago.
enum class Timing : std::uint8_t {
  kAppend,   ///< A group of records into the ledger, its sync included.
  kSync,     ///< Of that, waiting for the disk.
  kApply,    ///< The same group through the machine.
  kJudge,    ///< Of that, deciding.
  kLeaf,     ///< Of that, the leaves with their details.
  kCommit,   ///< What it wrote, into the state.
  kAnswer,   ///< Telling those who waited for the group, and handing their answers to be sent.
  kCheck,    ///< Checking the events of one request.
  kSeal,     ///< Sealing them, new keys included.
  kDeliver,  ///< Finding, opening and laying out what goes into one frame to a subscriber.
  kFeedLag,  ///< An item, from when it entered its lane until it is handed to a subscriber.
};

// Counting takes no lock and never fails. The counts are the process's own: two brokers in one
// process, which only tests have, share them.
//
// Threads: any.

void Count(Counter counter, std::uint64_t by = 1);
void CountRecord(stored::v1::CommandNumber command, RecordOutcome outcome);
/// Decisions at a level, whoever they are for.
void CountDecisions(v1::Level level, std::uint64_t by);
void CountSent(Sent what);
/// Something was refused, before it was recorded or by a record.
void CountRefusal(v1::ErrorReason reason);
void Time(Timing timing, std::chrono::microseconds took);

/// Times from here to the end of the scope.
class Stopwatch {
 public:
  explicit Stopwatch(Timing timing) : timing_(timing) {}
  ~Stopwatch() {
    Time(timing_, std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now() - begun_));
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  const Timing timing_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// Writes everything that was counted and timed. Labelled counts that are zero are left out; the
/// rest is always there.
void Expose(Exposition& exposition);

}  // namespace tearline::telemetry
