#include "broker/machine/unread_urgent.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/doubles/counting_reader.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

std::set<std::string> Unread(const EventWorld& world, const std::string& post,
                             std::size_t most = 100) {
  const std::set<std::string> posts = {post};
  std::set<std::string> ids;
  for (const UnreadUrgent& each : UnreadUrgentOf(
           {posts, [](const EventRow&) { return true; }, most}, world.nominal, world.state)) {
    EXPECT_EQ(each.post, post);
    ids.insert(each.event_id);
  }
  return ids;
}

/// What waits is not let go; what must be read says so itself; what is routine, or about another,
/// is not looked at.
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

/// Only who holds or deputises a post can read for it: of one that services alone act for nothing
/// holds, for nobody could ever end it.
TEST(UnreadUrgent, IsOfNoPostForWhichNobodyCanRead) {
  EventWorld world;
  world.OpenSession(EventWorld::kMember);
  const std::string event = world.PublishOne();
  SetPost set;
  *set.mutable_post() = world.state.Find<PostRow>(PostKey(EventWorld::kMember))->post();
  set.mutable_post()->clear_holder();
  ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  EXPECT_EQ(Unread(world, EventWorld::kMember), std::set<std::string>{event}) << "its deputy may";
  set.mutable_post()->clear_deputy();
  ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  EXPECT_TRUE(Unread(world, EventWorld::kMember).empty());
}

/// What no key opens any more nobody can read.
TEST(UnreadUrgent, IsNotOfWhatWasErased) {
  EventWorld world;
  world.OpenSession(EventWorld::kMember);
  const std::string key(model::SubjectKeyId::kBytes, 'k');
  stored::v1::Publish event = world.Event(world.nominal);
  event.mutable_segments(0)->add_keys()->set_subject_key_id(key);
  SubjectKeyUse& use = *event.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(CONTENT_CLASS_SEGMENT);
  use.set_quarter(200);
  ASSERT_EQ(world.World::Publish(event).sentence, "");
  ASSERT_EQ(Unread(world, EventWorld::kMember).size(), 1u);
  state::Batch batch(world.state);
  SubjectKeyRow row = *world.state.Find<SubjectKeyRow>(SubjectKeyKey(key));
  row.set_erased_position(world.records.size());
  batch.PutRow(SubjectKeyKey(key), row);
  world.state.Commit(batch);
  EXPECT_TRUE(Unread(world, EventWorld::kMember).empty());
}

/// Of many the newest count; and however much lies in the inboxes, no lane is read through.
TEST(UnreadUrgent, IsOfTheNewestAndBounded) {
  EventWorld world;
  world.OpenSession(EventWorld::kMember);
  std::string last;
  for (int i = 0; i < 5; ++i) last = world.PublishOne();
  EXPECT_EQ(Unread(world, EventWorld::kMember).size(), 5u);
  EXPECT_EQ(Unread(world, EventWorld::kMember, 1), std::set<std::string>{last});
  EXPECT_TRUE(Unread(world, EventWorld::kMember, 0).empty());
  const doubles::CountingReader counting(world.state);
  const std::set<std::string> posts = {EventWorld::kMember};
  static_cast<void>(UnreadUrgentOf({posts, [](const EventRow&) { return true; }, 9}, world.nominal,
                                   counting));
  for (const state::Table table :
       {state::Table::kReleased, state::Table::kAcknowledged, state::Table::kParked}) {
    EXPECT_EQ(counting.ScansOf(table), 0);
  }
}

/// So many of a person's events are looked at; what is older holds nothing.
TEST(UnreadUrgent, LooksAtSoManyEvents) {
  EventWorld world;
  world.OpenSession(EventWorld::kMember, /*window_messages=*/1000);
  const std::string first = world.PublishOne();
  ASSERT_EQ(Unread(world, EventWorld::kMember), std::set<std::string>{first});
  stored::v1::Publish routine = world.Event(world.nominal);
  routine.set_urgency(v1::URGENCY_ROUTINE);
  for (int i = 0; i < model::kLookedAtRowsMax; ++i) {
    routine.set_request_id("routine-" + std::to_string(i));
    routine.set_request_digest(crypto::Sha256(routine.request_id()).Bytes());
    world.World::Publish(routine);
  }
  EXPECT_TRUE(Unread(world, EventWorld::kMember).empty());
}

}  // namespace
}  // namespace tearline::machine
