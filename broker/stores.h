#pragma once

#include <memory>

#include "broker/crypto/signer.h"
#include "broker/ledger/ledger.h"
#include "broker/sequencer/checkpoint_keeper.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline {

/// What lasts, opened in the order in which it depends on each other: the ledger, the state that
/// replay has brought to the ledger's tip, the vault, and the checkpoints.
struct Stores {
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<state::Database> database;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<crypto::Signer> signer;
  std::unique_ptr<sequencer::CheckpointKeeper> checkpoints;
};

/// Opens everything and replays. Whether the newest checkpoint is reproduced is not asked yet.
///
/// Refuses: what the rooms' Open and sequencer::Replay refuse.
[[nodiscard]] Result<Stores> OpenStores(const settings::v1::BrokerConfig& config);

}  // namespace tearline
