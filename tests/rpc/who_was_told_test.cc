#include "broker/rpc/who_was_told.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class WhoWasToldTest : public testing::Test, public Inquiry {
 protected:
  /// What it says of the chair.
  v1::ToldRow Chair(const std::string& event_id) {
    v1::WhoWasToldRequest request;
    request.set_event_id(EventText(event_id));
    v1::WhoWasToldResponse response;
    EXPECT_TRUE(WhoWasTold(request, As(kAuditor), world.state, response).ok());
    for (const v1::ToldRow& row : response.rows()) {
      if (row.post() == kChair) return row;
    }
    ADD_FAILURE() << "the chair is not among them";
    return {};
  }
};

/// What was given stays given, whatever is decided since; and when it was taken back is told.
TEST_F(WhoWasToldTest, SaysWhatWasGivenAndTakenBackBesideWhatIsDecidedNow) {
  const std::string session = world.OpenSession(kChair);
  const std::string event = Publish();
  const std::int64_t given = world.now_ms;
  const std::int64_t read = world.now_ms += kHourMs;
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  Read(kChair, 1);
  v1::ToldRow row = Chair(event);
  EXPECT_EQ(row.level(), v1::LEVEL_FULL);
  EXPECT_EQ(row.given(), v1::LEVEL_FULL);
  EXPECT_FALSE(row.has_taken_back_at());

  const std::int64_t withdrawn = world.now_ms += kHourMs;
  Withdraw(event);
  row = Chair(event);
  EXPECT_EQ(row.level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(row.given(), v1::LEVEL_FULL);
  EXPECT_EQ(row.most_given(), v1::LEVEL_FULL);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(row.released_at()), given);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(row.read_at()), read);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(row.taken_back_at()), withdrawn);
}

TEST_F(WhoWasToldTest, WhatIsRaisedIsReadAnewAndWhatIsLoweredWasOnceMore) {
  const std::string session = world.OpenSession(kChair);
  const std::string event = Publish(/*withheld=*/true);
  EXPECT_EQ(Chair(event).given(), v1::LEVEL_UNSPECIFIED);
  WriteTearLine(event);
  const std::int64_t read = world.now_ms += kHourMs;
  Read(kChair, 1);
  const std::int64_t raised = world.now_ms += kHourMs;
  Control(event, false);
  v1::ToldRow row = Chair(event);
  EXPECT_EQ(row.given(), v1::LEVEL_FULL);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(row.released_anew_at()), raised);
  EXPECT_FALSE(row.has_read_at());
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(row.read_before_at()), read);
  world.now_ms += kHourMs;
  Control(event, true);
  row = Chair(event);
  EXPECT_EQ(row.given(), v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(row.most_given(), v1::LEVEL_FULL);
  EXPECT_FALSE(row.has_taken_back_at()) << "less was given in its place";
}

/// What a mask hides is told by place: of what was let go, not of what was only decided.
TEST_F(WhoWasToldTest, NamesTheSegmentsThatAMaskLeftOut) {
  world.PutInForce(R"(id: "masked" version: 2 purpose: "For tests."
rules { id: "M1" kind: RULE_KIND_MASK reason: RULE_REASON_VICTIM_PROTECTION
  hides: CONTENT_FLAG_VICTIM_ADDRESS })" +
                   machine::World::PanelRules());
  stored::v1::Publish event = world.Event(nominal);
  stored::v1::SealedSegment masked = event.segments(0);
  masked.add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
  *event.add_segments() = masked;
  const std::string id = world.NextEventId();
  world.Publish(event);
  EXPECT_TRUE(Chair(id).masked_segments().empty()) << "nothing was let go";
  world.OpenSession(kChair);
  const v1::ToldRow row = Chair(id);
  EXPECT_EQ(row.given(), v1::LEVEL_FULL);
  EXPECT_EQ(std::vector<std::uint32_t>(row.masked_segments().begin(), row.masked_segments().end()),
            std::vector<std::uint32_t>{1});
}

}  // namespace
}  // namespace tearline::rpc
