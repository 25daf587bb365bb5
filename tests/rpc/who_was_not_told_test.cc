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

  static constexpr char kAccountable[] = "ct-police/accountable";

  Status status_;
};

/// P3. Whoever was owed and not told is named, with the rule, the reason, and who must act.
TEST_F(WhoWasNotToldTest, NamesWhoWasOwedWithTheObligation) {
  world.OpenSession(kAccountable);
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

/// P3. What is decided is not told yet: until it is let go, whoever is owed it has not been told.
TEST_F(WhoWasNotToldTest, NamesWhoseItemWaitsUntilItIsLetGo) {
  const std::string event = Publish();
  v1::WhoWasNotToldResponse response = Ask(event);
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).post(), kAccountable);
  const v1::NotToldRow& row = response.rows(1);
  EXPECT_EQ(row.post(), kChair);
  EXPECT_EQ(row.level(), v1::LEVEL_FULL);
  EXPECT_EQ(row.given(), v1::LEVEL_UNSPECIFIED);
  EXPECT_FALSE(row.has_released_at());
  EXPECT_TRUE(row.waits());
  EXPECT_EQ(row.sentences(row.sentences_size() - 1),
            "It waits in the feed of probation/chair and has not been let go yet.");
  world.OpenSession(kChair);
  response = Ask(event);
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(response.rows(0).post(), kAccountable);
}

TEST_F(WhoWasNotToldTest, NamesNobodyWhereAllWereTold) {
  world.OpenSession(kChair);
  world.OpenSession(kAccountable);
  const std::string event = Publish();
  EXPECT_EQ(Ask(event).rows_size(), 0);
  EXPECT_TRUE(status_.ok());
  Withdraw(event);
  EXPECT_EQ(Ask(event).rows_size(), 0) << "they had it, and are owed nothing any more";
}

/// Whoever was to be told and was not, as it was withdrawn, is named; whoever had it is not.
TEST_F(WhoWasNotToldTest, NamesWhomAWithdrawalCameBefore) {
  world.OpenSession(kChair);
  const std::string event = Publish();
  Withdraw(event);
  const v1::WhoWasNotToldResponse response = Ask(event);
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(response.rows(0).post(), kAccountable);
  EXPECT_EQ(response.rows(0).level(), v1::LEVEL_WITHHELD);
  EXPECT_FALSE(response.rows(0).has_released_at());
}

/// Owed still, and taken back: it is named, with what it was given.
TEST_F(WhoWasNotToldTest, SaysWhatWasGivenAndTakenBack) {
  world.OpenSession(kChair);
  world.OpenSession(kAccountable);
  const std::string event = Publish();
  world.now_ms += 1000;
  Control(event, true);
  const v1::WhoWasNotToldResponse response = Ask(event);
  ASSERT_EQ(response.rows_size(), 1);
  const v1::NotToldRow& row = response.rows(0);
  EXPECT_EQ(row.post(), kChair);
  EXPECT_EQ(row.level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(row.given(), v1::LEVEL_FULL);
  EXPECT_GT(row.taken_back_at(), row.released_at());
  bool said = false;
  for (const std::string& sentence : row.sentences()) {
    said = said || sentence.starts_with("probation/chair was given everything 2027-01-15T08:00:00Z"
                                        "; access was withdrawn 2027-01-15T08:00:01Z.");
  }
  EXPECT_TRUE(said) << row.ShortDebugString();
}

/// How the obligation stands is what it is now: ended ones are told as done.
TEST_F(WhoWasNotToldTest, TellsWhatBecameOfTheObligation) {
  world.OpenSession(kAccountable);
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
