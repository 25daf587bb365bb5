#include "broker/disk/mark.h"

#include <gtest/gtest.h>

#include <limits>

namespace tearline::disk {
namespace {

TEST(Mark, LiesBesideAManifestAndNothingElse) {
  EXPECT_EQ(MarkOf("/a/MANIFEST-000010"), "/a/SYNCED-000010");
  for (const char* name : {"/a/000010.sst", "/a/CURRENT", "/a/MANIFEST-", "/a/MANIFEST-00x",
                           "/MANIFEST-000010/LOG", ""}) {
    EXPECT_EQ(MarkOf(name), std::nullopt) << name;
  }
}

TEST(Mark, SaysWhatWasWritten) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{59}, kMost}) {
    EXPECT_EQ(ReadMark(MarkLine(bytes)), bytes);
  }
  EXPECT_EQ(ReadMark(MarkLine(59) + MarkLine(118) + MarkLine(1180)), 1180u);
}

TEST(Mark, OfATornOrDamagedLineSaysWhatTheLinesBeforeSaid) {
  for (const std::string& line :
       {std::string("118"), std::string("118 118"), std::string("118 1"), std::string("118 119\n"),
        std::string("\0\0\0\0\0\0\0\n", 8), std::string("\n"), std::string(" \n"),
        std::string("-5 -5\n"), std::string("18446744073709551616 18446744073709551616\n")}) {
    EXPECT_EQ(ReadMark(MarkLine(59) + line), 59u) << line;
    EXPECT_EQ(ReadMark(line), std::nullopt) << line;
  }
}

/// A flipped bit never makes a mark say what no line said; the worst is that it says nothing.
TEST(Mark, AFlippedBitIsNoticed) {
  const std::string mark = MarkLine(59) + MarkLine(118);
  for (std::size_t bit = 0; bit < 8 * mark.size(); ++bit) {
    std::string flipped = mark;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const std::optional<std::uint64_t> read = ReadMark(flipped);
    EXPECT_TRUE(!read || read == 59u || read == 118u) << bit;
  }
}

}  // namespace
}  // namespace tearline::disk
