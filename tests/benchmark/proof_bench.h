#pragma once

#include <vector>

#include "broker/state/database.h"
#include "tests/benchmark/growth.h"
#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// What it costs to prove a leaf of the log that lies in `view`, and to check the proof: beside as
/// many bare hashes. In this process.
void CompareProofs(const state::View& view, int rounds, std::vector<Row>& rows);

/// A stranger's check of a whole log, by the verifier that shares nothing with the broker, over
/// SHA-256 of the same bytes in the same pieces: what nobody who checks it can do without.
///
/// Throws std::runtime_error.
void CompareVerifying(Scene& scene, int rounds, std::vector<Row>& rows);

/// How long it takes to read and verify every leaf of a stopped broker's log, as a stranger would
/// who was handed them one by one.
///
/// Throws std::runtime_error.
double SecondsToVerify(const Growth& growth);

/// The memory the broker holds after an auditor has read the whole log, over that before.
///
/// Throws std::runtime_error.
void CompareExporting(Scene& scene, std::vector<Row>& rows);

}  // namespace tearline::benchmark
