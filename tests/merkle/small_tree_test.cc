#include "broker/merkle/small_tree.h"

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "broker/merkle/proof.h"
#include "tests/merkle/reference_tree.h"

namespace tearline::merkle {
namespace {

struct Row {
  std::size_t count;
  std::size_t padded;
};

TEST(SmallTree, IsPaddedToAPowerOfTwoAndAtLeastEight) {
  constexpr Row kRows[] = {
      {0, 8}, {1, 8}, {7, 8}, {8, 8}, {9, 16}, {16, 16}, {17, 32}, {256, 256}, {100'000, 131'072}};
  for (const Row& row : kRows) EXPECT_EQ(PaddedSize(row.count), row.padded) << row.count;
}

TEST(SmallTree, TheRootIsTheOneTheDefinitionGives) {
  const std::vector<crypto::Digest> leaves = LeafHashes(40);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const auto some = std::span(leaves).first(size);
    EXPECT_EQ(RootOf(some), TreeHashByDefinition(some)) << size << " leaves";
  }
}

TEST(SmallTree, EachLeafIsProvedAndNoOtherInItsPlace) {
  const std::vector<crypto::Digest> leaves = LeafHashes(16);
  for (const std::size_t size : {1U, 3U, 8U, 13U, 16U}) {
    const auto some = std::span(leaves).first(size);
    const crypto::Digest root = RootOf(some);
    for (std::size_t index = 0; index < size; ++index) {
      const std::vector<crypto::Digest> proof = InclusionIn(some, index);
      EXPECT_TRUE(VerifyInclusion(leaves[index], index, size, proof, root).ok());
      EXPECT_FALSE(VerifyInclusion(LeafHash("other"), index, size, proof, root).ok());
    }
  }
}

TEST(SmallTree, APaddedProofHasOneLengthForAllItsLeaves) {
  const std::vector<crypto::Digest> leaves = LeafHashes(PaddedSize(5));
  for (std::size_t index = 0; index < leaves.size(); ++index) {
    EXPECT_EQ(InclusionIn(leaves, index).size(), 3U);
  }
}

TEST(SmallTreeDeathTest, AsksOnlyForALeafItHas) {
  const std::vector<crypto::Digest> leaves = LeafHashes(2);
  EXPECT_DEATH((void)InclusionIn(leaves, 2), "a leaf the tree has");
}

}  // namespace
}  // namespace tearline::merkle
