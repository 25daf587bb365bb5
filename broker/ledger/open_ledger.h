#pragma once

#include <memory>

#include "broker/ledger/ledger.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::ledger {

/// Opens the ledger with the engine that the configuration chooses.
///
/// Refuses: CONFIG_INVALID if it chooses none; otherwise what the engine's Open refuses.
[[nodiscard]] Result<std::unique_ptr<Ledger>> OpenLedger(const settings::v1::LedgerConfig& config);

}  // namespace tearline::ledger
