#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "broker/clock/clock.h"
#include "broker/cosign/cosigning.h"
#include "broker/delivery/dispatcher.h"
#include "broker/ledger/ledger.h"
#include "broker/rpc/health_board.h"
#include "broker/sequencer/proposer.h"
#include "broker/state/database.h"
#include "broker/telemetry/exposition.h"
#include "broker/vault/vault.h"

namespace tearline::rpc {

/// The state as of the last group of records: Sequencer::View.
using ViewSource = std::function<std::shared_ptr<const state::View>()>;

/// Adds families of samples.
using Measurement = std::function<void(telemetry::Exposition&)>;

/// What the door leans on.
struct Services {
  sequencer::Proposer& proposer;
  ViewSource view;
  const ledger::Ledger& ledger;
  vault::Vault& vault;
  clock::Clock& clock;
  delivery::Dispatcher& dispatcher;
  std::function<std::string()> checkpoint;         ///< The newest signed note; "" if there is none.
  std::function<std::string()> cosigned = {};      ///< The same of those cosigned; none if empty.
  std::function<cosign::Report()> witnesses = {};  ///< How cosigning stands; nobody if empty.
  std::filesystem::path state_directory = {};      ///< A second state is replayed beside it.
  Examination examine = {};  ///< The parts' health, all but the door's own; none if empty.
  Measurement measure = {};  ///< Adds what is measured when it is asked for; nothing if empty.
};

}  // namespace tearline::rpc
