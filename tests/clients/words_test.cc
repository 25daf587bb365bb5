#include "clients/cli/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/invocation.h"
#include "clients/cli/output.h"
#include "tearline/v1/event.pb.h"

namespace tearline::cli {
namespace {

using testing::HasSubstr;

TEST(Words, AreTheEnumsOwnWithoutTheirPrefix) {
  EXPECT_EQ(Word(v1::LEVEL_TEAR_LINE), "tear-line");
  EXPECT_EQ(Word(v1::MAPPA_CATEGORY_4), "4");
  EXPECT_EQ(Word(v1::LEVEL_UNSPECIFIED), "");
  EXPECT_EQ(Word(static_cast<v1::Level>(77)), "77");
}

TEST(Words, ReadBackInEitherCaseAndEitherHyphen) {
  EXPECT_EQ(FromWord<v1::Level>("tear-line", "--level"), v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(FromWord<v1::Level>("TEAR_LINE", "--level"), v1::LEVEL_TEAR_LINE);
}

TEST(Words, NoneOfThemEndsWithUsageAndAllOfThem) {
  for (const char* word : {"", "unspecified", "tear", "0"}) {
    try {
      (void)FromWord<v1::Level>(word, "--level");
      ADD_FAILURE() << word << " was read";
    } catch (const Stop& stop) {
      EXPECT_EQ(stop.code, ExitCode::kUsage);
      EXPECT_THAT(stop.sentence,
                  HasSubstr("--level must be one of: withheld pointer tear-line full"));
    }
  }
}

TEST(Table, AlignsByCharactersAndLeavesEmptyColumnsOut) {
  testing::internal::CaptureStdout();
  Table table({"POST", "NOTE", "LEVEL"});
  table.Add({"a/é", "", "full"});
  table.Add({"a/bc", "", "pointer"});
  table.Print(1);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), " POST  LEVEL\n a/é   full\n a/bc  pointer\n");
}

/// A number that nobody verified may hold anything: it moves no cursor and colours nothing.
TEST(Table, ShowsNoControlCharacters) {
  testing::internal::CaptureStdout();
  Table table({"VALUE", "NEXT"});
  table.Add({"a\x1b[2Jb\rc\nd\x7f" "e\xc2\x9b" "f", "g"});
  table.Print();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "VALUE            NEXT\na [2Jb c d e  f  g\n");
  EXPECT_EQ(WithoutControls("£ é \x7f"), "£ é  ");
  EXPECT_EQ(WithoutControls("Zo\xc3\xab \xc2\xa3"), "Zo\xc3\xab \xc2\xa3") << "letters stay";
}

TEST(TimeText, IsUtcToTheSecondAndEmptyWhenAbsent) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(TimeText(time), "");
  time.set_seconds(1772618400);
  time.set_nanos(999999999);
  EXPECT_EQ(TimeText(time), "2026-03-04T10:00:00Z");
}

}  // namespace
}  // namespace tearline::cli
