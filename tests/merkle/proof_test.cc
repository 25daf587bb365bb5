#include "broker/merkle/proof.h"

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "tests/doubles/counted_hashes.h"
#include "tests/merkle/reference_tree.h"

namespace tearline::merkle {
namespace {

using Proof = std::vector<crypto::Digest>;

constexpr std::size_t kSizes = 33;  // one past two full subtrees of 16

class ProofTest : public testing::Test {
 protected:
  crypto::Digest Root(std::size_t size) const {
    return TreeHashByDefinition(std::span(leaves_).first(size));
  }

  const std::vector<crypto::Digest> leaves_ = LeafHashes(kSizes);
  const StoredNodes nodes_{leaves_};
};

std::string Hex(const Proof& proof) {
  std::string text;
  for (const crypto::Digest& hash : proof) text += hash.Hex() + "\n";
  return text;
}

/// Calls `check` with every proof that differs from `proof` in one bit, and with every one that is
/// shorter or longer by one hash at either end.
void ForEachCorruption(const Proof& proof, const std::function<void(const Proof&)>& check) {
  for (std::size_t i = 0; i < proof.size(); ++i) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      Proof bad = proof;
      bad[i].octets[bit / 8] = static_cast<std::uint8_t>(bad[i].octets[bit / 8] ^ 1U << bit % 8);
      check(bad);
    }
  }
  Proof longer = proof;
  longer.push_back(crypto::Digest());
  check(longer);
  longer = proof;
  longer.insert(longer.begin(), crypto::Digest());
  check(longer);
  if (proof.empty()) return;
  check(Proof(proof.begin() + 1, proof.end()));
  check(Proof(proof.begin(), proof.end() - 1));
}

struct ReferenceRow {
  std::uint64_t first;  // the leaf's index, or the older size
  std::uint64_t size;
  std::vector<const char*> proof;
};

Proof ProofOf(const ReferenceRow& row) {
  Proof proof;
  for (const char* hash : row.proof) proof.push_back(DigestFromHex(hash));
  return proof;
}

std::vector<crypto::Digest> ReferenceLeaves() {
  std::vector<crypto::Digest> leaves;
  for (const std::string& entry : ReferenceEntries()) leaves.push_back(LeafHash(entry));
  return leaves;
}

