#include "broker/rpc/open_at.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class OpenAtTest : public testing::Test, public Inquiry {
 protected:
  v1::ListOpenAtResponse Ask(std::int64_t at_ms, const std::string& as = kAuditor,
                             v1::ListOpenAtRequest request = {}) {
    *request.mutable_at() = Time(at_ms);
    v1::ListOpenAtResponse response;
    reason_ =
        ReasonOf(ListOpenAt(request, As(as), world.state, world.now_ms, seal_, response).status());
    return response;
  }
  /// The review of what was withheld, as it stood.
  v1::OpenAtRow Review(std::int64_t at_ms) {
    const v1::ListOpenAtResponse response = Ask(at_ms);
    for (const v1::OpenAtRow& row : response.rows()) {
      if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) return row;
    }
    return {};
  }

  const PageSeal seal_;
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

/// What has been escalated, joined and ended since is told as it stood.
TEST_F(OpenAtTest, TellsAnObligationAsItStood) {
  const std::int64_t opened = world.now_ms;
  Publish(/*withheld=*/true);
  world.PassAndPulse(5 * kHourMs);
  const std::int64_t escalated = world.now_ms;
  world.now_ms += kHourMs;
  Publish(/*withheld=*/true);
  const std::int64_t joined = world.now_ms;

  EXPECT_EQ(Review(opened - 1).obligation_id(), "");
  const v1::OpenAtRow first = Review(opened);
  EXPECT_EQ(first.stage(), 0u);
  EXPECT_EQ(first.events(), 1u);
  EXPECT_FALSE(first.past_due());
  ASSERT_EQ(first.owed_posts_size(), 1);
  EXPECT_EQ(first.owed_posts(0), kChair);
  const v1::OpenAtRow second = Review(escalated);
  EXPECT_EQ(second.obligation_id(), first.obligation_id());
  EXPECT_EQ(second.stage(), 1u);
  EXPECT_TRUE(second.past_due());
  EXPECT_EQ(second.events(), 1u);
  EXPECT_EQ(Review(joined).events(), 2u);
}

TEST_F(OpenAtTest, OneThatEndedSinceWasOpenThen) {
  Publish(/*withheld=*/true);
  const std::int64_t then = world.now_ms;
  std::string id;
  for (const auto& [each, row] : world.OpenObligations()) {
    if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) id = each;
  }
  world.now_ms += kHourMs;
  stored::v1::DischargeObligation discharge;
  discharge.set_obligation_id(id);
  discharge.set_method(stored::v1::DISCHARGE_METHOD_TOLD_OTHERWISE);
  ASSERT_EQ(world
                .Say(machine::World::Holder("ct-police/accountable"),
                     stored::v1::COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge)
                .outcome,
            audit::Outcome::kApplied);
  EXPECT_TRUE(Review(then).has_ended_at());
  EXPECT_EQ(Review(world.now_ms).obligation_id(), "");
}

/// What lies in other areas shows neither as a row nor as one more page.
TEST_F(OpenAtTest, AnotherAreasObligationsLookLikeNone) {
  Publish(/*withheld=*/true);
  v1::ListOpenAtRequest request;
  request.set_page_size(1);
  EXPECT_NE(Ask(world.now_ms, kAuditor, request).rows_size(), 0);
  const v1::ListOpenAtResponse elsewhere = Ask(world.now_ms, kSouthern, request);
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(elsewhere.SerializeAsString(), "");
  Ask(world.now_ms, kChair);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_PERMITTED);
}

TEST_F(OpenAtTest, WhatIsNotRecordedYetIsNotAsked) {
  Ask(world.now_ms + 1);
  EXPECT_EQ(reason_, v1::ERROR_REASON_TIME_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
