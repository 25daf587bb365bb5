#include "broker/vault/remains.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/doubles/temporary_directory.h"

namespace tearline::vault {
namespace {

const std::string kSecret = "0123456789abcdefghij";

bool FoundIn(const std::string& content, const std::vector<std::string>& secrets = {kSecret}) {
  const doubles::TemporaryDirectory directory;
  std::ofstream(directory.path() / "000001.log", std::ios::binary) << content;
  return AnyRemains(directory.path(), secrets);
}

TEST(Remains, AreFoundWhereverTheyLie) {
  EXPECT_TRUE(FoundIn(kSecret));
  EXPECT_TRUE(FoundIn("before " + kSecret));
  EXPECT_TRUE(FoundIn(kSecret + " after"));
  EXPECT_FALSE(FoundIn(""));
  EXPECT_FALSE(FoundIn("0"));
  EXPECT_FALSE(FoundIn("something else altogether"));
}

TEST(Remains, AHalfIsEnough) {
  EXPECT_TRUE(FoundIn("0123456789 then a log's own bytes"));
  EXPECT_TRUE(FoundIn("01234 cut 56789abcdefghij"));
  EXPECT_FALSE(FoundIn("012345678 abcdefghi"));
}

TEST(Remains, AnyOfManyIsEnough) {
  EXPECT_TRUE(FoundIn("xx wxyz xx", {kSecret, "stuvwxyz"}));
  EXPECT_FALSE(FoundIn("xx wxy xx", {kSecret, "stuvwxyz"}));
  EXPECT_FALSE(FoundIn(kSecret, {}));
}

TEST(Remains, AreFoundAcrossThePiecesAFileIsReadIn) {
  constexpr std::size_t kPiece = 1024 * 1024;
  for (std::size_t before = kPiece - kSecret.size(); before <= kPiece; ++before) {
    // Only the second half, so that the first cannot be found in its stead.
    ASSERT_TRUE(FoundIn(std::string(before, '.') + "abcdefghij" + std::string(100, '.'))) << before;
  }
}

}  // namespace
}  // namespace tearline::vault
