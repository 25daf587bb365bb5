#include "broker/rpc/pull.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/rpc/server_limits.h"
#include "tests/rpc/change_access.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using Numbers = std::vector<std::uint64_t>;
constexpr char kPanel[] = "police/panel";

class PullTest : public testing::Test {
 protected:
  void Publish(int count, const std::string& content = "part") {
    if (nominal_.empty()) nominal_ = door_.NominalWithCase("N17");
    for (int i = 0; i < count; ++i) {
      door_.Publish(nominal_, "p" + std::to_string(published_++), content);
    }
  }
  RunningDoor door_;
  std::string nominal_;
  int published_ = 0;
};

TEST_F(PullTest, TheSameComesUntilItIsAcknowledgedThenTheNext) {
  Publish(3);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull(/*window=*/2).ok());
  EXPECT_EQ(panel.Numbers(), (Numbers{1, 2}));
  EXPECT_EQ(panel.pulled.deliveries(0).event().segments(0).content(), "part");
  EXPECT_FALSE(panel.pulled.progress().caught_up()) << "one waits behind the window";
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.Numbers(), (Numbers{1, 2}));

  ASSERT_TRUE(panel.Acknowledge({2}).ok());
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.Numbers(), (Numbers{1, 3}));
  ASSERT_TRUE(panel.Acknowledge({1, 3}).ok());
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.Numbers(), Numbers{});
  EXPECT_TRUE(panel.pulled.progress().caught_up());
}

/// The end of the certificate goes into the record that opens a session, whichever way it is asked
/// for: who shows none any more is out of reach.
TEST_F(PullTest, TellsWhenTheCertificateEnds) {
  Publish(1);
  const auto told = [this] {
    const auto headers = door_.ledger().ReadHeaders(1, 1u << 30);
    EXPECT_TRUE(headers.ok());
    std::vector<std::int64_t> ends;
    for (const ledger::StoredHeader& each : *headers) {
      stored::v1::OpenSession command;
      if (each.header.command == stored::v1::COMMAND_NUMBER_OPEN_SESSION &&
          command.ParseFromString(each.header.command_bytes)) {
        ends.push_back(command.certificate_until_ms());
      }
    }
    return ends;
  };
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_EQ(told().size(), 1u);
  EXPECT_GT(told()[0], door_.clock().WallMs());
  EXPECT_EQ(told()[0] % 1000, 0);
  Follower stream(door_, kPanel);
  stream.Open(kPanel);
  ASSERT_TRUE(stream.NextDelivery().has_value());
  ASSERT_EQ(told().size(), 2u);
  EXPECT_EQ(told()[1], told()[0]) << "the same certificate";
}

/// What one session left comes to the next under its number, whichever way it asks; what was
/// acknowledged comes to nobody.
TEST_F(PullTest, SessionsHandOverWhateverTheirKind) {
  Publish(4);
  Puller first(door_, kPanel);
  ASSERT_TRUE(first.Pull().ok());
  ASSERT_EQ(first.Numbers(), (Numbers{1, 2, 3, 4}));
  ASSERT_TRUE(first.Acknowledge({2}).ok());

  Follower stream(door_, kPanel);
  stream.Open(kPanel);
  for (const std::uint64_t number : {1u, 3u, 4u}) {
    const auto delivery = stream.NextDelivery();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->sequence(), number);
    EXPECT_EQ(delivery->attempt(), 2u);
  }
  EXPECT_EQ(ReasonIn(first.Pull()), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(ReasonIn(first.Acknowledge({1})), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(ReasonIn(first.Retry(1, 0)), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(ReasonIn(first.Park(1)), v1::ERROR_REASON_SESSION_SUPERSEDED);
  stream.Acknowledge(v1::URGENCY_URGENT, {3});
  stream.SayNoMore();
  ASSERT_TRUE(stream.End().ok());

  Puller second(door_, kPanel);
  ASSERT_TRUE(second.Pull().ok());
  EXPECT_EQ(second.Numbers(), (Numbers{1, 4})) << "what was refused changed nothing";
}

TEST_F(PullTest, APullEndsTheStreamThatHadTheFeed) {
  Follower stream(door_, kPanel);
  stream.Open(kPanel);
  ASSERT_TRUE(stream.Next().has_value());
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  const grpc::Status status = stream.End();
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  ASSERT_TRUE(panel.Pull().ok()) << "the stream's end does not close a session that is not its own";
  EXPECT_EQ(door_.dispatcher().Followed(), 0u);
}

TEST_F(PullTest, AnAcknowledgementOfTheStreamThatWasSupersededIsRefused) {
  Publish(1);
  Follower stream(door_, kPanel);
  stream.Open(kPanel);
  ASSERT_TRUE(stream.NextDelivery().has_value());
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  stream.Acknowledge(v1::URGENCY_URGENT, {1});
  EXPECT_EQ(ReasonIn(stream.End()), v1::ERROR_REASON_SESSION_SUPERSEDED);
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.Numbers(), Numbers{1});
}

TEST_F(PullTest, ARetriedItemComesAgainAfterItsDelayUnderItsNumber) {
  Publish(2);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(panel.Retry(1, 600).ok());
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.Numbers(), Numbers{2});
  ASSERT_TRUE(panel.Retry(1, 0).ok());
  for (int tries = 0; tries < 1000 && panel.Numbers().size() < 2; ++tries) {
    ASSERT_TRUE(panel.Pull().ok());
  }
  EXPECT_EQ(panel.Numbers(), (Numbers{1, 2}));
  EXPECT_EQ(panel.pulled.deliveries(0).attempt(), 2u);
}

