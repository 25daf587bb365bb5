#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "broker/clock/clock.h"
#include "broker/cosign/cosigning.h"
#include "broker/model/ids.h"
#include "broker/rpc/health_board.h"
#include "broker/state/database.h"
#include "broker/telemetry/exposition.h"

namespace tearline {

/// Open obligations that are counted for one look: many times what is open in good order. A sum
/// that stands at this number says at least.
inline constexpr std::size_t kObligationsCountedMax = 100'000;

/// Where an examination looks. Each is asked from any thread.
struct Symptoms {
  std::function<std::shared_ptr<const state::View>()> view;
  std::function<std::uint64_t()> checkpoint_size;  ///< Leaves under the newest signed checkpoint.
  std::function<bool()> clock_parted;
  std::function<bool()> writing;        ///< Whether the writer records what it is given.
  std::function<std::size_t()> queued;  ///< How many proposals wait for the writer.
  std::function<bool()> cosigned;       ///< Whether enough witnesses cosign, and none contradicts.
  std::function<cosign::Report()> witnesses;
};

/// Beats without a checkpoint that covers what there was, before the audit log is not well.
inline constexpr int kBeatsMissedMax = 10;
/// The same in time, where beats are short: signing and syncing may take a while on a busy disk.
inline constexpr std::chrono::seconds kCheckpointLateMin{5};

/// Asks each part of the broker how it is, from facts:
///   ledger  the writer records what it is given;
///   state   no record was kept that could not be applied (LedgerRow.unappliable);
///   policy  there is one in force;
///   clock   wall clock and ledger have not parted;
///   cosigned  enough witnesses cosign the log lately, and none holds another past of it;
///   audit   what the log held is under a signed checkpoint within kBeatsMissedMax beats.
/// A vault that fails ends the process, and so does a ledger whose sync failed.
///
/// Threads: any.
class Examiner {
 public:
  /// Requires: `clock` and what `symptoms` asks outlive it.
  Examiner(Symptoms symptoms, clock::Clock& clock, std::chrono::milliseconds beat);

  std::vector<rpc::Part> Examine();

  /// Adds what is measured when somebody looks: how long the ledger is, how far behind its
  /// checkpoint, what waits, what is owed, how full the feeds are. Labels are words of ours.
  void Measure(telemetry::Exposition& exposition);

  /// How long the oldest record that no signed checkpoint covers has been waiting, at least, as far
  /// as examinations saw; 0 if all were covered. In ms.
  std::int64_t CheckpointAgeMs();

 private:
  const Symptoms symptoms_;
  clock::Clock& clock_;
  const std::int64_t late_ms_;

  std::mutex mutex_;                   ///< Guards what follows.
  model::Position awaited_ = 0;        ///< Up to here a checkpoint is awaited,
  std::int64_t awaited_since_ms_ = 0;  ///< since then, monotonic.
};

}  // namespace tearline
