#include "broker/rpc/receivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

namespace tearline::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kPanel[] = "police/panel";
constexpr char kChair[] = "probation/chair";
constexpr char kIntel[] = "police/intel";

class ReceiversTest : public testing::Test {
 protected:
  grpc::Status List(const std::string& event, const std::string& as = kIntel,
                    const std::string& purpose = "correction") {
    v1::ListReceiversRequest request;
    *request.mutable_acting() = RunningDoor::As(as);
    request.mutable_acting()->set_purpose(purpose);
    request.set_event_id(event);
    grpc::ClientContext context;
    listed_.Clear();
    return v1::PublisherService::NewStub(door_.SystemOf(as))
        ->ListReceivers(&context, request, &listed_);
  }
  std::vector<std::string> Posts() const {
    std::vector<std::string> posts;
    for (const v1::EventReceiver& each : listed_.receivers()) posts.push_back(each.post());
    return posts;
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  v1::ListReceiversResponse listed_;
};

/// Received is what was let go, acknowledged is a system's word, read is a person's.
TEST_F(ReceiversTest, TellsApartWhoWasSentWhoseSystemHasItAndWhoRead) {
  const std::string event = door_.Publish(nominal_, "one", "the first report");
  ASSERT_TRUE(List(event).ok());
  EXPECT_THAT(Posts(), IsEmpty()) << "it waits: nobody received it";

  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(List(event).ok());
  ASSERT_THAT(Posts(), ElementsAre(kPanel));
  EXPECT_TRUE(listed_.receivers(0).has_released_at());
  EXPECT_EQ(listed_.receivers(0).level(), v1::LEVEL_FULL);
  EXPECT_FALSE(listed_.receivers(0).has_acknowledged_at());

  ASSERT_TRUE(panel.Acknowledge({1}).ok());
  v1::ReadItemRequest read;
  *read.mutable_acting() = RunningDoor::As(kPanel);
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  v1::ReadItemResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::SubscriberService::NewStub(door_.HolderOf(kPanel))
                  ->ReadItem(&context, read, &response)
                  .ok());
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  ASSERT_TRUE(List(event).ok());
  ASSERT_THAT(Posts(), ElementsAre(kPanel, kChair));
  EXPECT_TRUE(listed_.receivers(0).has_acknowledged_at());
  EXPECT_TRUE(listed_.receivers(0).has_read_at());
  EXPECT_FALSE(listed_.receivers(1).has_read_at());
  EXPECT_EQ(listed_.withdrawn(), v1::WITHDRAWAL_REASON_UNSPECIFIED);
}

/// From whom it was withheld is nobody who received it.
TEST_F(ReceiversTest, LeavesOutWhoeverWasNotTold) {
  const std::string event = PublishWithheld(door_, nominal_, "withheld");
  Puller panel(door_, kPanel);
  Puller chair(door_, kChair);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(chair.Pull().ok());
  ASSERT_TRUE(List(event).ok());
  EXPECT_THAT(Posts(), ElementsAre(kChair));
}

TEST_F(ReceiversTest, AnswersWhoeverMayWithdrawTheEventAndAuditors) {
  const std::string event = door_.Publish(nominal_, "one", "the first report");
  const grpc::Status not_theirs = List(event, kPanel);
  const grpc::Status not_there = List("ev_" + std::string(32, '0'), kPanel);
  EXPECT_EQ(ReasonIn(not_theirs), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(not_theirs.error_message(), not_there.error_message());
  EXPECT_TRUE(List(event, "desk/auditor", "inspection").ok());
  EXPECT_EQ(ReasonIn(List(event, kIntel, "")), v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(ReasonIn(List("ev_1")), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
