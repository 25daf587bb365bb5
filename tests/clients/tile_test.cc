#include "clients/verifier/tile.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace tearline::verifier {
namespace {

/// The cases of Tessera's api/layout/paths_test.go (v1.0.2, Apache-2.0), restated.
TEST(Tile, HasThePathThatOtherToolsLookFor) {
  EXPECT_EQ(TilePath(0, 0, 256), "tile/0/000");
  EXPECT_EQ(TilePath(0, 0, 255), "tile/0/000.p/255");
  EXPECT_EQ(TilePath(1, 0, 256), "tile/1/000");
  EXPECT_EQ(TilePath(15, 455667, 256), "tile/15/x455/667");
  EXPECT_EQ(TilePath(15, 123456789, 41), "tile/15/x123/x456/789.p/41");
  EXPECT_EQ(TilePath(3, 1234067, 1), "tile/3/x001/x234/067.p/1");
  EXPECT_EQ(TilePath(0, 999, 256), "tile/0/999");
  EXPECT_EQ(TilePath(0, 1000, 256), "tile/0/x001/000");
  EXPECT_EQ(EntriesPath(0, 256), "tile/entries/000");
  EXPECT_EQ(EntriesPath(0, 255), "tile/entries/000.p/255");
  EXPECT_EQ(EntriesPath(123456789, 256), "tile/entries/x123/x456/789");
}

TEST(Tile, ABundleGivesBackItsEntriesAndNothingElse) {
  const std::vector<std::string> entries = {"", "a", std::string(256, 'b'),
                                            std::string(kBundledEntryBytesMax, 'c')};
  std::string bytes;
  for (const std::string& entry : entries) bytes += BundledEntry(entry);
  EXPECT_EQ(bytes.substr(0, 7), std::string("\0\0\0\1a\1\0", 7)) << "lengths first, big end first";
  EXPECT_EQ(ReadBundle(bytes, 4).value(), entries);
  EXPECT_FALSE(ReadBundle(bytes, 3).ok());
  EXPECT_FALSE(ReadBundle(bytes, 5).ok());
  EXPECT_FALSE(ReadBundle(bytes.substr(0, bytes.size() - 1), 3).ok()) << "its end is torn";
  EXPECT_FALSE(ReadBundle(bytes.substr(0, bytes.size() - 1), 4).ok()) << "its end is torn";
  EXPECT_FALSE(ReadBundle(bytes + '\0', 4).ok()) << "half a length follows";
}

TEST(Tile, ATileGivesBackItsHashes) {
  const std::vector<Hash> hashes = {Sha256("a"), Sha256("b")};
  const std::string bytes = TileBytes(hashes);
  EXPECT_EQ(ReadTile(bytes, 2).value(), hashes);
  EXPECT_FALSE(ReadTile(bytes, 1).ok());
  EXPECT_FALSE(ReadTile(bytes, 3).ok());
  EXPECT_FALSE(ReadTile(bytes.substr(1), 2).ok());
}

/// 70,000 leaves: 273 full tiles and one of 112 at level 0, 1 and one of 17 at level 1, one of 1 at
/// level 2, as c2sp.org/tlog-tiles counts in its own example.
TEST(TileEdge, CutsATreeAsTheFormatCounts) {
  TileEdge edge;
  TreeHead tree;
  std::map<std::uint32_t, std::uint64_t> full;
  const auto count = [&](std::uint32_t level, std::uint64_t index, std::span<const Hash> hashes) {
    EXPECT_EQ(index, full[level]++) << "in order, none twice";
    EXPECT_EQ(hashes.size(), kTileWidth);
    return absl::OkStatus();
  };
  for (int i = 0; i < 70'000; ++i) {
    const Hash leaf = LeafHash(std::to_string(i));
    ASSERT_TRUE(edge.Append(leaf, count).ok());
    tree.Append(leaf);
    const std::uint64_t size = tree.Size();
    if (size < 3 || size % 255 < 3 || size % 65'536 < 3) {
      ASSERT_EQ(edge.Root(), tree.Root()) << size;
    }
  }
  EXPECT_EQ(edge.Root(), tree.Root());
  EXPECT_EQ(full, (std::map<std::uint32_t, std::uint64_t>{{0, 273}, {1, 1}}));
  ASSERT_EQ(edge.Partial().size(), 3u);
  EXPECT_EQ(edge.Partial()[0].size(), 112u);
  EXPECT_EQ(edge.Partial()[1].size(), 17u);
  EXPECT_EQ(edge.Partial()[2].size(), 1u);
}

TEST(TileEdge, IsTheEmptyTreeFirst) { EXPECT_EQ(TileEdge().Root(), TreeHead().Root()); }

TEST(TileEdge, StopsAtWhatItsReceiverRefuses) {
  TileEdge edge;
  const auto refuse = [](std::uint32_t, std::uint64_t, std::span<const Hash>) {
    return absl::PermissionDeniedError("no");
  };
  for (int i = 0; i < 255; ++i) ASSERT_TRUE(edge.Append(Hash{}, refuse).ok());
  EXPECT_FALSE(edge.Append(Hash{}, refuse).ok());
}

}  // namespace
}  // namespace tearline::verifier
