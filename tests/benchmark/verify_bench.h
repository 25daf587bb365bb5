#pragma once

#include <vector>

#include "tests/benchmark/growth.h"
#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// A stranger's check of a whole log, by the verifier that shares nothing with the broker: of
/// leaves that it was handed, and of an export's lines of JSON. Over SHA-256 of the same bytes in
/// the same pieces, as cheap as the machine's library gives it (bare_hashes.h): what nobody who
/// checks can do without. One thread does either.
///
/// Throws std::runtime_error.
void CompareVerifying(Scene& scene, int rounds, std::vector<Row>& rows);

/// How long it takes to read and verify every leaf of a stopped broker's log, as a stranger would
/// who was handed them one by one.
///
/// Throws std::runtime_error.
double SecondsToVerify(const Growth& growth);

}  // namespace tearline::benchmark
