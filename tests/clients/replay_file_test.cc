#include "clients/cli/replay_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "clients/cli/output.h"
#include "tests/clients/stopped.h"
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
    return Stopped([&] { ReplayFile::Resume(path_, question); });
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

/// A decision as the broker tells it, judged again by a policy; or not, if it cannot be said.
std::string Decision(const std::string& how, char policy = 'p') {
  v1::ReplayedDecision told;
  if (how != "unsaid") {
    v1::ReplayedJudgement& judged = *told.mutable_judged();
    judged.set_same(how == "same");
    judged.set_raised(how == "raised");
    judged.set_newly_unmet(how == "unmet");
    judged.set_policy_digest(std::string(32, policy));
  }
  return JsonText(told);
}

constexpr char kByNow[] = R"({"policy":"REPLAY_POLICY_AS_NOW"})";

/// Whoever goes on tells what all of it comes to, not only the rest.
TEST_F(ReplayFileTest, SumsUpAllPartsOfIt) {
  {
    ReplayFile file = ReplayFile::Begin(path_, kByNow);
    for (const char* how : {"same", "raised", "unmet", "unsaid"}) file.Add(Decision(how));
    file.Mark(4, 9);
    file.Add(Decision("different"));  // it comes again
  }
  {
    ReplayFile file = ReplayFile::Resume(path_, kByNow);
    file.Add(Decision("same"));
    file.Mark(5, 9);
  }
  v1::ReplaySummary part;
  part.set_decisions(3);
  part.set_same(2);
  part.set_different(1);
  part.set_end_index(9);
  const v1::ReplaySummary whole = ReplayFile::Resume(path_, kByNow).WholeWith(part);
  EXPECT_EQ(whole.decisions(), 8U);
  EXPECT_EQ(whole.same(), 4U);
  EXPECT_EQ(whole.different(), 3U);
  EXPECT_EQ(whole.raised(), 1U);
  EXPECT_EQ(whole.newly_unmet(), 1U);
  EXPECT_EQ(whole.not_replayed(), 1U);
  EXPECT_EQ(whole.end_index(), 9U);
}

TEST_F(ReplayFileTest, GoesOnOnlyUnderThePolicyItWasBegunUnder) {
  {
    ReplayFile file = ReplayFile::Begin(path_, kByNow);
    file.DemandPolicy("any");  // nothing was judged yet
    file.Add(Decision("same", 'p'));
    file.Mark(2, 9);
    file.Add(Decision("same", 'q'));  // dropped
  }
  const ReplayFile file = ReplayFile::Resume(path_, kByNow);
  file.DemandPolicy(std::string(32, 'p'));
  EXPECT_THROW(file.DemandPolicy(std::string(32, 'q')), Stop);
}

TEST_F(ReplayFileTest, IsForItsOwnerAlone) {
  { ReplayFile::Begin(path_, "q").Mark(1, 9); }
  using std::filesystem::perms;
  const auto mode = [this] { return std::filesystem::status(path_).permissions(); };
  EXPECT_EQ(mode(), perms::owner_read | perms::owner_write);
  std::filesystem::permissions(path_, perms(0644));
  ReplayFile::Resume(path_, "q").Mark(2, 9);
  EXPECT_EQ(mode(), perms::owner_read | perms::owner_write);
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
