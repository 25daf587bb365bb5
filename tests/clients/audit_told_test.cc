#include "clients/cli/audit_told.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;
using testing::HasSubstr;
using testing::Not;

std::string Shown(const v1::ToldRow& row) {
  Table table = ToldTable();
  AddTold(row, table);
  return table.Text(0, /*heads=*/true);
}

/// What was given stands beside what is decided now, with what was left out and when it ended.
TEST(AuditTold, ShowsWhatWasGivenBesideWhatIsDecided) {
  v1::ToldRow row;
  row.set_post("probation/chair");
  row.set_level(v1::LEVEL_WITHHELD);
  EXPECT_THAT(Shown(row), Not(HasSubstr("TAKEN BACK"))) << "nothing was";
  row.set_given(v1::LEVEL_FULL);
  row.set_most_given(v1::LEVEL_FULL);
  row.add_masked_segments(1);
  row.add_masked_segments(3);
  *row.mutable_released_at() = TimeUtil::SecondsToTimestamp(1'800'000'000);
  *row.mutable_taken_back_at() = TimeUtil::SecondsToTimestamp(1'800'000'060);
  EXPECT_THAT(Shown(row), Not(HasSubstr("REPLAYED"))) << "it went out once";
  const std::string text = Shown(row);
  EXPECT_THAT(text, HasSubstr("probation/chair  withheld"));
  EXPECT_THAT(text, HasSubstr("full without 1,3  2027-01-15T08:00:00Z  2027-01-15T08:01:00Z"));
  EXPECT_THAT(text, Not(HasSubstr("ONCE"))) << "it never was more";
}

TEST(AuditTold, ShowsThatMoreWasGivenOnceAndWhatIsReadAnew) {
  v1::ToldRow row;
  row.set_given(v1::LEVEL_TEAR_LINE);
  row.set_most_given(v1::LEVEL_FULL);
  *row.mutable_released_anew_at() = TimeUtil::SecondsToTimestamp(1'800'000'000);
  *row.mutable_read_before_at() = TimeUtil::SecondsToTimestamp(1'700'000'000);
  const std::string text = Shown(row);
  EXPECT_THAT(text, HasSubstr("GIVEN      ONCE  RELEASED ANEW         READ BEFORE"));
  EXPECT_THAT(text, HasSubstr("tear-line  full  2027-01-15T08:00:00Z  2023-11-14T22:13:20Z"));
}

TEST(AuditTold, ShowsWhenItWentOutOnceMore) {
  v1::ToldRow row;
  *row.mutable_released_at() = TimeUtil::SecondsToTimestamp(1'800'000'000);
  *row.mutable_replayed_at() = TimeUtil::SecondsToTimestamp(1'800'000'120);
  const std::string text = Shown(row);
  EXPECT_THAT(text, HasSubstr("RELEASED              REPLAYED"));
  EXPECT_THAT(text, HasSubstr("2027-01-15T08:00:00Z  2027-01-15T08:02:00Z"));
}

}  // namespace
}  // namespace tearline::cli