TEST_F(PullTest, AParkedItemOpensAnObligationAndComesNoMore) {
  Publish(1);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(panel.Park(1).ok());
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_EQ(panel.Numbers(), Numbers{2});
  EXPECT_EQ(panel.pulled.deliveries(0).obligation().type(), v1::OBLIGATION_TYPE_PARKED);
}

/// P2: what was let go and not settled is judged again before it goes out once more.
TEST_F(PullTest, WhatWasJudgedBeforeTheLastChangeDoesNotLeave) {
  Publish(2);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_EQ(panel.Numbers(), (Numbers{1, 2}));
  LeaveThePanel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  for (const v1::Delivery& delivery : panel.pulled.deliveries()) {
    EXPECT_TRUE(delivery.has_access_withdrawn()) << delivery.ShortDebugString();
  }
  EXPECT_EQ(panel.Numbers(), (Numbers{3, 4})) << "the call waited for the machine to look again";
}

TEST_F(PullTest, WhoeverIsSuspendedGetsNothingMore) {
  Publish(1);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  SuspendSystemOf(door_, kPanel);
  EXPECT_EQ(ReasonIn(panel.Pull()), v1::ERROR_REASON_SUSPENDED);
  EXPECT_EQ(ReasonIn(panel.Acknowledge({1})), v1::ERROR_REASON_SUSPENDED);
  EXPECT_TRUE(panel.pulled.deliveries().empty());
}

TEST_F(PullTest, AnAnswerHoldsTwoMebibytesAndOneItemMore) {
  const std::string large(200 * 1024, 'x');
  Publish(14, large);
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(panel.pulled.deliveries_size(), 11);
  EXPECT_FALSE(panel.pulled.progress().caught_up());
  EXPECT_LT(panel.pulled.ByteSizeLong(), static_cast<std::size_t>(kMessageBytesMax));
  EXPECT_GE(panel.pulled.ByteSizeLong(), kPullBytesMax);
}

TEST_F(PullTest, SaysWhatIsWrongWithARequest) {
  Publish(1);
  Puller panel(door_, kPanel);
  EXPECT_EQ(ReasonIn(panel.Pull(1001)), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(ReasonIn(panel.Acknowledge({1})), v1::ERROR_REASON_FIELD_INVALID) << "no session";
  ASSERT_TRUE(panel.Pull().ok());
  EXPECT_EQ(ReasonIn(panel.Pull(5)), v1::ERROR_REASON_FIELD_INVALID) << "a window goes on";
  EXPECT_EQ(ReasonIn(panel.Acknowledge({})), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(panel.Acknowledge({1}, v1::URGENCY_UNSPECIFIED)),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(panel.Acknowledge({2})), v1::ERROR_REASON_SEQUENCE_AHEAD);
  EXPECT_EQ(ReasonIn(panel.Retry(1, 601)), v1::ERROR_REASON_LIMIT_PASSED);
  panel.session_id = "ses_1";
  EXPECT_EQ(ReasonIn(panel.Pull()), v1::ERROR_REASON_FIELD_INVALID);
  panel.session_id = "ses_" + std::string(32, '0');
  EXPECT_EQ(ReasonIn(panel.Pull()), v1::ERROR_REASON_SESSION_SUPERSEDED);
  Puller others(door_, "police/intel");
  others.session_id = panel.session_id;
  EXPECT_EQ(ReasonIn(others.Pull()), v1::ERROR_REASON_SESSION_SUPERSEDED);
}

/// Nothing is kept between calls: a thousand sessions leave as much behind as one.
TEST_F(PullTest, AbandonedSessionsLeaveNothingBehind) {
  Publish(1);
  for (int i = 0; i < 100; ++i) {
    Puller panel(door_, kPanel);
    ASSERT_TRUE(panel.Pull().ok());
    EXPECT_EQ(panel.Numbers(), Numbers{1});
  }
  EXPECT_EQ(door_.dispatcher().Followed(), 0u);
  const auto view = door_.writer().View();
  EXPECT_EQ(view->Scan(state::Key(state::Table::kSession), 10).size(), 1u);
}

}  // namespace
}  // namespace tearline::rpc
