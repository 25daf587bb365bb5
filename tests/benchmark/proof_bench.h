#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "broker/state/database.h"
#include "tests/benchmark/row.h"

namespace tearline::benchmark {

/// What it takes the broker to find a leaf of the log in `view` by its hash and to prove it, and to
/// prove that the log continues an earlier one, and what it takes the verifier that shares nothing
/// with the broker to check either: beside a bare hash for each of the proof's. Leaves and sizes
/// lie anywhere, in each round elsewhere. In this process. `of` says what kind of leaves these are.
///
/// Throws std::runtime_error.
void CompareProofs(const state::View& view, const std::string& of, int rounds,
                   std::vector<Row>& rows);

/// The same of a tree of so many leaves, made for it in `directory` and removed: rows of leaves and
/// nodes as the broker keeps them, added as it adds them, but without records, and so without
/// details behind the leaves.
///
/// Throws std::runtime_error.
void CompareProofsOfMany(const std::filesystem::path& directory, std::uint64_t leaves, int rounds,
                         std::vector<Row>& rows);

}  // namespace tearline::benchmark
