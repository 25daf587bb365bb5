#include "broker/audit/detail_tree.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "broker/audit/leaf.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/proof.h"
#include "broker/merkle/small_tree.h"

namespace tearline::audit {
namespace {

std::string Seed(int number) { return crypto::Sha256(std::to_string(number)).Bytes(); }

std::vector<std::string> Salted(const std::string& seed, std::size_t count) {
  std::vector<std::string> salted;
  for (std::size_t i = 0; i < count; ++i) {
    salted.push_back(SaltedDetail(seed, static_cast<std::uint32_t>(i), stored::v1::Detail()));
  }
  return salted;
}

/// However many details there are, each is proved by ten hashes that lead to the one root.
TEST(DetailTree, ProvesEachDetailAloneAtOneLength) {
  for (const std::size_t count : {1u, 2u, 8u, 9u, 40u, 1024u}) {
    const std::vector<std::string> salted = Salted(Seed(7), count);
    const DetailTree tree(kDrawnPlacesFrom, Seed(7), salted);
    std::set<std::uint32_t> slots;
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<crypto::Digest> proof = tree.ProofOf(i);
      ASSERT_EQ(proof.size(), kDetailLevels) << count;
      EXPECT_TRUE(merkle::VerifyInclusion(merkle::LeafHash(salted[i]), tree.SlotOf(i),
                                          1U << kDetailLevels, proof, tree.Root())
                      .ok())
          << i << " of " << count;
      slots.insert(tree.SlotOf(i));
    }
    EXPECT_EQ(slots.size(), count) << "a slot each";
  }
}

TEST(DetailTree, GrowsBeyondTenLevelsForMoreThanAThousand) {
  const std::vector<std::string> salted = Salted(Seed(7), 1025);
  const DetailTree tree(kDrawnPlacesFrom, Seed(7), salted);
  EXPECT_EQ(tree.ProofOf(1024).size(), 11u);
  EXPECT_TRUE(tree.Beside().empty());
  EXPECT_TRUE(merkle::VerifyInclusion(merkle::LeafHash(salted[1024]), tree.SlotOf(1024), 2048,
                                      tree.ProofOf(1024), tree.Root())
                  .ok());
}

/// What a slot's number tells: nothing. Over many records the first detail of one, and the last of
/// nine, stand in every sixteenth of the slots alike.
TEST(DetailTree, DrawsPlacesThatTellNothing) {
  constexpr int kRecords = 4000;
  constexpr int kParts = 16;
  for (const auto& [count, number] : {std::pair{1u, 0u}, {9u, 0u}, {9u, 8u}}) {
    std::map<std::uint32_t, int> parts;
    for (int record = 0; record < kRecords; ++record) {
      const std::string seed = Seed(record);
      const DetailTree tree(kDrawnPlacesFrom, seed, Salted(seed, count));
      ++parts[tree.SlotOf(number) * kParts >> kDetailLevels];
    }
    ASSERT_EQ(parts.size(), static_cast<std::size_t>(kParts));
    for (const auto& [part, times] : parts) {
      // 250 each; five standard deviations are 77.
      EXPECT_NEAR(times, kRecords / kParts, 77) << part << " of detail " << number << "/" << count;
    }
  }
}

/// No two hashes of a tree are alike, and another seed changes them all.
TEST(DetailTree, ShowsNoHashThatCouldBeKnown) {
  std::set<crypto::Digest> hashes;
  std::size_t count = 0;
  for (const int seed : {1, 2}) {
    const DetailTree tree(kDrawnPlacesFrom, Seed(seed), Salted(Seed(seed), 3));
    EXPECT_EQ(tree.Padding().size(), 5u);
    EXPECT_EQ(tree.Beside().size(), 7u);
    for (const auto& list : {tree.Padding(), tree.Beside(), tree.ProofOf(0)}) {
      hashes.insert(list.begin(), list.end());
    }
    // The proof's lowest may be an empty slot's; what is beside comes in both lists.
    count += 5 + 7;
  }
  EXPECT_GE(hashes.size(), count);
  EXPECT_FALSE(hashes.contains(merkle::LeafHash("")));
  EXPECT_FALSE(hashes.contains(merkle::LeafHash(std::string(16, '\0'))));
}

TEST(DetailTree, IsTheSameAtEveryReplay) {
  const std::string seed(32, 's');
  const DetailTree tree(kDrawnPlacesFrom, seed, Salted(seed, 3));
  EXPECT_EQ(tree.Root(), DetailTree(kDrawnPlacesFrom, seed, Salted(seed, 3)).Root());
  EXPECT_NE(tree.Root(), DetailTree(kDrawnPlacesFrom, Seed(1), Salted(seed, 3)).Root());
}

/// Behaviour version 1, for ever: details stand in order, padded to a power of two, at least 8.
TEST(DetailTree, OfVersionOneStandsInOrder) {
  const std::string seed(32, 's');
  for (const auto& [details, slots] :
       {std::pair{0u, 8u}, {1u, 8u}, {8u, 8u}, {9u, 16u}, {17u, 32u}}) {
    const std::vector<std::string> salted = Salted(seed, details);
    const DetailTree tree(1, seed, salted);
    EXPECT_TRUE(tree.Beside().empty());
    std::vector<crypto::Digest> hashes;
    for (std::size_t i = 0; i < details; ++i) {
      EXPECT_EQ(tree.SlotOf(i), i);
      hashes.push_back(merkle::LeafHash(salted[i]));
    }
    for (std::uint32_t i = details; i < slots; ++i)
      hashes.push_back(merkle::LeafHash(Salt(seed, i)));
    EXPECT_EQ(tree.Root(), merkle::RootOf(hashes)) << details;
    EXPECT_EQ(tree.Padding().size(), slots - details);
  }
}

}  // namespace
}  // namespace tearline::audit
