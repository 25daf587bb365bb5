#include "broker/rpc/who_was_not_told.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

class WhoWasNotToldTest : public testing::Test, public Inquiry {
 protected:
  v1::WhoWasNotToldResponse Ask(const std::string& event_id, const std::string& as = kAuditor) {
    v1::WhoWasNotToldRequest request;
    request.set_event_id(EventText(event_id));
    v1::WhoWasNotToldResponse response;
    status_ = WhoWasNotTold(request, As(as), world.state, response).status();
    return response;
  }

  Status status_;
};

/// P3. Whoever was owed and not told is named, with the rule, the reason, and who must act.
TEST_F(WhoWasNotToldTest, NamesWhoWasOwedWithTheObligation) {
  const v1::WhoWasNotToldResponse response = Ask(Publish(/*withheld=*/true));
  ASSERT_EQ(response.rows_size(), 1);
  const v1::NotToldRow& row = response.rows(0);
  EXPECT_EQ(row.post(), kChair);
  EXPECT_EQ(row.level(), v1::LEVEL_WITHHELD);
  EXPECT_GT(row.duty(), v1::LEVEL_WITHHELD);
  EXPECT_NE(row.shortfall(), v1::RULE_REASON_UNSPECIFIED);
  EXPECT_FALSE(row.rules().empty());
  EXPECT_FALSE(row.wished());
  ASSERT_EQ(row.obligations_size(), 1);
  EXPECT_EQ(row.obligations(0).debtor_post(), "ct-police/accountable");
  EXPECT_TRUE(row.obligations(0).open());
  EXPECT_NE(row.sentences(row.sentences_size() - 1).find("must write what can be told"),
            std::string::npos);
}

TEST_F(WhoWasNotToldTest, NamesNobodyWhereAllWereTold) {
  EXPECT_EQ(Ask(Publish()).rows_size(), 0);
  EXPECT_TRUE(status_.ok());
}

/// How the obligation stands is what it is now: ended ones are told as done.
TEST_F(WhoWasNotToldTest, TellsWhatBecameOfTheObligation) {
  const std::string event = Publish(/*withheld=*/true);
  world.PassAndPulse(5 * 60 * 60 * 1000);
  const v1::WhoWasNotToldResponse response = Ask(event);
  ASSERT_EQ(response.rows_size(), 1);
  ASSERT_EQ(response.rows(0).obligations_size(), 1);
  EXPECT_GT(response.rows(0).obligations(0).stage(), 0u);
}

TEST_F(WhoWasNotToldTest, AnotherAreasEventLooksLikeNone) {
  Ask(Publish(/*withheld=*/true), kSouthern);
  const Status elsewhere = status_;
  Ask(std::string(16, 'x'), kSouthern);
  EXPECT_EQ(elsewhere, status_);
  EXPECT_EQ(ReasonOf(status_), v1::ERROR_REASON_NOT_FOUND);
  Ask(std::string(16, 'x'), kChair);
  EXPECT_EQ(ReasonOf(status_), v1::ERROR_REASON_NOT_PERMITTED);
}

}  // namespace
}  // namespace tearline::rpc
