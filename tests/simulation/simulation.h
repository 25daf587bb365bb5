#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/sequencer/sequencer.h"
#include "tests/doubles/manual_clock.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/memory_vault.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/draw.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/versioned_state.h"

namespace tearline::simulation {

/// What is broken on purpose, to see that the oracle would notice.
struct Flaw {
  std::optional<state::Table> forgets;  ///< The state throws away what is written to this table.
  std::uint64_t from_step = 0;          ///< From this step on.
  bool disk_lies = false;  ///< At a crash, the last record that was said to be synced is gone.
};

/// How a run ended. Kinds and counts only: nothing of what anybody said.
struct Verdict {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;        ///< At which the first complaint was made.
  Complaints complaints;         ///< None: the run was right.
  std::deque<std::string> last;  ///< The last 20 steps.
  std::uint64_t records = 0;
  std::uint64_t released = 0;
  std::uint64_t wished = 0;  ///< Of these, through subscriptions.
  std::uint64_t late = 0;    ///< Events decided to be told by catching up.
  std::uint64_t crashes = 0;
  std::uint64_t pulses = 0;
  std::uint64_t follow_ups = 0;  ///< Releases that one record could not finish.
  std::uint64_t merges = 0;      ///< Two nominals taken for one person.
  std::uint64_t unmerges = 0;
  std::uint64_t taken_up = 0;  ///< A dead post's work came to be done by another.
};

/// The whole broker on one thread: the real preparing, writer, machine and replay, over a ledger
/// and a state in memory that fail, crash and lose what was never synced, a clock that jumps, and
/// people who want things at random. One seed, one history, on every machine.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed, Flaw flaw = {});
  ~Simulation();

  /// Runs until the oracle complains, or `steps` are done and all has come to rest.
  Verdict Run(std::uint64_t steps);

 private:
  struct Answer {
    Intent intent;
    Result<machine::Applied> applied;
  };

  void Start();
  bool IsBelievedAtStart();
  void Step();
  void PassTime();
  void ArmFault();
  void Flood();
  void Want(Intent intent);
  void TurnWriter();
  void HearNew();
  void HearAnswers();
  void Crash();
  void CheckReplay(model::Position lived_to, const crypto::Digest& lived);
  void ComeToRest();
  void RestOnce(bool anew);
  void Note(const std::string& what) { now_ += now_.empty() ? what : " " + what; }
  void CloseNote();

  const std::uint64_t seed_;
  const Flaw flaw_;
  const Town town_;
  Dice dice_;
  doubles::ManualClock clock_;
  const std::shared_ptr<doubles::MemoryDisk> disk_;
  doubles::MemoryVault vault_;
  std::unique_ptr<VersionedState> state_;
  std::unique_ptr<doubles::MemoryLedger> ledger_;
  std::unique_ptr<sequencer::Sequencer> writer_;

  Oracle::Intents intents_;
  Oracle oracle_;
  Draw draw_;
  std::vector<Answer> answers_;
  std::deque<Intent> unsure_;  ///< Publishes whose fate their publishers do not know.
  bool stopped_ = false;
  bool at_rest_ = false;
  bool clock_refused_ = false;
  bool believed_ = true;       ///< Whether the wall clock may be stamped with.
  std::int64_t apart_ms_ = 0;  ///< Wall minus monotonic, when it was believed last.
  std::map<std::string, std::int64_t> confirmations_;  ///< What the wall showed, by record's seed.
  std::int64_t confirmed_wall_ms_ = 0;                 ///< At the last confirmation.
  std::int64_t confirmed_stamp_ms_ = 0;                ///< Its stamp; 0 if there was none.

  std::uint64_t step_ = 0;
  std::uint64_t crashes_ = 0;
  std::uint64_t pulses_ = 0;
  std::uint64_t follow_ups_ = 0;
  std::string now_;
  std::deque<std::string> last_;
};

}  // namespace tearline::simulation
