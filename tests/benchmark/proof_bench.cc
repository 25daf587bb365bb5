#include "tests/benchmark/proof_bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/merkle/proof.h"
#include "broker/model/ids.h"
#include "clients/verifier/tree.h"
#include "tests/benchmark/bare_hashes.h"
#include "tests/benchmark/cpu_of.h"

namespace tearline::benchmark {
namespace {

using Proof = std::vector<crypto::Digest>;

constexpr std::size_t kProofs = 2'000;
/// Leaves added in one batch.
constexpr std::uint64_t kTogether = 5'000;

void Must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

/// What a piece of work takes by the clock, in microseconds: whoever reads may wait for the disk.
template <typename Work>
double TimeOf(Work work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
  return took.count();
}

verifier::Hash HashOf(const crypto::Digest& digest) { return verifier::HashFrom(digest.View()); }

std::vector<std::vector<verifier::Hash>> HashesOf(const std::vector<Proof>& proofs) {
  std::vector<std::vector<verifier::Hash>> all;
  for (const Proof& proof : proofs) {
    std::vector<verifier::Hash>& hashes = all.emplace_back();
    for (const crypto::Digest& digest : proof) hashes.push_back(HashOf(digest));
  }
  return all;
}

/// One bare digest for each hash of each proof.
double BareTimeOf(const std::vector<Proof>& proofs) {
  BareHashes bare;
  return CpuOf([&] {
    for (const Proof& proof : proofs) bare.OfNodes(proof.size());
  });
}

/// Building and checking, each over a bare digest for each hash of the proof.
struct Compared {
  Rounds built;
  Rounds checked;

  void Add(double built_us, double checked_us, double hashed_us) {
    built.Add(built_us / kProofs, hashed_us / kProofs);
    checked.Add(checked_us / kProofs, hashed_us / kProofs);
  }
};

void ProveLeaves(const audit::AuditTree& tree, std::uint64_t size, std::mt19937_64& chance,
                 Compared& compared) {
  std::vector<std::uint64_t> indexes(kProofs);
  std::vector<crypto::Digest> leaves(kProofs);
  std::vector<Proof> proofs(kProofs);
  for (std::size_t i = 0; i < kProofs; ++i) {
    indexes[i] = chance() % size;
    leaves[i] = tree.Node(0, indexes[i]);
  }
  // Reading the leaf has brought its row near; the one beside it is as far as it was.
  const double built = TimeOf([&] {
    for (std::size_t i = 0; i < kProofs; ++i) {
      Must(tree.IndexOf(leaves[i]) == indexes[i], "a leaf is found by its hash");
      proofs[i] = merkle::InclusionProof(indexes[i], size, tree);
    }
  });
  const verifier::Hash root = HashOf(tree.RootAt(size));
  const auto hashes = HashesOf(proofs);
  std::vector<verifier::Hash> leaf_hashes;
  for (const crypto::Digest& leaf : leaves) leaf_hashes.push_back(HashOf(leaf));
  const double checked = CpuOf([&] {
    for (std::size_t i = 0; i < kProofs; ++i) {
      Must(verifier::ProvesInclusion(hashes[i], indexes[i], size, leaf_hashes[i], root),
           "a proof of our own holds");
    }
  });
  compared.Add(built, checked, BareTimeOf(proofs));
}

void ProveContinuation(const audit::AuditTree& tree, std::uint64_t size, std::mt19937_64& chance,
                       Compared& compared) {
  std::vector<std::uint64_t> sizes(kProofs);
  std::vector<Proof> proofs(kProofs);
  std::vector<verifier::Hash> old_roots;
  for (std::uint64_t& old : sizes) old = 1 + chance() % size;
  const double built = TimeOf([&] {
    for (std::size_t i = 0; i < kProofs; ++i) {
      proofs[i] = merkle::ConsistencyProof(sizes[i], size, tree);
    }
  });
  for (const std::uint64_t old : sizes) old_roots.push_back(HashOf(tree.RootAt(old)));
  const verifier::Hash root = HashOf(tree.RootAt(size));
  const auto hashes = HashesOf(proofs);
  const double checked = CpuOf([&] {
    for (std::size_t i = 0; i < kProofs; ++i) {
      Must(verifier::ProvesConsistency(hashes[i], sizes[i], size, old_roots[i], root),
           "a proof of our own holds");
    }
  });
  compared.Add(built, checked, BareTimeOf(proofs));
}

/// Adds leaves up to so many, as a broker adds them.
void Grow(state::Database& database, std::uint64_t leaves) {
  audit::Leaf leaf;
  leaf.behaviour_version = 1;
  for (std::uint64_t size = 0; size < leaves;) {
    const std::shared_ptr<const state::View> below = database.Now();
    state::Batch batch(*below);
    for (const std::uint64_t end = std::min(leaves, size + kTogether); size < end; ++size) {
      leaf.position = size + 1;
      leaf.stamp_ms = static_cast<std::int64_t>(size);
      stored::v1::LeafRow row;
      row.set_leaf(audit::EncodeLeaf(leaf));
      audit::AppendLeafRow(leaf.position, std::move(row), batch);
      batch.Mark();
    }
    Must(database.Commit(batch, size).ok(), "the tree's rows are written");
    if (size % 1'000'000 == 0) std::fprintf(stderr, "  a tree of %zu leaves\n", std::size_t{size});
  }
}

}  // namespace

void CompareProofs(const state::View& view, const std::string& of, int rounds,
                   std::vector<Row>& rows) {
  const audit::AuditTree tree(view);
  const std::uint64_t size = tree.Size();
  std::mt19937_64 chance(size);
  Compared leaves;
  Compared sizes;
  for (int round = 0; round < rounds; ++round) {
    ProveLeaves(tree, size, chance, leaves);
    ProveContinuation(tree, size, chance, sizes);
  }
  const std::string at = "_at_" + std::to_string(size) + "_leaves_over_its_hashes";
  const std::string says = " at " + std::to_string(size) + " leaves" + of;
  const auto add = [&](const char* name, const std::string& text, const Rounds& compared) {
    rows.push_back(compared.AsRow(name + at, text, false, "us"));
  };
  add("proof_built", "a leaf found and proved" + says + ", over bare hashes", leaves.built);
  add("proof_checked", "that proof checked by a stranger, over the same", leaves.checked);
  add("consistency_built", "an earlier log proved" + says + ", over bare hashes", sizes.built);
  add("consistency_checked", "that proof checked by a stranger, over the same", sizes.checked);
}

void CompareProofsOfMany(const std::filesystem::path& directory, std::uint64_t leaves, int rounds,
                         std::vector<Row>& rows) {
  std::filesystem::remove_all(directory);
  {
    auto database = state::Database::Open(directory);
    Must(database.ok(), "a state for the tree");
    Grow(**database, leaves);
  }
  {
    // Opened again, so that nothing is left in memory of how it was made but the system's copy of
    // the files.
    auto database = state::Database::Open(directory);
    Must(database.ok(), "the tree's state, again");
    CompareProofs(*(*database)->Now(), " (no details)", rounds, rows);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace tearline::benchmark
