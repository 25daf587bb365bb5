#include "broker/rpc/look_at_hand_over.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/rpc/server_limits.h"
#include "tests/doubles/counting_reader.h"
#include "tests/machine/event_world.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using machine::EventWorld;
using machine::World;

constexpr char kChair[] = "probation/chair";
constexpr char kAccountable[] = "ct-police/accountable";

class LookAtHandOverTest : public testing::Test {
 protected:
  v1::GetHandOverResponse Look(const std::string& post) {
    v1::GetHandOverResponse response;
    Actor actor = World::Holder(post);
    actor.set_purpose("hand-over");
    const auto looked = LookAtHandOver(actor, world_.state, response);
    EXPECT_TRUE(looked.ok());
    looked_ = looked->consulted;
    return response;
  }
  /// The record that follows.
  machine::Applied Record(const std::string& post) {
    Actor actor = World::Holder(post);
    actor.set_purpose("hand-over");
    return world_.Say(actor, COMMAND_NUMBER_CONSULT, looked_);
  }
  static std::string Text(const std::string& event_id) {
    return model::EventId::FromBytes(event_id)->Text();
  }
  void Change(const std::string& post, const std::string& holder) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(machine::PostKey(post))->post();
    set.mutable_post()->set_holder(holder);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  }

  EventWorld world_;
  stored::v1::Consult looked_;
};

/// What is new about a person is that under whichever nominal it was told.
TEST_F(LookAtHandOverTest, ShowsWhatIsNewUnderAnyNominal) {
  world_.OpenSession(kChair);
  const std::string other = world_.Register(2);
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  const std::string told = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(other)).sentence, "");
  const v1::GetHandOverResponse pack = Look(kChair);
  ASSERT_EQ(pack.newest_size(), 1);
  EXPECT_EQ(pack.newest(0).event_id(), Text(told));
}

/// Unread is what was let go and no person has said to have read: in the feed, or received by
/// systems.
TEST_F(LookAtHandOverTest, ShowsWhatNobodyHasRead) {
  const std::string session = world_.OpenSession(kChair);
  const std::string first = world_.PublishOne();
  const std::string second = world_.PublishOne();
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  v1::GetHandOverResponse pack = Look(kChair);
  ASSERT_EQ(pack.unread_size(), 2);
  EXPECT_EQ(pack.unread(0).event_id(), Text(second)) << "out, and not received";
  EXPECT_FALSE(pack.unread(0).acknowledged());
  EXPECT_EQ(pack.unread(1).event_id(), Text(first));
  EXPECT_TRUE(pack.unread(1).acknowledged());
  EXPECT_EQ(pack.unread(1).sequence(), 1U);
  EXPECT_EQ(pack.unread(1).event_type(), "intelligence.report.submitted");
  EXPECT_FALSE(pack.unread_more());
  EXPECT_EQ(pack.holder(), "chair-holder");
  EXPECT_EQ(pack.obligation_id(), "") << "nothing is handed over";

  ReadItem read;
  read.set_feed(kChair);
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  world_.Say(World::Holder(kChair), COMMAND_NUMBER_READ, read);
  pack = Look(kChair);
  ASSERT_EQ(pack.unread_size(), 1);
  EXPECT_EQ(pack.unread(0).event_id(), Text(second));
  EXPECT_EQ(pack.newest_size(), 2) << "what was read is among the newest still";
}

/// P6. Of what is withheld, waits, or was taken back, there is no trace.
TEST_F(LookAtHandOverTest, ShowsNothingThatWasNotLetGo) {
  const v1::GetHandOverResponse before = Look(EventWorld::kChair);
  world_.PublishControlled();
  EXPECT_EQ(Look(kChair).SerializeAsString(), before.SerializeAsString()) << "withheld";
  const std::string waits = world_.PublishOne();
  EXPECT_EQ(Look(kChair).SerializeAsString(), before.SerializeAsString()) << "waits for its reader";
  world_.OpenSession(kChair);
  EXPECT_EQ(Look(kChair).unread_size(), 1);
  world_.Withdraw(waits, v1::WITHDRAWAL_REASON_WRONG_PERSON);
  EXPECT_EQ(Look(kChair).unread_size(), 0);
  EXPECT_EQ(Look(kChair).newest_size(), 0);
}

