#include "broker/rpc/settlement.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/rpc/server_limits.h"
#include "tests/rpc/scripted_proposer.h"

namespace tearline::rpc {
namespace {

class SettlementTest : public testing::Test {
 protected:
  static void Acknowledge(v1::Urgency lane, std::uint64_t first, std::uint64_t last,
                          v1::SubscribeRequest& frame) {
    v1::LaneAcknowledgement& each = *frame.add_acknowledgements();
    each.set_lane(lane);
    for (std::uint64_t i = first; i <= last; ++i) each.add_sequences(i);
  }
  Status TakeAcknowledgement(v1::Urgency lane, std::uint64_t first, std::uint64_t last) {
    v1::SubscribeRequest frame;
    Acknowledge(lane, first, last, frame);
    return settlement_->Take(frame);
  }
  Status TakeRetry(std::int64_t seconds, std::int32_t nanos = 0) {
    v1::SubscribeRequest frame;
    v1::RetryItem& retry = *frame.add_retries();
    retry.set_lane(v1::URGENCY_URGENT);
    retry.set_sequence(3);
    retry.mutable_delay()->set_seconds(seconds);
    retry.mutable_delay()->set_nanos(nanos);
    return settlement_->Take(frame);
  }
  static Result<machine::Applied> Refused(v1::ErrorReason reason) {
    machine::Applied applied;
    applied.outcome = audit::Outcome::kRefused;
    applied.reason = reason;
    applied.sentence = "no";
    return applied;
  }

  ScriptedProposer proposer_;
  std::vector<v1::ErrorReason> failed_;
  std::vector<std::uint64_t> again_;
  int progress_ = 0;
  std::shared_ptr<Settlement> settlement_ = std::make_shared<Settlement>(
      proposer_, stored::v1::Actor(), "police/panel", std::string(16, 's'),
      Settlement::Listeners{
          .failed = [this](const Status& status) { failed_.push_back(ReasonOf(status)); },
          .again = [this](v1::Urgency, std::uint64_t number) { again_.push_back(number); },
          .progress = [this] { ++progress_; }});
};

TEST_F(SettlementTest, GathersWhatComesWhileACommandOfTheLaneIsUnderWay) {
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 1).ok());
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 3, 3).ok());
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 2, 2).ok());
  ASSERT_EQ(proposer_.Waiting(), 1u);
  EXPECT_FALSE(settlement_->IsIdle());

  const auto first = proposer_.Oldest<stored::v1::Acknowledge>();
  EXPECT_EQ(first.feed(), "police/panel");
  EXPECT_EQ(first.session_id(), std::string(16, 's'));
  EXPECT_EQ(first.lane(), v1::URGENCY_URGENT);
  EXPECT_EQ(first.sequences_size(), 1);
  proposer_.Answer();

  ASSERT_EQ(proposer_.Waiting(), 1u);
  const auto second = proposer_.Oldest<stored::v1::Acknowledge>();
  ASSERT_EQ(second.sequences_size(), 2);
  EXPECT_EQ(second.sequences(0), 2u);  // Rising.
  EXPECT_EQ(second.sequences(1), 3u);
  proposer_.Answer();
  EXPECT_TRUE(settlement_->IsIdle());
  EXPECT_EQ(progress_, 2);
}

TEST_F(SettlementTest, LanesDoNotWaitForOneAnother) {
  v1::SubscribeRequest frame;
  Acknowledge(v1::URGENCY_ROUTINE, 1, 2, frame);
  Acknowledge(v1::URGENCY_IMMEDIATE, 1, 1, frame);
  ASSERT_TRUE(settlement_->Take(frame).ok());
  EXPECT_EQ(proposer_.Waiting(), 2u);
}

TEST_F(SettlementTest, ACommandHolds256NumbersAtMost) {
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 1).ok());
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 2, 257).ok());
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 258, 300).ok());
  proposer_.Answer();
  EXPECT_EQ(proposer_.Oldest<stored::v1::Acknowledge>().sequences_size(), 256);
  proposer_.Answer();
  EXPECT_EQ(proposer_.Oldest<stored::v1::Acknowledge>().sequences_size(), 43);
}

