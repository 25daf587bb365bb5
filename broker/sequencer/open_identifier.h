#pragma once

#include <optional>

#include "broker/machine/numbers.h"
#include "broker/model/ids.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// A number as it was written, and as it is compared; nothing if it was erased. The ledger's word
/// counts, not the vault's: a key that was erased may still lie there for a moment.
///
/// Refuses: SEAL_BROKEN     it does not open in its place;
///          STORAGE_FAILED  the vault lacks a key that nobody erased.
/// Threads: any; it may wait for the vault's disk.
[[nodiscard]] Result<std::optional<stored::v1::PlainIdentifier>> OpenIdentifier(
    const machine::Number& number, const model::LedgerId& ledger_id, const Workbench& bench);

}  // namespace tearline::sequencer