/// What is owed by the post, the next due first; and the hand-over that waits, with how many came.
TEST_F(LookAtHandOverTest, ShowsWhatIsOwedAndWhatWaits) {
  world_.OpenSession(kAccountable);
  world_.PublishOne();
  Change(kAccountable, "intel-holder");
  Change(kAccountable, "accountable-holder");
  const v1::GetHandOverResponse pack = Look(kAccountable);
  ASSERT_EQ(pack.obligations_size(), 2);
  EXPECT_EQ(pack.obligations(0).type(), v1::OBLIGATION_TYPE_READ);
  EXPECT_EQ(pack.obligations(1).type(), v1::OBLIGATION_TYPE_TAKE_OVER);
  EXPECT_EQ(pack.obligation_id(), pack.obligations(1).obligation_id());
  EXPECT_EQ(pack.holders(), 2U);
  EXPECT_TRUE(pack.has_due_at());
  EXPECT_EQ(Look("education/guest").obligations_size(), 0) << "others' are others'";
}

/// However much others owe, a pack takes no more for it.
TEST_F(LookAtHandOverTest, TakesNoMoreForWhatOthersOwe) {
  Change(kChair, "supervisor-holder");
  const auto reads = [&] {
    const doubles::CountingReader counting(world_.state);
    v1::GetHandOverResponse response;
    Actor actor = World::Holder(kChair);
    actor.set_purpose("hand-over");
    EXPECT_TRUE(LookAtHandOver(actor, counting, response).ok());
    EXPECT_EQ(response.obligations_size(), 1);
    return counting.Reads();
  };
  const std::size_t before = reads();
  for (int i = 10; i < 60; ++i) {
    const std::string nominal = world_.Register(i);
    world_.OpenCase(nominal, {}, kAccountable);
    ASSERT_EQ(world_.Publish(world_.Event(nominal)).sentence, "");
  }
  ASSERT_GT(world_.OpenObligations().size(), 50u);
  EXPECT_EQ(reads(), before);
}

/// The newest ten, newest first, however many there are: both sides of what one look reads at once.
TEST_F(LookAtHandOverTest, ShowsTheNewestTen) {
  std::vector<std::string> events;
  std::string session = world_.OpenSession(kChair, 1000);
  for (const std::size_t count : {std::size_t{9}, kHandOverLookedAtMax - 1, kHandOverLookedAtMax,
                                  2 * kHandOverLookedAtMax + 3}) {
    while (events.size() < count) events.push_back(world_.PublishOne());
    const v1::GetHandOverResponse pack = Look(kChair);
    const std::size_t shown = std::min<std::size_t>(count, kHandOverNewestMax);
    ASSERT_EQ(static_cast<std::size_t>(pack.newest_size()), shown) << count;
    for (std::size_t i = 0; i < shown; ++i) {
      EXPECT_EQ(pack.newest(static_cast<int>(i)).event_id(), Text(events[count - 1 - i])) << count;
    }
  }
}

/// No more than it says, and it says that there is more.
TEST_F(LookAtHandOverTest, SaysWhereItIsCut) {
  world_.OpenSession(kChair, 1000);
  for (int i = 0; i < kHandOverRowsMax; ++i) world_.PublishOne();
  EXPECT_EQ(Look(kChair).unread_size(), kHandOverRowsMax);
  EXPECT_FALSE(Look(kChair).unread_more());
  world_.PublishOne();
  EXPECT_EQ(Look(kChair).unread_size(), kHandOverRowsMax);
  EXPECT_TRUE(Look(kChair).unread_more());
}

/// Who looked at a person finds the pack: the record names whom it was about.
TEST_F(LookAtHandOverTest, IsRecordedWithWhomItWasAbout) {
  world_.OpenSession(kChair);
  Look(kChair);
  EXPECT_EQ(looked_.nominal_ids_size(), 0);
  world_.PublishOne();
  Look(kChair);
  ASSERT_EQ(looked_.nominal_ids_size(), 1);
  EXPECT_EQ(looked_.nominal_ids(0), world_.nominal);
  ASSERT_EQ(Record(kChair).outcome, audit::Outcome::kApplied);
  bool found = false;
  for (const Detail& detail : world_.Details()) {
    if (!detail.has_consulted()) continue;
    found = true;
    EXPECT_FALSE(detail.consulted().everybody());
    EXPECT_EQ(detail.consulted().nominal_ids_size(), 1);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace tearline::rpc
