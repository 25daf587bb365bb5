#pragma once

#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// What audit takes of all that is timed of publishing while nobody is sent anything: making the
/// leaf with its details, of the state's batch what its rows take (leaf, tree, and which records
/// speak of whom), and of the ledger's append what lies in a record for it alone (who asked and for
/// what, and the digest of the record before).
///
/// What the rows take is found in this process: the same writes are committed with and without.
///
/// Throws std::runtime_error.
void ShowAuditShare(Scene& scene, int rounds, std::vector<Row>& rows);

}  // namespace tearline::benchmark
