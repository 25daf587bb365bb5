#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/composite.h"
#include "broker/model/limits.h"
#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

using Row = stored::v1::EventRow;

using CompositeOfPerson = Composing;

/// Both sides of the number that makes one are about the person, not about one of its nominals.
TEST_F(CompositeOfPerson, CountsAllNominalsOfAPersonTogether) {
  const std::string other = world_.Register(2);
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  const std::string theirs = world_.Breach(kKeeper, world_.BreachOf(other));
  EXPECT_THAT(world_.Composites(), IsEmpty());
  ASSERT_EQ(world_.Merge(other, world_.nominal).outcome, audit::Outcome::kApplied);
  world_.Settle();
  ASSERT_EQ(world_.Composites().size(), 1U);
  EXPECT_EQ(world_.Composites()[0].composite().members_size(), 3);

  stored::v1::UnmergeNominals part;
  part.set_removed_id(other);
  world_.Say(world_.Why(World::System("police/coordinator")), COMMAND_NUMBER_UNMERGE_NOMINALS,
             part);
  world_.Settle();
  EXPECT_TRUE(world_.Composites()[0].composite().members(2).left());
  const std::string id = world_.Composites()[0].publish().event_id();
  EXPECT_EQ(world_.Decided(id, kChair)->level(), v1::LEVEL_WITHHELD)
      << "two of one agency are left";
  world_.Breach(kKeeper, world_.BreachOf(other));
  world_.Breach(kPrison, world_.BreachOf(other));
  ASSERT_EQ(world_.Composites(other).size(), 1U) << "what is theirs counts for them";
  EXPECT_EQ(world_.MembersOf(world_.Composites(other)[0])[0], theirs);
  ExpectReplays();
}

/// Of more than one holds, those are taken that make one: not the oldest.
TEST_F(CompositeOfPerson, IsMadeOfTheRunHoweverManyCameBefore) {
  for (int i = 0; i <= model::kCompositeMembersMax; ++i) {
    world_.Breach(kPrison);
    world_.PassAndPulse(31 * CompositeWorld::kDay);
  }
  ASSERT_THAT(world_.Composites(), IsEmpty());
  MakeOne();
  const std::vector<std::string> members = world_.MembersOf(world_.Composites()[0]);
  ASSERT_EQ(members.size(), static_cast<std::size_t>(model::kCompositeMembersMax));
  EXPECT_THAT(std::vector<std::string>(members.end() - 3, members.end()),
              ElementsAre(one_, two_, three_));
  EXPECT_EQ(world_.Decided(world_.Composites()[0].publish().event_id(), kChair)->level(),
            v1::LEVEL_FULL);
  ExpectReplays();
}

/// A pulse in which something joins may finish a change of the composite that it found due.
TEST_F(CompositeOfPerson, EndsAChangeThatIsDueInTheSamePulse) {
  const std::string id = MakeOne();
  ASSERT_EQ(world_.Publish(world_.BreachOf(world_.nominal), kPrison).outcome,
            audit::Outcome::kApplied);
  world_.now_ms += 1;
  state::Batch left(world_.state);  // as if its rows had not sufficed, just now
  stored::v1::EventChangeRow change;
  change.set_due_ms(world_.now_ms);
  left.PutRow(EventChangeKey(id), change);
  left.Put(DeadlineKey(world_.now_ms, DeadlineKind::kEventChange, id), "");
  world_.state.Commit(left);
  world_.Settle();
  EXPECT_EQ(world_.MembersOf(world_.Composites()[0]).size(), 4U);
}

/// A booking that was moved takes what it told along: it counts where it belongs.
TEST_F(CompositeOfPerson, CountsWhatWasMovedForWhomItIsAbout) {
  const std::string other = world_.Register(2);
  const std::string id = MakeOne();
  stored::v1::MoveBooking move;
  move.set_from_id(world_.nominal);
  move.set_to_id(other);
  move.set_until_ms(world_.now_ms);
  move.set_agency("prison");
  move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  Applied moved = world_.Say(world_.Why(World::System(kPrison)), COMMAND_NUMBER_MOVE_BOOKING, move);
  if (moved.outcome == audit::Outcome::kAwaitsSecondHand) {
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(moved.made_id)->Bytes());
    moved = world_.Say(world_.Why(World::System("desk/governance")), COMMAND_NUMBER_SECOND_HAND,
                       second);
  }
  ASSERT_EQ(moved.outcome, audit::Outcome::kApplied) << moved.sentence;
  world_.Settle();
  EXPECT_THAT(world_.MembersOf(world_.Composites()[0]), ElementsAre(three_));
  EXPECT_EQ(world_.Decided(id, kChair)->level(), v1::LEVEL_WITHHELD) << "one is left";
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  EXPECT_EQ(world_.Composites()[0].composite().members_size(), 5)
      << "those that were moved do not come again";
  EXPECT_THAT(world_.Composites(other), IsEmpty());
  const std::string theirs = world_.Breach(kKeeper, world_.BreachOf(other));
  ASSERT_EQ(world_.Composites(other).size(), 1U);
  EXPECT_THAT(world_.MembersOf(world_.Composites(other)[0]), ElementsAre(one_, two_, theirs));
  ExpectReplays();
}

