#pragma once

#include <memory>
#include <string>

#include "broker/clock/system_clock.h"
#include "broker/config/load.h"
#include "broker/cosign/cosigning.h"
#include "broker/delivery/dispatcher.h"
#include "broker/examination.h"
#include "broker/rpc/server.h"
#include "broker/sequencer/key_warden.h"
#include "broker/sequencer/sequencer.h"
#include "broker/status/status.h"
#include "broker/stores.h"

namespace tearline {

/// The rooms, put together. Knows everyone, decides nothing.
///
/// Threads: one, apart from those of its rooms.
class Broker {
 public:
  /// Opens, replays, and proves the replay against the newest signed checkpoint. Nothing is served
  /// yet, and nothing written but the state.
  ///
  /// Refuses: GENESIS_MISSING; what OpenStores and CheckpointKeeper::VerifyAtStart refuse.
  static Result<std::unique_ptr<Broker>> Open(config::Loaded loaded);

  /// Drains.
  ~Broker();

  /// Starts the writer, the beat of checkpoints and the door. Called once.
  ///
  /// Refuses: what rpc::Server::Start refuses; STORAGE_FAILED if the vault's keys do not read.
  Status Serve();

  /// "HOST:PORT" as it is really listened on. Requires: Serve has succeeded.
  std::string Address() const;
  /// The same for operators; "" if the settings name no address for them.
  std::string AdminAddress() const;

  /// Reads certificates and revocation lists again, at once; what is wrong with them is said on
  /// stderr, and those before stand. Requires: Serve has succeeded.
  void Reload();

  /// Refuses new work, finishes what was recorded, closes sessions, signs a last checkpoint.
  void Drain();

 private:
  Broker(config::Loaded loaded, Stores stores);

  /// Hands the warden what keys a crash left behind. Requires: nothing is being recorded yet.
  Status GiveUpLooseKeys();

  /// Has checkpoints cosigned from now on. Requires: the writer has started.
  Status StartCosigning();

  const config::Loaded loaded_;
  clock::SystemClock clock_;
  Stores stores_;
  std::unique_ptr<sequencer::Sequencer> sequencer_;
  std::unique_ptr<sequencer::KeyWarden> key_warden_;
  std::unique_ptr<delivery::Dispatcher> dispatcher_;
  std::unique_ptr<cosign::Cosigning> cosigning_;
  std::unique_ptr<Examiner> examiner_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace tearline
