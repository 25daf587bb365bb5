#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/signer.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/sequencer.h"
#include "broker/sequencer/workbench.h"
#include "broker/state/database.h"
#include "broker/vault/vault.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/doubles/manual_clock.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::sequencer {

/// A ledger in memory that counts its groups, and can be made to wait before it takes the next.
class WatchedLedger final : public ledger::Ledger {
 public:
  explicit WatchedLedger(std::shared_ptr<doubles::MemoryDisk> disk) : below(std::move(disk)) {}

  Result<model::Position> Append(std::span<const ledger::Record> records) override;
  Result<std::vector<ledger::StoredHeader>> ReadHeaders(model::Position position,
                                                        std::size_t bytes_max) const override {
    return below.ReadHeaders(position, bytes_max);
  }
  Result<std::string> ReadSegment(model::Position position, std::uint32_t index) const override {
    return below.ReadSegment(position, index);
  }
  model::Position Tip() const override { return below.Tip(); }
  std::uint64_t Term() const override { return below.Term(); }

  /// From now on Append waits until LetGo, or until LetOneGo lets this one pass and holds the next.
  void Hold();
  void LetGo();
  void LetOneGo();
  /// Waits until an Append waits.
  void AwaitHeld();

  /// The group of that number, from 0, is kept only up to `records`, and is not known to be.
  void FailGroup(std::size_t number, std::size_t records);

  /// How many records each group had.
  std::vector<std::size_t> groups() const;

  doubles::MemoryLedger below;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool waiting_ = false;
  int passes_ = 0;  ///< How many may pass although held.
  std::vector<std::size_t> groups_;
  std::optional<std::pair<std::size_t, std::size_t>> fail_;
};

/// Answers of several proposals, by the number each was given.
class Answers {
 public:
  /// A `done` that keeps its answer as the next number's.
  std::function<void(const Result<machine::Applied>&)> Next();

  /// Waits until all have come, and gives them in the order of Next.
  std::vector<Result<machine::Applied>> All();

  /// True if one came that was already there.
  bool CameTwice() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::vector<Result<machine::Applied>>> answers_;
};

/// A writer with all it stands on, in one directory: a ledger in memory, a real state and vault, a
/// clock that the test moves. The agencies: probation (chair, coordinator), police (panel,
/// coordinator), ct-police (intel, accountable; publishes for police), desk (operator, governance).
/// Every post NAME is held by the person NAME-holder and served by the system NAME-system.
class Station {
 public:
  static constexpr std::int64_t kStartMs = 1'800'000'000'000;

  /// Opens stores; with a genesis unless asked not to. Nothing writes yet.
  explicit Station(bool with_genesis = true);
  ~Station();

  /// Starts the writer.
  Sequencer& Start();
  /// Ends the writer, and opens ledger and state again as after a restart.
  void Reopen();

  /// The genesis of the directory above. The audit log's key is MakeSignerFromSeed("…").
  static stored::v1::Genesis MakeGenesis();
  static std::unique_ptr<crypto::Signer> MakeSigner();

  static stored::v1::Actor System(const std::string& post);
  static stored::v1::Actor Holder(const std::string& post);

  /// A harmless command of anybody who acts for `post`: opens a session on its inbox.
  static Proposal Harmless(const std::string& post);

  /// An item about one person known by a NOMS number, with one segment and one tear-line.
  static v1::PublishItem Item(const std::string& request_id, const std::string& noms = "A1234BC");

  /// Proposes and waits; the answer must have taken effect.
  machine::Applied Say(Proposal proposal);
  template <typename Command>
  machine::Applied Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
                       const Command& command) {
    return Say(MakeProposal(actor, number, command));
  }

  /// What a command is prepared with. The view is held until the next call.
  Workbench Bench();

  /// Waits until the tip has reached `position`. False if it has not after 20 seconds.
  bool AwaitTip(model::Position position) const;

  /// Header at `position`.
  ledger::Header HeaderAt(model::Position position) const;

  doubles::TemporaryDirectory directory;
  doubles::ManualClock clock{kStartMs};
  std::shared_ptr<doubles::MemoryDisk> disk = std::make_shared<doubles::MemoryDisk>();
  std::unique_ptr<WatchedLedger> ledger;
  std::unique_ptr<state::Database> database;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<Sequencer> sequencer;

  std::mutex mutex;
  std::vector<std::string> fatal;  ///< Sentences the writer stopped with. Guarded by mutex.

 private:
  std::shared_ptr<const state::View> view_;
};

}  // namespace tearline::sequencer
