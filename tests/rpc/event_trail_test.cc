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

/// What one post is shown of its event in a trail of invented records, an hour apart.
class Trail {
 public:
  Trail& LetGo(std::uint64_t number, v1::Level level, bool superseding = false,
               const std::string& feed = kPanel) {
    stored::v1::Detail detail = Released(number, feed);
    detail.mutable_released()->set_event_id("event");
    detail.mutable_released()->set_level(level);
    detail.mutable_released()->set_superseding(superseding);
    return Visit(detail);
  }
  Trail& Again(std::uint64_t number, v1::Level level) {
    stored::v1::Detail detail = Released(number, kPanel);
    detail.mutable_released()->set_event_id("event");
    detail.mutable_released()->set_level(level);
    detail.mutable_released()->set_again(true);
    return Visit(detail);
  }
  Trail& TakeBack(std::uint64_t number) {
    stored::v1::Detail detail = Released(number, kPanel);
    detail.mutable_released()->set_withdrawn_event_id("event");
    return Visit(detail);
  }
  Trail& Acknowledge(std::uint64_t number, const std::string& feed = kPanel) {
    stored::v1::Detail detail;
    detail.mutable_settled()->set_feed(feed);
    detail.mutable_settled()->set_lane(v1::URGENCY_URGENT);
    detail.mutable_settled()->add_sequences(number);
    return Visit(detail);
  }
  Trail& Read() {
    stored::v1::Detail detail;
    detail.mutable_read()->set_feed(kPanel);
    detail.mutable_read()->set_event_id("event");
    return Visit(detail);
  }

  PostTimes times{"event", kPanel};

 private:
  static stored::v1::Detail Released(std::uint64_t number, const std::string& feed) {
    stored::v1::Detail detail;
    detail.mutable_released()->set_feed(feed);
    detail.mutable_released()->set_lane(v1::URGENCY_URGENT);
    detail.mutable_released()->set_sequence(number);
    return detail;
  }
  Trail& Visit(const stored::v1::Detail& detail) {
    ++leaf_.stamp_ms;
    leaf_.kind = stored::v1::COMMAND_NUMBER_ACKNOWLEDGE;
    times.Visit(detail, leaf_);
    return *this;
  }

  audit::Leaf leaf_;
};

TEST(PostTimes, WhatIsLetGoAnewIsAcknowledgedAndReadAnew) {
  Trail trail;
  trail.LetGo(1, v1::LEVEL_TEAR_LINE).Acknowledge(1).Read();
  EXPECT_EQ(trail.times.last().released_ms, 1);
  EXPECT_EQ(trail.times.last().acknowledged_ms, 2);
  EXPECT_EQ(trail.times.last().read_ms, 3);
  EXPECT_EQ(trail.times.anew_ms(), 0) << "it is the first";
  EXPECT_EQ(trail.times.replayed_ms, 0);
  EXPECT_EQ(trail.times.read_before_ms(), 0);

  trail.LetGo(2, v1::LEVEL_FULL, /*superseding=*/true).Acknowledge(1);
  EXPECT_EQ(trail.times.released_ms, 1);
  EXPECT_EQ(trail.times.anew_ms(), 4);
  EXPECT_EQ(trail.times.replayed_ms, 0) << "it is not as it was";
  EXPECT_EQ(trail.times.last().level, v1::LEVEL_FULL);
  EXPECT_EQ(trail.times.last().acknowledged_ms, 0) << "that was the number of the other";
  EXPECT_EQ(trail.times.last().read_ms, 0);
  EXPECT_EQ(trail.times.read_before_ms(), 3);
  EXPECT_EQ(trail.times.read_ms, 3) << "of whatever was let go";

  trail.Acknowledge(2).Read().Read();
  EXPECT_EQ(trail.times.last().acknowledged_ms, 6);
  EXPECT_EQ(trail.times.last().read_ms, 7);
  EXPECT_EQ(trail.times.read_before_ms(), 3);
  trail.LetGo(3, v1::LEVEL_FULL, /*superseding=*/true);
  EXPECT_EQ(trail.times.last().read_ms, 0) << "another text at the same level";
}

TEST(PostTimes, WhatGoesOutAgainAsItWasIsNothingNew) {
  Trail trail;
  const std::string wish = std::string(kPanel) + "/sub_00";
  trail.LetGo(1, v1::LEVEL_FULL, false, wish).Acknowledge(1, wish);
  trail.LetGo(2, v1::LEVEL_FULL, false, wish);
  EXPECT_EQ(trail.times.anew_ms(), 0) << "it was sought again";
  EXPECT_EQ(trail.times.replayed_ms, 3);
  EXPECT_EQ(trail.times.last().acknowledged_ms, 2);
  trail.LetGo(1, v1::LEVEL_FULL).Acknowledge(1);
  EXPECT_EQ(trail.times.anew_ms(), 0) << "a case brings it, too";
  EXPECT_EQ(trail.times.replayed_ms, 4) << "the last time";
  EXPECT_EQ(trail.times.last().acknowledged_ms, 2) << "first";
  EXPECT_EQ(trail.times.acknowledged_ms, 5);
}

TEST(PostTimes, WhatIsJudgedAgainUnderItsNumberIsAnotherThing) {
  Trail trail;
  trail.LetGo(1, v1::LEVEL_FULL).Read().Again(1, v1::LEVEL_FULL);
  EXPECT_EQ(trail.times.anew_ms(), 3) << "it shows other segments";
  EXPECT_EQ(trail.times.last().read_ms, 0);
  EXPECT_EQ(trail.times.read_before_ms(), 2);
  trail.Acknowledge(1);
  EXPECT_EQ(trail.times.last().acknowledged_ms, 4);
}

TEST(PostTimes, WhatIsTakenBackIsHeldNoMore) {
  Trail trail;
  EXPECT_EQ(trail.times.holds(), v1::LEVEL_UNSPECIFIED);
  trail.LetGo(1, v1::LEVEL_FULL);
  EXPECT_EQ(trail.times.holds(), v1::LEVEL_FULL);
  trail.TakeBack(2);
  EXPECT_EQ(trail.times.taken_back_ms(), 2);
  EXPECT_EQ(trail.times.holds(), v1::LEVEL_UNSPECIFIED);
  EXPECT_EQ(trail.times.last().level, v1::LEVEL_FULL) << "as it was given";
  trail.LetGo(3, v1::LEVEL_POINTER, /*superseding=*/true);
  EXPECT_EQ(trail.times.taken_back_ms(), 0);
  EXPECT_EQ(trail.times.holds(), v1::LEVEL_POINTER);
  EXPECT_EQ(trail.times.most(), v1::LEVEL_FULL);
}

/// What comes once more after it was taken back is let go anew, whatever it tells: what was
/// received and read before is none of it.
TEST(PostTimes, WhatComesAgainAfterItWasTakenBackIsReadAnew) {
  Trail trail;
  trail.LetGo(1, v1::LEVEL_FULL).Acknowledge(1).Read();
  ASSERT_NE(trail.times.last().read_ms, 0);
  trail.TakeBack(2).LetGo(3, v1::LEVEL_FULL);
  EXPECT_EQ(trail.times.last().acknowledged_ms, 0);
  EXPECT_EQ(trail.times.last().read_ms, 0);
  EXPECT_EQ(trail.times.holds(), v1::LEVEL_FULL);
  trail.Acknowledge(3);
  EXPECT_NE(trail.times.last().acknowledged_ms, 0);
}

}  // namespace
}  // namespace tearline::rpc