TEST_F(SettlementTest, AFrameIsTakenWholeOrNotAtAll) {
  EXPECT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 256).ok());
  EXPECT_EQ(ReasonOf(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 257)),
            v1::ERROR_REASON_LIMIT_PASSED);
  v1::SubscribeRequest frame;
  Acknowledge(v1::URGENCY_IMMEDIATE, 1, 1, frame);
  Acknowledge(v1::URGENCY_UNSPECIFIED, 1, 1, frame);
  EXPECT_EQ(ReasonOf(settlement_->Take(frame)), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(proposer_.Waiting(), 1u);
}

TEST_F(SettlementTest, AFullQueueLosesNothing) {
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 2).ok());
  ASSERT_TRUE(TakeRetry(1).ok());
  proposer_.Answer(Refuse(v1::ERROR_REASON_TOO_BUSY, "full"));
  proposer_.Answer(Refuse(v1::ERROR_REASON_TOO_BUSY, "full"));
  EXPECT_EQ(proposer_.Waiting(), 0u);
  EXPECT_TRUE(failed_.empty());
  EXPECT_FALSE(settlement_->IsIdle());

  settlement_->TryAgain();
  EXPECT_EQ(proposer_.Waiting(), 2u);
  EXPECT_EQ(proposer_.Oldest<stored::v1::Acknowledge>().sequences_size(), 2);
  proposer_.Answer();
  proposer_.Answer();
  EXPECT_TRUE(settlement_->IsIdle());
  EXPECT_EQ(again_, std::vector<std::uint64_t>{3});
}

TEST_F(SettlementTest, ARefusalEndsTheSession) {
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 9, 9).ok());
  proposer_.Answer(Refused(v1::ERROR_REASON_SEQUENCE_AHEAD));
  ASSERT_TRUE(TakeRetry(0).ok());
  proposer_.Answer(Refuse(v1::ERROR_REASON_UNKNOWN_OUTCOME, "stopped"));
  EXPECT_EQ(failed_, (std::vector<v1::ErrorReason>{v1::ERROR_REASON_SEQUENCE_AHEAD,
                                                   v1::ERROR_REASON_UNKNOWN_OUTCOME}));
  EXPECT_TRUE(again_.empty());
}

TEST_F(SettlementTest, ARetrysDelayIsAtMostTenMinutes) {
  EXPECT_TRUE(TakeRetry(600).ok());
  EXPECT_EQ(proposer_.Oldest<stored::v1::Retry>().delay_ms(), 600'000u);
  EXPECT_EQ(ReasonOf(TakeRetry(600, 1)), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(ReasonOf(TakeRetry(-1)), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_TRUE(TakeRetry(0, 1'000'000).ok());
}

TEST_F(SettlementTest, AParkNamesItsItem) {
  v1::SubscribeRequest frame;
  v1::ParkItem& park = *frame.add_parks();
  park.set_lane(v1::URGENCY_ROUTINE);
  park.set_sequence(4);
  ASSERT_TRUE(settlement_->Take(frame).ok());
  const auto command = proposer_.Oldest<stored::v1::Park>();
  EXPECT_EQ(command.lane(), v1::URGENCY_ROUTINE);
  EXPECT_EQ(command.sequence(), 4u);
  proposer_.Answer();
  EXPECT_TRUE(again_.empty());
}

TEST_F(SettlementTest, AsksForQuietWhenTooMuchWaits) {
  ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, 1, 1).ok());  // under way
  std::uint64_t next = 2;
  while (next < kAcknowledgementsWaiting) {
    EXPECT_TRUE(settlement_->HasRoom());
    ASSERT_TRUE(TakeAcknowledgement(v1::URGENCY_URGENT, next, next + 199).ok());
    next += 200;
  }
  EXPECT_FALSE(settlement_->HasRoom());
  proposer_.Answer();
  EXPECT_TRUE(settlement_->HasRoom());
}

}  // namespace
}  // namespace tearline::rpc