// Inclusion: full trees and ragged ones, leaves on and off the right edge.
std::vector<ReferenceRow> InclusionRows() {
  return {
      {0, 1, {}},
      {1, 2, {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"}},
      {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
      {4, 5, {"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {2,
       6,
       {"07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"}},
      {6,
       7,
       {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {0,
       8,
       {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
      {5,
       8,
       {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
  };
}

// Consistency: from and to full trees and ragged ones.
std::vector<ReferenceRow> ConsistencyRows() {
  return {
      {1, 1, {}},
      {1, 2, {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"}},
      {3,
       4,
       {"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
      {3,
       7,
       {"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"}},
      {5,
       7,
       {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {4, 8, {"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
      {6,
       8,
       {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {7,
       8,
       {"b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
  };
}

TEST(Proof, InclusionMatchesTheReferenceTree) {
  const std::vector<crypto::Digest> leaves = ReferenceLeaves();
  const StoredNodes nodes(leaves);
  for (const ReferenceRow& row : InclusionRows()) {
    EXPECT_EQ(Hex(InclusionProof(row.first, row.size, nodes)), Hex(ProofOf(row)))
        << "leaf " << row.first << " of " << row.size;
    EXPECT_TRUE(VerifyInclusion(leaves[row.first], row.first, row.size, ProofOf(row),
                                RootAt(row.size, nodes))
                    .ok());
  }
}

TEST(Proof, ConsistencyMatchesTheReferenceTree) {
  const StoredNodes nodes(ReferenceLeaves());
  for (const ReferenceRow& row : ConsistencyRows()) {
    EXPECT_EQ(Hex(ConsistencyProof(row.first, row.size, nodes)), Hex(ProofOf(row)))
        << row.first << " to " << row.size;
    EXPECT_TRUE(VerifyConsistency(row.first, RootAt(row.first, nodes), row.size,
                                  RootAt(row.size, nodes), ProofOf(row))
                    .ok());
  }
}

TEST_F(ProofTest, TheRootAtAnySizeIsTheOneTheDefinitionGives) {
  for (std::size_t size = 0; size <= kSizes; ++size) EXPECT_EQ(RootAt(size, nodes_), Root(size));
}

TEST_F(ProofTest, EveryLeafOfEveryTreeIsProvedIncluded) {
  for (std::size_t size = 1; size <= kSizes; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const Proof proof = InclusionProof(index, size, nodes_);
      EXPECT_TRUE(VerifyInclusion(leaves_[index], index, size, proof, Root(size)).ok())
          << index << " of " << size;
    }
  }
}

TEST_F(ProofTest, NoInclusionProofProvesAnythingElse) {
  for (std::size_t size = 1; size <= kSizes; ++size) {
    const crypto::Digest root = Root(size);
    for (std::size_t index = 0; index < size; ++index) {
      const Proof proof = InclusionProof(index, size, nodes_);
      for (std::size_t other = 0; other <= size; ++other) {
        if (other == index) continue;
        const crypto::Digest& leaf = leaves_[other % size];
        EXPECT_FALSE(VerifyInclusion(leaves_[index], other, size, proof, root).ok());
        if (other == size) continue;
        EXPECT_FALSE(VerifyInclusion(leaf, index, size, proof, root).ok());
      }
      if (size > 1) {
        EXPECT_FALSE(VerifyInclusion(leaves_[index], index, size, proof, Root(size - 1)).ok());
      }
      ForEachCorruption(proof, [&](const Proof& bad) {
        EXPECT_EQ(ReasonOf(VerifyInclusion(leaves_[index], index, size, bad, root)),
                  v1::ERROR_REASON_PROOF_INVALID)
            << index << " of " << size;
      });
    }
  }
}

TEST_F(ProofTest, EveryTreeIsProvedToContinueEveryOlderOne) {
  for (std::size_t size = 1; size <= kSizes; ++size) {
    for (std::size_t older = 1; older <= size; ++older) {
      const Proof proof = ConsistencyProof(older, size, nodes_);
      EXPECT_TRUE(VerifyConsistency(older, Root(older), size, Root(size), proof).ok())
          << older << " to " << size;
    }
  }
}

TEST_F(ProofTest, NoConsistencyProofProvesAnythingElse) {
  for (std::size_t size = 1; size <= kSizes; ++size) {
    for (std::size_t older = 1; older <= size; ++older) {
      const crypto::Digest old_root = Root(older);
      const crypto::Digest new_root = Root(size);
      const Proof proof = ConsistencyProof(older, size, nodes_);
      ForEachCorruption(proof, [&](const Proof& bad) {
        EXPECT_EQ(ReasonOf(VerifyConsistency(older, old_root, size, new_root, bad)),
                  v1::ERROR_REASON_PROOF_INVALID)
            << older << " to " << size;
      });
      const crypto::Digest foreign = LeafHash("foreign");
      EXPECT_FALSE(VerifyConsistency(older, foreign, size, new_root, proof).ok());
      EXPECT_FALSE(VerifyConsistency(older, old_root, size, foreign, proof).ok());
      if (older < size) {
        EXPECT_FALSE(VerifyConsistency(older, new_root, size, old_root, proof).ok());
        EXPECT_FALSE(VerifyConsistency(size, new_root, older, old_root, proof).ok());
      }
    }
  }
}

/// A log that changed one old leaf cannot show that it continues itself.
TEST_F(ProofTest, ARewrittenLogIsFoundOut) {
  for (std::size_t changed = 0; changed < 12; ++changed) {
    std::vector<crypto::Digest> rewritten = leaves_;
    rewritten[changed] = LeafHash("rewritten");
    const StoredNodes other(rewritten);
    EXPECT_EQ(ReasonOf(VerifyConsistency(12, Root(12), 29, RootAt(29, other),
                                         ConsistencyProof(12, 29, other))),
              v1::ERROR_REASON_PROOF_INVALID)
        << "leaf " << changed;
  }
}

TEST_F(ProofTest, EmptyTreesProveNothing) {
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, EmptyRoot(), 5, Root(5), {})),
            v1::ERROR_REASON_PROOF_INVALID);
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, EmptyRoot(), 0, EmptyRoot(), {})),
            v1::ERROR_REASON_PROOF_INVALID);
  EXPECT_EQ(ReasonOf(VerifyInclusion(leaves_[0], 0, 0, {}, EmptyRoot())),
            v1::ERROR_REASON_PROOF_INVALID);
}

/// What a stranger sends is counted before it is hashed: a proof of another length than the numbers
/// demand costs nothing, whatever it holds.
TEST_F(ProofTest, NothingIsHashedOfAProofOfAnotherLength) {
  const crypto::Digest garbage = LeafHash("garbage");
  const crypto::Digest root = LeafHash("root");
  for (std::size_t size = 1; size <= kSizes; ++size) {
    for (std::size_t first = 0; first < size; ++first) {
      const std::size_t included = InclusionProof(first, size, nodes_).size();
      const std::size_t continued =
          first == 0 ? kSizes : ConsistencyProof(first, size, nodes_).size();
      for (std::size_t length = 0; length <= 64; ++length) {
        const Proof proof(length, garbage);
        const std::uint64_t before = doubles::HashesSoFar();
        EXPECT_FALSE(VerifyInclusion(garbage, first, size, proof, root).ok());
        const std::uint64_t between = doubles::HashesSoFar();
        EXPECT_EQ(between - before, length == included ? included : 0) << first << " in " << size;
        EXPECT_FALSE(VerifyConsistency(first, garbage, size, root, proof).ok());
        const bool is_hashed = doubles::HashesSoFar() != between;
        EXPECT_EQ(is_hashed, first > 0 && length == continued) << first << " to " << size;
      }
    }
  }
  const Proof endless(100'000, garbage);
  const std::uint64_t before = doubles::HashesSoFar();
  EXPECT_FALSE(VerifyInclusion(garbage, 7, ~std::uint64_t{0}, endless, root).ok());
  EXPECT_FALSE(VerifyConsistency(7, garbage, ~std::uint64_t{0}, root, endless).ok());
  EXPECT_FALSE(VerifyConsistency(kSizes, root, kSizes, root, endless).ok());
  EXPECT_FALSE(VerifyConsistency(0, garbage, kSizes, root, endless).ok()) << "from nothing";
  EXPECT_EQ(doubles::HashesSoFar(), before);
}

/// Numbers a stranger may send must neither hash for long nor shift too far.
TEST_F(ProofTest, TheLargestNumbersAreAnsweredAtOnce) {
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  const Proof proof(64, leaves_[0]);
  EXPECT_FALSE(VerifyInclusion(leaves_[0], 0, kHuge, proof, Root(1)).ok());
  EXPECT_FALSE(VerifyInclusion(leaves_[0], kHuge - 1, kHuge, proof, Root(1)).ok());
  EXPECT_FALSE(VerifyInclusion(leaves_[0], kHuge, kHuge, proof, Root(1)).ok());
  EXPECT_FALSE(VerifyConsistency(1, Root(1), kHuge, Root(2), proof).ok());
  EXPECT_FALSE(VerifyConsistency(kHuge - 1, Root(1), kHuge, Root(2), proof).ok());
  EXPECT_FALSE(VerifyConsistency(std::uint64_t{1} << 63, Root(1), kHuge, Root(2), proof).ok());
  EXPECT_FALSE(VerifyInclusion(leaves_[0], 0, kHuge, Proof(100'000, leaves_[0]), Root(1)).ok());
}

/// The cost of a proof grows with the tree's height, not with its size.
TEST(Proof, ReadsAFewNodesHoweverLargeTheTree) {
  const StoredNodes nodes(LeafHashes(5000));
  for (const std::uint64_t index : {0U, 1U, 2500U, 4999U}) {
    const std::size_t before = nodes.reads();
    (void)InclusionProof(index, 5000, nodes);
    EXPECT_LE(nodes.reads() - before, 2 * 13U) << "leaf " << index;
  }
  const std::size_t before = nodes.reads();
  (void)ConsistencyProof(4095, 5000, nodes);
  EXPECT_LE(nodes.reads() - before, 2 * 13U);
}

TEST(ProofDeathTest, AsksOnlyForWhatTheTreeHas) {
  const StoredNodes nodes(LeafHashes(4));
  EXPECT_DEATH((void)InclusionProof(4, 4, nodes), "a leaf the tree has");
  EXPECT_DEATH((void)ConsistencyProof(0, 4, nodes), "from 1");
  EXPECT_DEATH((void)ConsistencyProof(5, 4, nodes), "from 1");
}

}  // namespace
}  // namespace tearline::merkle
