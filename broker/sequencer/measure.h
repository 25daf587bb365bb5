#pragma once

#include "broker/machine/machine.h"
#include "broker/state/batch.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// Counts what a record did, in telemetry/metrics.h.
void MeasureRecord(stored::v1::CommandNumber command, const machine::Applied& applied);

/// Counts the items that a batch lets go to feeds, and those it takes out of their windows.
void MeasureItems(const state::Batch& batch);

/// Counts `refusal`, which came before any record; the same is given back.
[[nodiscard]] Status Measured(Status refusal);

}  // namespace tearline::sequencer
