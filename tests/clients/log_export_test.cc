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

}  // namespace
}  // namespace tearline::cli
