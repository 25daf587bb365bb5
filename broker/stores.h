#pragma once

#include <memory>
#include <vector>

#include "broker/crypto/signer.h"
#include "broker/ledger/ledger.h"
#include "broker/model/ids.h"
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

/// Subject keys that the vault lacks.
using LostKeys = std::vector<model::SubjectKeyId>;

/// Opens everything and replays. Whether the newest checkpoint is reproduced is not asked yet.
///
/// Refuses: what the rooms' Open and sequencer::Replay refuse.
///
/// With `lost`, a vault that lacks keys which nobody erased is opened all the same, and they are
/// told there, rising: for an operator to accept.
[[nodiscard]] Result<Stores> OpenStores(const settings::v1::BrokerConfig& config,
                                        LostKeys* lost = nullptr);

}  // namespace tearline
