#include "broker/rpc/event_trail.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

constexpr char kPanel[] = "police/panel";

/// The trail holds the records that speak of the event, in their order, and of what other events
/// did in the same records no more than the visitor asks for.
TEST(EventTrail, IsVisitedRecordByRecordOldestFirst) {
  RunningDoor door;
  const std::string nominal = door.NominalWithCase("N17");
  const std::string event = door.Publish(nominal, "first", "part");
  door.Publish(nominal, "second", "part");
  Puller panel(door, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(panel.Acknowledge({1, 2}).ok());

  const std::string id = model::EventId::Parse(event)->Bytes();
  std::vector<std::uint16_t> kinds;
  int decisions = 0;
  PostTimes times(id, kPanel);
  PostTimes chairs(id, "probation/chair");
  ReadTrail(id, *door.writer().View(), [&](const auto& detail, const auto& leaf) {
    if (detail.has_actor()) kinds.push_back(leaf.kind);
    decisions += detail.has_decision() && detail.decision().event_id() == id;
    times.Visit(detail, leaf);
    chairs.Visit(detail, leaf);
  });
  EXPECT_EQ(kinds, (std::vector<std::uint16_t>{stored::v1::COMMAND_NUMBER_PUBLISH,
                                               stored::v1::COMMAND_NUMBER_OPEN_SESSION,
                                               stored::v1::COMMAND_NUMBER_ACKNOWLEDGE}));
  EXPECT_EQ(decisions, 2);
  EXPECT_GT(times.released_ms, 0);
  EXPECT_GE(times.acknowledged_ms, times.released_ms);
  EXPECT_EQ(times.read_ms, 0);
  EXPECT_EQ(chairs.released_ms, 0);
  EXPECT_EQ(chairs.acknowledged_ms, 0);
}

TEST(PostTimes, AnAcknowledgementCountsForItsOwnNumberAlone) {
  PostTimes times("event", kPanel);
  audit::Leaf leaf;
  leaf.stamp_ms = 5;
  stored::v1::Detail detail;
  stored::v1::SettledDetail& settled = *detail.mutable_settled();
  settled.set_feed(kPanel);
  settled.set_lane(v1::URGENCY_URGENT);
  settled.add_sequences(0);
  settled.add_sequences(7);
  leaf.kind = stored::v1::COMMAND_NUMBER_ACKNOWLEDGE;
  times.Visit(detail, leaf);
  EXPECT_EQ(times.acknowledged_ms, 0) << "nothing was let go yet";

  stored::v1::Detail let_go;
  let_go.mutable_released()->set_feed(kPanel);
  let_go.mutable_released()->set_event_id("event");
  let_go.mutable_released()->set_lane(v1::URGENCY_URGENT);
  let_go.mutable_released()->set_sequence(7);
  times.Visit(let_go, leaf);
  leaf.stamp_ms = 6;
  let_go.mutable_released()->set_again(true);
  times.Visit(let_go, leaf);
  EXPECT_EQ(times.released_ms, 5) << "the first time";
  leaf.kind = stored::v1::COMMAND_NUMBER_RETRY;
  times.Visit(detail, leaf);
  EXPECT_EQ(times.acknowledged_ms, 0);
  leaf.kind = stored::v1::COMMAND_NUMBER_ACKNOWLEDGE;
  settled.set_lane(v1::URGENCY_ROUTINE);
  times.Visit(detail, leaf);
  EXPECT_EQ(times.acknowledged_ms, 0) << "another lane's number";
  settled.set_lane(v1::URGENCY_URGENT);
  times.Visit(detail, leaf);
  EXPECT_EQ(times.acknowledged_ms, 6);
}

}  // namespace
}  // namespace tearline::rpc
