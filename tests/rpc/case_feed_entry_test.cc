#include "broker/rpc/case_feed_entry.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/rpc/case_feeding.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using google::protobuf::util::TimeUtil;

/// What a person's feed makes of events that became the person's, or somebody else's, and of those
/// that are to be judged again.
using CaseFeedEntryTest = CaseFeeding;

/// A merge makes what the post had of the other the person's: it is shown from that record on, also
/// to whom follows, and to whom goes on from what came before.
TEST_F(CaseFeedEntryTest, ShowsWhatAMergeMakesThePersonsFromThenOn) {
  const std::string other = world_.Register(2);
  world_.OpenCase(other, {{kChair, v1::SEAT_KIND_CHAIR}});
  const std::string first = world_.PublishOne();
  world_.now_ms += 1000;
  const std::string of_other = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(other)).sentence, "");
  world_.now_ms += 1000;
  const std::string second = world_.PublishOne();
  EndOther(other, of_other);
  EXPECT_EQ(Ids(Read()), (std::vector<std::string>{Text(first), Text(second)}));
  world_.now_ms += 1000;
  const model::Position before = Tip();
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  const std::int64_t merged_ms = world_.now_ms;
  world_.now_ms += 1000;
  const std::string third = world_.PublishOne();
  const Entries all = Read();
  EXPECT_EQ(Ids(all),
            (std::vector<std::string>{Text(first), Text(second), Text(of_other), Text(third)}));
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(all[2].go_on_from()), merged_ms);
  EXPECT_EQ(Ids(Read(kChair, {before, Tip()})),
            (std::vector<std::string>{Text(of_other), Text(third)}))
      << "who follows had looked at all before";
  EXPECT_EQ(Ids(Read(kChair, {0, Tip()}, 1, 2)), Ids(all)) << "however it is read";
  EXPECT_EQ(Ids(Read(kChair, From(all[1]))),
            (std::vector<std::string>{Text(second), Text(of_other), Text(third)}));
}

/// An event that is to be judged again is passed over, and shown as soon as it has been, although
/// nothing else changed of it.
TEST_F(CaseFeedEntryTest, ShowsWhatWasPassedOverOnceItIsJudgedAgain) {
  const std::string event = world_.PublishOne();
  world_.now_ms += 1000;
  CloseSession();
  world_.PutInForce("id: \"again\" version: 2 purpose: \"For tests.\"" + World::PanelRules());
  CaseFeed feed(kChair, {0, Tip()});
  while (!feed.Done()) {
    EXPECT_TRUE(feed.Next(Case(), world_.state, 32, 1024).empty()) << "to be judged again";
  }
  ASSERT_EQ(feed.passed_over().size(), 1U);
  const model::Position looked_until = Tip();
  world_.OpenSession(kChair);  // what is out is judged again, and told alike
  CaseFeed next(kChair, {looked_until, Tip()}, feed.passed_over());
  Entries shown;
  while (!next.Done()) {
    for (const v1::CaseFeedEntry& entry : next.Next(Case(), world_.state, 32, 1024)) {
      shown.push_back(entry);
    }
  }
  EXPECT_EQ(Ids(shown), std::vector<std::string>{Text(event)});
  EXPECT_TRUE(next.passed_over().empty());
}

/// What was moved to somebody else is taken back from this person, whoever has it as the other's.
TEST_F(CaseFeedEntryTest, TakesBackWhatWasMovedToSomebodyElse) {
  const std::string other = world_.Register(2);
  const std::string event = world_.PublishOne();
  world_.now_ms += 1000;
  MoveBooking move;
  move.set_from_id(world_.nominal);
  move.set_to_id(other);
  move.set_until_ms(world_.now_ms);
  move.set_agency("ct-police");
  move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  Actor author = World::System(EventWorld::kIntel);
  author.set_purpose("correction");
  const machine::Applied asked = world_.Say(author, COMMAND_NUMBER_MOVE_BOOKING, move);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  Actor hand = World::System("desk/governance");
  hand.set_purpose("correction");
  ASSERT_EQ(world_.Say(hand, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
  world_.PassAndPulse(1000);
  const Entries entries = Read();
  ASSERT_EQ(Ids(entries), std::vector<std::string>{Text(event)});
  EXPECT_TRUE(entries[0].has_taken_back_at());
}

}  // namespace
}  // namespace tearline::rpc
