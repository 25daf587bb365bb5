#include "clients/cli/replay_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "clients/cli/invocation.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::cli {
namespace {

class ReplayFileTest : public testing::Test {
 protected:
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Whether the file can be gone on with; what stops it, otherwise.
  std::string Resumed(const std::string& question = "q") const {
    try {
      ReplayFile::Resume(path_, question);
    } catch (const Stop& stop) {
      EXPECT_EQ(stop.code, ExitCode::kUsage);
      return stop.sentence;
    }
    return "";
  }

  doubles::TemporaryDirectory directory_;
  const std::string path_ = (directory_.path() / "replay.jsonl").string();
};

TEST_F(ReplayFileTest, DropsWhatLiesBehindTheLastMark) {
  std::string whole;
  {
    ReplayFile file = ReplayFile::Begin(path_, "q");
    file.Add(R"({"leaf_index":"1"})");
    file.Mark(2, 9);
    whole = Bytes();
    file.Add(R"({"leaf_index":"2"})");
    file.Add(R"({"leaf_index":"2"})");
  }
  Write(Bytes() + R"({"leaf_ind)");  // torn
  {
    ReplayFile file = ReplayFile::Resume(path_, "q");
    EXPECT_EQ(file.next(), 2U);
    EXPECT_EQ(file.end(), 9U);
    file.Mark(9, 9);
  }
  EXPECT_EQ(Bytes(), whole + "{\"end\":9,\"reached\":9}\n");
}

TEST_F(ReplayFileTest, BeginsAnewWhereNothingIsWhole) {
  { ReplayFile::Begin(path_, "q").Add("{}"); }
  const ReplayFile file = ReplayFile::Resume(path_, "q");
  EXPECT_EQ(file.next(), 0U);
  EXPECT_EQ(file.end(), 0U);
}

TEST_F(ReplayFileTest, RefusesWhatItDidNotBeginOrHasFinished) {
  EXPECT_NE(Resumed(), "") << "no file";
  Write("{}\n");
  EXPECT_NE(Resumed(), "") << "another's file";
  Write("{\"tearline_replay\":\"q\"}");
  EXPECT_NE(Resumed(), "") << "its first line is torn";
  Write("{\"tearline_replay\":\"q\"}\n");
  EXPECT_EQ(Resumed(), "");
  EXPECT_NE(Resumed("p"), "") << "another question";
  Write("{\"tearline_replay\":\"q\"}\n{\"summary\":{}}\n");
  EXPECT_NE(Resumed(), "") << "finished";
  EXPECT_THROW(ReplayFile::Begin(path_, "q"), Stop) << "it is there";
}

}  // namespace
}  // namespace tearline::cli
