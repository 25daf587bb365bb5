#include "clients/cli/log_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tests/clients/invented_log.h"
#include "tests/clients/stopped.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::cli {
namespace {

using testing::HasSubstr;

class LogExportTest : public testing::Test {
 protected:
  LogExportTest() { log_.Scatter(1); }

  void Write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string Stop() const {
    return Stopped([this] { (void)ReadBegunExport(path_); });
  }

  doubles::InventedLog log_;
  doubles::TemporaryDirectory directory_;
  const std::string path_ = (directory_.path() / "log.jsonl").string();
};

/// Wherever an export was broken off, it goes on behind its last whole leaf.
TEST_F(LogExportTest, GoesOnBehindTheLastWholeLine) {
  const std::string whole = log_.Export(log_.Note());
  const std::size_t head = whole.find('\n') + 1;
  std::size_t line_end = head;
  std::uint64_t leaves = 0;
  for (std::size_t cut = head; cut < whole.size(); ++cut) {
    if (whole[cut - 1] == '\n' && cut > head) {
      line_end = cut;
      ++leaves;
    }
    Write(whole.substr(0, cut));
    ASSERT_TRUE(IsLogExport(path_));
    const BegunExport begun = ReadBegunExport(path_);
    ASSERT_EQ(begun.bytes, line_end) << cut;
    ASSERT_EQ(begun.leaves, leaves) << cut;
    ASSERT_EQ(begun.tree_size, 4U);
  }
  EXPECT_EQ(leaves, 3U);
  Write(whole);
  EXPECT_THAT(Stop(), HasSubstr("finished"));
}

TEST_F(LogExportTest, TakesNoLineThatIsOutOfTurnForWhole) {
  doubles::InventedLog other = log_;
  std::swap(other.Entries()[1], other.Entries()[2]);
  const std::string bent = other.Export(log_.Note());
  Write(bent);
  const BegunExport begun = ReadBegunExport(path_);
  EXPECT_EQ(begun.leaves, 1U);
  EXPECT_EQ(begun.bytes, bent.find('\n', bent.find('\n') + 1) + 1);
}

TEST_F(LogExportTest, GoesOnWithNothingElse) {
  for (const char* text : {"", "{}\n", "{\"tearline_replay\":\"q\"}\n", "nonsense"}) {
    Write(text);
    EXPECT_FALSE(IsLogExport(path_)) << text;
    EXPECT_THAT(Stop(), HasSubstr("--resume needs a file")) << text;
  }
  const std::string whole = log_.Export(log_.Note());
  Write(whole.substr(0, whole.find('\n')));
  EXPECT_FALSE(IsLogExport(path_)) << "its first line is torn";
  std::filesystem::remove(path_);
  EXPECT_FALSE(IsLogExport(path_));
}

/// Half of one log and half of another would be no log: nothing of a stranger's is added.
TEST_F(LogExportTest, GoesOnOnlyWithTheLogItWasBegunFrom) {
  const std::string whole = log_.Export(log_.Note());
  Write(whole.substr(0, whole.size() - 1));
  const BegunExport begun = ReadBegunExport(path_);
  EXPECT_EQ(begun.verifier_key, log_.VerifierKeyText());
  EXPECT_EQ(Stopped([&] { DemandSameKey(begun, log_.VerifierKeyText()); }), "");
  for (const std::string& other : {std::string(), log_.VerifierKeyText() + "x"}) {
    EXPECT_THAT(Stopped([&] { DemandSameKey(begun, other); }), HasSubstr("another key"));
  }
}

/// A broker that leaves one out, gives one twice, or stops early is found out before it is said
/// that all is exported.
TEST_F(LogExportTest, TakesEachLeafInItsTurn) {
  verifier::LeafEntry entry;
  const auto take = [&entry](LeavesInTurn& leaves, std::uint64_t index) {
    entry.index = index;
    return leaves.Take(entry);
  };
  LeavesInTurn leaves(2, 4);
  EXPECT_FALSE(take(leaves, 0).ok());
  EXPECT_TRUE(take(leaves, 2).ok());
  EXPECT_FALSE(take(leaves, 2).ok()) << "twice";
  EXPECT_THAT(std::string(leaves.Finish().message()), HasSubstr("after 3 of 4"));
  LeavesInTurn gap(2, 4);
  EXPECT_THAT(std::string(take(gap, 3).message()), HasSubstr("leaf 3 where leaf 2 must follow"));
  EXPECT_TRUE(take(leaves, 3).ok());
  EXPECT_TRUE(leaves.Finish().ok());
  EXPECT_THAT(std::string(take(leaves, 4).message()), HasSubstr("behind the last"));
}

}  // namespace
}  // namespace tearline::cli