TEST_F(CompositeOfPerson, EndsWithTheErasureOfItsPerson) {
  stored::v1::Publish keyed = world_.BreachOf(world_.nominal);
  SubjectKeyUse& key = *keyed.add_keys();
  key.set_subject_key_id(std::string(16, 'k'));
  key.set_content_class(CONTENT_CLASS_SEGMENT);
  key.set_quarter(200);
  world_.Breach(kPrison, keyed);
  world_.Breach(kPrison);
  world_.Breach(kKeeper);
  ASSERT_EQ(world_.Composites().size(), 1U);
  const std::string id = world_.Composites()[0].publish().event_id();
  ASSERT_EQ(world_.Held(kChair, id).size(), 1U);

  EraseNominal erase;
  erase.set_nominal_id(world_.nominal);
  Applied asked =
      world_.Say(world_.Why(World::System("desk/governance")), COMMAND_NUMBER_ERASE_NOMINAL, erase);
  if (asked.outcome == audit::Outcome::kAwaitsSecondHand) {
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    asked =
        world_.Say(world_.Why(World::System("desk/operator")), COMMAND_NUMBER_SECOND_HAND, second);
  }
  ASSERT_EQ(asked.outcome, audit::Outcome::kApplied) << asked.sentence;
  world_.Settle();
  EXPECT_EQ(world_.Composites()[0].withdrawn(), v1::WITHDRAWAL_REASON_ERASED);
  for (const auto& [obligation, row] : world_.OpenObligations()) {
    EXPECT_NE(row.type(), v1::OBLIGATION_TYPE_CONFIRM_DELETION);
  }
  world_.Breach(kPrison);
  world_.Breach(kKeeper);
  EXPECT_EQ(world_.Composites().size(), 1U) << "what was erased counts no more";
  world_.Breach(kPrison);
  EXPECT_EQ(world_.Composites().size(), 2U) << "what comes after does";
  ExpectReplays();
}

/// It is the broker's own: nobody publishes, amends or withdraws one.
TEST_F(CompositeOfPerson, IsNobodyElsesToSay) {
  stored::v1::Publish forged = world_.BreachOf(world_.nominal);
  forged.set_event_type("composite.breaches.made");
  EXPECT_EQ(world_.Publish(forged, kPrison).reason, v1::ERROR_REASON_EVENT_TYPE_INVALID);
  const std::string id = MakeOne();
  EXPECT_EQ(world_.Withdraw(id, kPrison).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world_.Withdraw(one_, kPrison, v1::WITHDRAWAL_REASON_ERASED).reason,
            v1::ERROR_REASON_FIELD_INVALID);
  AmendEvent amend;
  amend.set_event_id(id);
  amend.mutable_terms()->set_existence_may_be_told(true);
  EXPECT_EQ(
      world_.Say(world_.Why(World::System(kPrison)), COMMAND_NUMBER_AMEND_EVENT, amend).reason,
      v1::ERROR_REASON_NOT_FOUND);
}

/// Old records mean what they meant.
TEST_F(CompositeOfPerson, IsNotMadeByRecordsOfBefore) {
  world_.behaviour_version = kCompositesFrom - 1;
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  world_.Breach(kKeeper);
  EXPECT_THAT(world_.Composites(), IsEmpty());
  stored::v1::Publish forged = world_.BreachOf(world_.nominal);
  forged.set_event_type("composite.breaches.made");
  EXPECT_EQ(world_.Publish(forged, kPrison).outcome, audit::Outcome::kApplied);
  ProposePolicy propose;
  propose.set_policy_text(std::string(kCompositePolicy) + "# another\n");
  EXPECT_EQ(world_.Say(World::System("desk/author"), COMMAND_NUMBER_PROPOSE_POLICY, propose).reason,
            v1::ERROR_REASON_POLICY_INVALID);
}

/// Both sides of what one holds: what comes after the last counts towards the next.
TEST_F(CompositeOfPerson, HoldsSoManyAndNoMore) {
  const std::string id = MakeOne();
  for (int i = 3; i < model::kCompositeMembersMax; ++i) world_.Breach(kPrison);
  ASSERT_EQ(world_.Composites().size(), 1U);
  EXPECT_EQ(world_.Composites()[0].composite().members_size(), model::kCompositeMembersMax);
  EXPECT_EQ(world_.Decided(id, kChair)->members_size(), model::kCompositeMembersMax);
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  ASSERT_EQ(world_.Composites().size(), 1U);
  EXPECT_EQ(world_.Composites()[0].composite().members_size(), model::kCompositeMembersMax);
  world_.Breach(kKeeper);
  ASSERT_EQ(world_.Composites().size(), 2U);
  EXPECT_EQ(world_.Composites()[1].composite().members_size(), 3);
}

/// Both sides of what counts: the newest.
TEST_F(CompositeOfPerson, CountsSoManyAndNoMore) {
  const auto counted = [this] {
    return world_.state.Scan(CountedKey(world_.nominal, "breaches"), 1'000).size();
  };
  for (std::size_t i = 0; i < model::kCompositeCountedMax; ++i) world_.Breach(kPrison);
  EXPECT_EQ(counted(), model::kCompositeCountedMax);
  world_.Breach(kPrison);
  EXPECT_EQ(counted(), model::kCompositeCountedMax);
}

}  // namespace
}  // namespace tearline::machine
