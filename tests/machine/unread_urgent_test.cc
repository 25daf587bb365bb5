#include "broker/machine/unread_urgent.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

std::set<std::string> Unread(const EventWorld& world, const std::string& post) {
  return UnreadUrgentOf(post, world.nominal, world.state);
}

/// What waits is not let go; what must be read says so itself; what is routine is in another lane.
TEST(UnreadUrgent, IsWhatWasLetGoAndNobodyMustRead) {
  EventWorld world;
  const std::string event = world.PublishOne();
  EXPECT_TRUE(Unread(world, EventWorld::kMember).empty());
  for (const char* post : {EventWorld::kMember, EventWorld::kAccountable}) world.OpenSession(post);
  EXPECT_EQ(Unread(world, EventWorld::kMember), std::set<std::string>{event});
  EXPECT_TRUE(Unread(world, EventWorld::kAccountable).empty()) << "a READ is open";
  stored::v1::Publish routine = world.Event(world.nominal);
  routine.set_urgency(v1::URGENCY_ROUTINE);
  world.Publish(routine);
  world.Publish(world.Event(world.Register(7)));
  EXPECT_EQ(Unread(world, EventWorld::kMember), std::set<std::string>{event});
}

/// Received by a system it is unread still, parked too; read by a person, or taken back, it is not.
TEST(UnreadUrgent, EndsWithAPersonsReading) {
  EventWorld world;
  const std::string session = world.OpenSession(EventWorld::kMember);
  const std::string first = world.PublishOne();
  const std::string second = world.PublishOne();
  world.Acknowledge(EventWorld::kMember, session, EventWorld::kLane, {1});
  EXPECT_EQ(Unread(world, EventWorld::kMember), (std::set<std::string>{first, second}));
  ReadItem read;
  read.set_feed(EventWorld::kMember);
  read.set_lane(EventWorld::kLane);
  read.set_sequence(1);
  ASSERT_EQ(world.Say(World::Holder(EventWorld::kMember), COMMAND_NUMBER_READ, read).sentence, "");
  EXPECT_EQ(Unread(world, EventWorld::kMember), std::set<std::string>{second});
  ASSERT_EQ(world.Withdraw(second, v1::WITHDRAWAL_REASON_INACCURATE).sentence, "");
  EXPECT_TRUE(Unread(world, EventWorld::kMember).empty());
}

}  // namespace
}  // namespace tearline::machine
