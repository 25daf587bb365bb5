#include "clients/verifier/tree.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/verifier/base64.h"
#include "tests/doubles/counted_hashes.h"

namespace tearline::verifier {
namespace {

// The eight entries and the roots that certificate-transparency implementations test each other by.
std::vector<std::string> KnownEntries() {
  return {"",
          std::string(1, '\0'),
          "\x10",
          "\x20\x21",
          "\x30\x31",
          "\x40\x41\x42\x43",
          "\x50\x51\x52\x53\x54\x55\x56\x57",
          "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
}

/// The root by the definition in RFC 6962, section 2.1: slow, and obviously right.
Hash RootByDefinition(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves[begin];
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return NodeHash(RootByDefinition(leaves, begin, begin + split),
                  RootByDefinition(leaves, begin + split, end));
}

std::vector<Hash> ProofByDefinition(const std::vector<Hash>& leaves, std::size_t index,
                                    std::size_t begin, std::size_t end) {
  if (end - begin == 1) return {};
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  const bool left = index < begin + split;
  std::vector<Hash> proof = left ? ProofByDefinition(leaves, index, begin, begin + split)
                                 : ProofByDefinition(leaves, index, begin + split, end);
  proof.push_back(left ? RootByDefinition(leaves, begin + split, end)
                       : RootByDefinition(leaves, begin, begin + split));
  return proof;
}

std::vector<Hash> ConsistencyByDefinition(const std::vector<Hash>& leaves, std::size_t old_size,
                                          std::size_t begin, std::size_t end, bool whole) {
  if (old_size == end - begin) {
    if (whole) return {};
    return {RootByDefinition(leaves, begin, end)};
  }
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  std::vector<Hash> proof;
  if (old_size <= split) {
    proof = ConsistencyByDefinition(leaves, old_size, begin, begin + split, whole);
    proof.push_back(RootByDefinition(leaves, begin + split, end));
  } else {
    proof = ConsistencyByDefinition(leaves, old_size - split, begin + split, end, false);
    proof.push_back(RootByDefinition(leaves, begin, begin + split));
  }
  return proof;
}

std::vector<Hash> Leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(LeafHash("leaf " + std::to_string(i)));
  return leaves;
}

TEST(Tree, GivesThePublishedRootOfEightKnownEntries) {
  TreeHead tree;
  EXPECT_EQ(Hex(Bytes(tree.Root())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const std::string& entry : KnownEntries()) tree.Append(LeafHash(entry));
  EXPECT_EQ(Hex(Bytes(tree.Root())),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Tree, GrowsAsTheDefinitionSaysAtEverySize) {
  const std::vector<Hash> leaves = Leaves(67);
  TreeHead tree;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    tree.Append(leaves[size - 1]);
    EXPECT_EQ(tree.Root(), RootByDefinition(leaves, 0, size)) << "size " << size;
  }
}

TEST(Tree, InclusionHoldsForEveryLeafAndForNoOther) {
  const std::vector<Hash> leaves = Leaves(21);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const Hash root = RootByDefinition(leaves, 0, size);
    for (std::size_t index = 0; index < size; ++index) {
      std::vector<Hash> proof = ProofByDefinition(leaves, index, 0, size);
      EXPECT_TRUE(ProvesInclusion(proof, index, size, leaves[index], root));
      EXPECT_FALSE(ProvesInclusion(proof, index, size, LeafHash("a stranger"), root));
      EXPECT_FALSE(ProvesInclusion(proof, size, size, leaves[index], root));
      if (!proof.empty()) {
        proof.back()[0] ^= 1;
        EXPECT_FALSE(ProvesInclusion(proof, index, size, leaves[index], root));
        proof.back()[0] ^= 1;
      }
      proof.push_back(root);
      EXPECT_FALSE(ProvesInclusion(proof, index, size, leaves[index], root));
    }
  }
}

TEST(Tree, ConsistencyHoldsForEveryPairOfSizesAndBreaksWithOneBit) {
  const std::vector<Hash> leaves = Leaves(21);
  for (std::size_t new_size = 1; new_size <= leaves.size(); ++new_size) {
    const Hash new_root = RootByDefinition(leaves, 0, new_size);
    for (std::size_t old_size = 1; old_size <= new_size; ++old_size) {
      const Hash old_root = RootByDefinition(leaves, 0, old_size);
      std::vector<Hash> proof = ConsistencyByDefinition(leaves, old_size, 0, new_size, true);
      EXPECT_TRUE(ProvesConsistency(proof, old_size, new_size, old_root, new_root));
      Hash bent = old_root;
      bent[31] ^= 1;
      EXPECT_FALSE(ProvesConsistency(proof, old_size, new_size, bent, new_root));
      proof.push_back(new_root);
      EXPECT_FALSE(ProvesConsistency(proof, old_size, new_size, old_root, new_root));
    }
  }
  EXPECT_FALSE(ProvesConsistency({}, 0, 5, Sha256(""), RootByDefinition(leaves, 0, 5)));
  EXPECT_FALSE(ProvesConsistency({}, 6, 5, Sha256(""), RootByDefinition(leaves, 0, 5)));
}

/// The hash of an entry, whether it is put behind its prefix or hashed after it.
TEST(Tree, HashesEntriesOfEveryLengthAlike) {
  for (const std::size_t size : {0u, 1u, 55u, 64u, 1023u, 1024u, 1025u, 1026u, 5000u}) {
    const std::string entry(size, 'e');
    EXPECT_EQ(LeafHash(entry), Sha256(std::string(1, '\0') + entry)) << size;
  }
}

/// What a stranger sends is counted before it is hashed: a proof of another length than the numbers
/// demand is refused at no cost, whatever it holds.
TEST(Proofs, AreHashedOnlyIfTheyHaveTheLengthThatTheirNumbersDemand) {
  const Hash root = Sha256("root");
  const std::vector<Hash> leaves = Leaves(33);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    for (std::size_t first = 0; first < size; ++first) {
      const std::size_t included = ProofByDefinition(leaves, first, 0, size).size();
      EXPECT_EQ(InclusionLength(first, size), included);
      const std::size_t continued =
          first == 0 ? 0 : ConsistencyByDefinition(leaves, first, 0, size, true).size();
      for (std::size_t length = 0; length <= 64; ++length) {
        const std::vector<Hash> proof(length);
        const std::uint64_t before = doubles::HashesSoFar();
        EXPECT_FALSE(ProvesInclusion(proof, first, size, Hash{}, root));
        const std::uint64_t between = doubles::HashesSoFar();
        EXPECT_EQ(between - before, length == included ? included : 0) << first << " in " << size;
        EXPECT_FALSE(ProvesConsistency(proof, first, size, Hash{}, root));
        const bool is_hashed = doubles::HashesSoFar() != between;
        EXPECT_EQ(is_hashed, first > 0 && length == continued) << first << " to " << size;
      }
    }
  }
  const std::vector<Hash> endless(100'000);
  const std::uint64_t before = doubles::HashesSoFar();
  EXPECT_FALSE(ProvesInclusion(endless, 7, ~std::uint64_t{0}, Hash{}, root));
  EXPECT_FALSE(ProvesConsistency(endless, 7, ~std::uint64_t{0}, Hash{}, root));
  EXPECT_FALSE(ProvesConsistency(endless, 33, 33, root, root));
  EXPECT_FALSE(ProvesConsistency(endless, 0, 33, Hash{}, root)) << "from nothing";
  EXPECT_EQ(doubles::HashesSoFar(), before);
  EXPECT_EQ(InclusionLength(0, 1), 0u);
  EXPECT_EQ(InclusionLength(6, 7), 2u);
  EXPECT_EQ(InclusionLength(5, 7), 3u);
  EXPECT_EQ(InclusionLength((std::uint64_t{1} << 63), (std::uint64_t{1} << 63) + 1), 1u);
  EXPECT_EQ(InclusionLength(0, std::uint64_t{1} << 63), 63u);
}

}  // namespace
}  // namespace tearline::verifier
