#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/clock/clock.h"
#include "broker/concurrency/beat.h"
#include "broker/cosign/asker.h"
#include "broker/cosign/board.h"
#include "broker/sequencer/proposer.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::cosign {

/// What cosigning leans on. Each is asked from any thread.
struct Sources {
  std::function<std::string()> newest;  ///< The newest signed note; "" if there is none.
  std::function<std::shared_ptr<const state::View>()> view;
  /// Keeps a note that enough witnesses cosigned. UNKNOWN_OUTCOME: `fatal` is called, and no more.
  std::function<Status(const std::string& note)> keep;
  std::function<void(const std::string& sentence)> fatal;
  sequencer::Proposer& proposer;
  clock::Clock& clock;
};

/// How cosigning stands.
struct Report {
  std::vector<Standing> standings;  ///< In the order of the configuration.
  std::size_t quorum = 0;           ///< 0 if no witness is asked.
  std::uint64_t cosigned_size = 0;  ///< The newest that had enough since our start; 0 if none.
};

/// Has each signed checkpoint cosigned, on the checkpoints' beat: one thread a witness, and one
/// that records when too few have cosigned for too long (NoteWitnesses), and when enough do again.
class Cosigning {
 public:
  /// Nothing is asked yet. Without witnesses nothing ever is, but an obligation left open by an
  /// earlier configuration is ended.
  ///
  /// Requires: `config` was checked (config::CheckWitnesses); `sources` outlive it.
  /// Refuses:  what audit::ReadWitnessKey and MakeExchange refuse.
  static Result<std::unique_ptr<Cosigning>> Make(const settings::v1::AuditConfig& config,
                                                 Sources sources);

  /// Stops.
  ~Cosigning();

  /// Called once.
  void Start();
  /// Ends what is being asked, and the threads.
  void Stop();

  Report Look() const;
  /// Whether enough witnesses have cosigned lately, and none holds another past. Threads: any.
  bool Stands();

  /// One turn of the thread of witness `place`, and of the one that records. Threads: those, or a
  /// test's.
  void AskTurn(std::size_t place);
  void RecordTurn();

 private:
  struct Asked {
    std::unique_ptr<Asker> asker;
    std::string note;     ///< The newest it cosigned.
    bool answers = true;  ///< As said last.
    bool contradicts = false;  ///< When it was heard last.
  };

  Cosigning(const settings::v1::AuditConfig& config, Sources sources,
            std::vector<std::unique_ptr<Asker>> askers);

  void Heard(std::size_t place, bool answers);
  std::int64_t WaitedMs();
  void Propose(bool is_gap);

  const settings::v1::AuditConfig config_;
  const Sources sources_;
  std::vector<Asked> asked_;  ///< Each entry belongs to its thread.
  Board board_;
  std::vector<std::unique_ptr<concurrency::Beat>> beats_;

  /// Whether a record is on its way; kept for the writer's thread, which may be late.
  const std::shared_ptr<std::atomic<bool>> proposing_;
  std::mutex mutex_;                   ///< Guards what follows.
  std::uint64_t awaited_ = 0;          ///< A checkpoint of this size awaits its cosignatures,
  std::int64_t awaited_since_ms_ = 0;  ///< since then, monotonic.
};

}  // namespace tearline::cosign
