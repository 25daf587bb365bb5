#include "broker/state/row_value.h"

#include <gtest/gtest.h>

#include "tearline/stored/v1/row.pb.h"

namespace tearline::state {
namespace {

using stored::v1::LaneRow;
using stored::v1::ReadRow;

LaneRow Lane(std::uint64_t waiting) {
  LaneRow row;
  row.set_waiting(waiting);
  return row;
}

TEST(RowValue, IsNothingUnlessThereIsARow) {
  EXPECT_FALSE(RowValue().there());
  EXPECT_FALSE(RowValue(std::optional<std::string>()).there());
  EXPECT_EQ(RowValue().As<LaneRow>(), nullptr);
  // A row of no bytes is a row.
  EXPECT_TRUE(RowValue(std::string()).there());
  EXPECT_NE(RowValue(std::string()).As<LaneRow>(), nullptr);
}

TEST(RowValue, IsParsedOnceAndSharedByAllWhoAsk) {
  const RowValue value(Lane(7).SerializeAsString());
  const auto first = value.As<LaneRow>();
  EXPECT_EQ(first->waiting(), 7u);
  EXPECT_EQ(value.As<LaneRow>(), first);
  EXPECT_EQ(value.Bytes(), Lane(7).SerializeAsString());
}

TEST(RowValue, OfAMessageHasItsBytes) {
  const RowValue value(std::make_shared<const LaneRow>(Lane(7)));
  EXPECT_TRUE(value.there());
  EXPECT_EQ(value.Bytes(), Lane(7).SerializeAsString());
  EXPECT_EQ(value.As<LaneRow>()->waiting(), 7u);
}

TEST(RowValueDeathTest, StopsAtARowThatDoesNotParseOrIsOfAnotherKind) {
  EXPECT_DEATH((void)RowValue(std::string("\xff")).As<LaneRow>(), "parses as its message");
  const RowValue value(std::make_shared<const LaneRow>(Lane(7)));
  EXPECT_DEATH((void)value.As<ReadRow>(), "one kind of row");
}

}  // namespace
}  // namespace tearline::state
