#include "broker/merkle/frontier.h"

#include <gtest/gtest.h>

#include <bit>
#include <span>
#include <string>
#include <vector>

#include "tests/merkle/reference_tree.h"

namespace tearline::merkle {
namespace {

// Roots of the Certificate Transparency reference tree at sizes 0 to 8.
constexpr const char* kRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

TEST(Frontier, RootsMatchTheReferenceTree) {
  Frontier frontier;
  EXPECT_EQ(frontier.Root().Hex(), kRoots[0]);
  for (const std::string& entry : ReferenceEntries()) {
    frontier.Append(LeafHash(entry));
    EXPECT_EQ(frontier.Root().Hex(), kRoots[frontier.size()]) << "size " << frontier.size();
  }
}

TEST(Frontier, EveryRootIsTheOneTheDefinitionGives) {
  const std::vector<crypto::Digest> leaves = LeafHashes(130);
  Frontier frontier;
  for (std::size_t size = 0; size < leaves.size(); ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.Root(), TreeHashByDefinition(std::span(leaves).first(size)));
    frontier.Append(leaves[size]);
  }
}

TEST(Frontier, VisitsEveryFullSubtreeOnceWithItsHash) {
  const std::vector<crypto::Digest> leaves = LeafHashes(77);
  const StoredNodes stored(leaves);
  EXPECT_FALSE(stored.visited_twice());
  std::size_t expected = 0;
  for (std::uint32_t level = 0; level < 7; ++level) {
    const std::size_t width = std::size_t{1} << level;
    for (std::size_t index = 0; (index + 1) * width <= leaves.size(); ++index, ++expected) {
      EXPECT_EQ(stored.Node(level, index),
                TreeHashByDefinition(std::span(leaves).subspan(index * width, width)))
          << "level " << level << " index " << index;
    }
  }
  EXPECT_EQ(stored.nodes().size(), expected);
}

TEST(Frontier, VisitsTheLeafFirstAndThenUpwards) {
  Frontier frontier;
  std::vector<std::uint32_t> levels;
  for (const crypto::Digest& leaf : LeafHashes(8)) {
    levels.clear();
    frontier.Append(leaf, [&](std::uint32_t level, std::uint64_t, const crypto::Digest&) {
      levels.push_back(level);
    });
  }
  EXPECT_EQ(levels, (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(Frontier, ContinuesFromWhatWasWrittenDown) {
  const std::vector<crypto::Digest> leaves = LeafHashes(70);
  Frontier frontier;
  for (const crypto::Digest& leaf : leaves) {
    const std::string bytes = frontier.Serialize();
    EXPECT_EQ(bytes.size(), 8 + 32 * static_cast<std::size_t>(std::popcount(frontier.size())));
    Result<Frontier> back = Frontier::Parse(bytes);
    ASSERT_TRUE(back.ok()) << "size " << frontier.size();
    EXPECT_EQ(*back, frontier);
    frontier.Append(leaf);
    back->Append(leaf);
    EXPECT_EQ(back->Root(), frontier.Root());
  }
}

TEST(Frontier, IsWrittenAsItWasFromTheStart) {
  Frontier frontier;
  for (const std::string& entry : ReferenceEntries()) {
    if (frontier.size() < 3) frontier.Append(LeafHash(entry));
  }
  EXPECT_EQ(doubles::ToHex(frontier.Serialize()),
            "0000000000000003"
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
            "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7");
}

TEST(Frontier, RefusesBytesOfAnotherLengthThanTheirSizeNeeds) {
  Frontier frontier;
  for (const crypto::Digest& leaf : LeafHashes(11)) frontier.Append(leaf);
  const std::string good = frontier.Serialize();
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(ReasonOf(Frontier::Parse(good.substr(0, length)).status()),
              v1::ERROR_REASON_STATE_CORRUPT)
        << length << " bytes";
  }
  EXPECT_FALSE(Frontier::Parse(good + '\0').ok());
  // 2^63 leaves is the most there may be.
  EXPECT_TRUE(Frontier::Parse("\x80" + std::string(7, '\0') + std::string(32, 'h')).ok());
  EXPECT_FALSE(Frontier::Parse("\x80" + std::string(6, '\0') + "\x01" + std::string(64, 'h')).ok());
}

TEST(FrontierDeathTest, StopsAtTheLastLeafThereMayBe) {
  Frontier full = *Frontier::Parse("\x80" + std::string(7, '\0') + std::string(32, 'h'));
  EXPECT_DEATH(full.Append(LeafHash("one more")), "at most 2");
}

}  // namespace
}  // namespace tearline::merkle
