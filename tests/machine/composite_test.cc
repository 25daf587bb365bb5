#include "broker/machine/composite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/obligation.h"
#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

using Row = stored::v1::EventRow;

using Composite = Composing;

/// B4. The third completes it: by the pulse that follows, in a record that says of which, by which
/// rule of which policy.
TEST_F(Composite, IsMadeOfWhatHasCompletedIt) {
  const std::string one = world_.Breach(kPrison);
  const std::string two = world_.Breach(kPrison);
  EXPECT_THAT(world_.Composites(), IsEmpty());
  EXPECT_GT(NextDeadlineMs(world_.state), world_.now_ms) << "nothing to look at yet";
  const std::size_t before = world_.records.size();
  const std::string three = world_.Breach(kKeeper);
  ASSERT_EQ(world_.records.size(), before + 2) << "the publish, and one pulse";

  ASSERT_EQ(world_.Composites().size(), 1U);
  const Row row = world_.Composites()[0];
  const std::string id = row.publish().event_id();
  EXPECT_EQ(row.publish().event_type(), "composite.breaches.made");
  EXPECT_EQ(row.publish().originating_agency(), "broker");
  EXPECT_EQ(row.publish().originating_post() + row.answering_post(), "");
  EXPECT_EQ(row.publish().segments_size(), 0);
  EXPECT_EQ(row.publish().urgency(), v1::URGENCY_URGENT);
  EXPECT_EQ(row.position(), world_.records.size()) << "the only event of its record";
  EXPECT_THAT(row.nominal_ids(), ElementsAre(world_.nominal));
  EXPECT_THAT(world_.MembersOf(row), ElementsAre(one, two, three));

  const auto changes = world_.ChangesSince(before);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].event_id(), id);
  EXPECT_EQ(changes[0].change(), COMPOSITE_CHANGE_MADE);
  EXPECT_EQ(changes[0].rule(), "breaches");
  EXPECT_EQ(changes[0].policy_digest().size(), 32U);
  EXPECT_THAT(changes[0].member_event_ids(), ElementsAre(one, two, three));

  ASSERT_EQ(world_.Held(kChair, id).size(), 1U);
  const ItemRow item = world_.Held(kChair, id)[0];
  EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  EXPECT_EQ(item.segments_size(), 0);
  EXPECT_EQ(item.members_size(), 3);
  EXPECT_EQ(world_.Decided(id, kAccountable)->members_size(), 3);
  EXPECT_EQ(world_.Decided(id, kAccountable)->again(), false);
  ExpectReplays();
}

/// Each says why nothing comes of three.
TEST_F(Composite, IsNotMadeOfWhatDoesNotCount) {
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  EXPECT_THAT(world_.Composites(), IsEmpty()) << "of one agency";

  stored::v1::Publish other = world_.BreachOf(world_.nominal);
  other.set_event_type("custody.recall.ordered");
  world_.Breach(kKeeper, other);
  EXPECT_THAT(world_.Composites(), IsEmpty()) << "of another type";

  stored::v1::Publish past = world_.BreachOf(world_.nominal);
  past.set_occurred_ms(world_.now_ms - 30 * CompositeWorld::kDay);
  past.set_imported(true);
  world_.Breach(kKeeper, past);
  EXPECT_THAT(world_.Composites(), IsEmpty()) << "of before the time";

  world_.Breach(kKeeper, world_.BreachOf(world_.Register(2)));
  EXPECT_THAT(world_.Composites(), IsEmpty()) << "of somebody else";

  past.set_occurred_ms(world_.now_ms - 30 * CompositeWorld::kDay + 1);
  past.set_request_id("within");
  past.set_request_digest(std::string(32, 'w'));
  world_.Breach(kKeeper, past);
  EXPECT_EQ(world_.Composites().size(), 1U) << "imported, but of within the time";
}

TEST_F(Composite, CountsNothingThatWasWithdrawn) {
  world_.Withdraw(world_.Breach(kKeeper), kKeeper);
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  EXPECT_THAT(world_.Composites(), IsEmpty());
  world_.Breach(kKeeper);
  EXPECT_EQ(world_.Composites().size(), 1U);
}

/// There is one: what comes joins it and supersedes what was told. A new run takes the place of the
/// last, without anybody being told that access has ended.
TEST_F(Composite, IsJoinedByWhatComes) {
  const std::string id = MakeOne();
  world_.now_ms += 29 * CompositeWorld::kDay;
  const std::size_t before = world_.records.size();
  const std::string four = world_.Breach(kPrison);
  ASSERT_EQ(world_.Composites().size(), 1U);
  EXPECT_THAT(world_.MembersOf(world_.Composites()[0]), ElementsAre(one_, two_, three_, four));
  ASSERT_EQ(world_.ChangesSince(before).size(), 1U);
  EXPECT_EQ(world_.ChangesSince(before)[0].change(), COMPOSITE_CHANGE_JOINED);
  EXPECT_THAT(world_.ChangesSince(before)[0].member_event_ids(), ElementsAre(four));
  ASSERT_EQ(world_.Held(kChair, id).size(), 1U) << "in place of what it was told";
  EXPECT_TRUE(world_.Held(kChair, id)[0].superseding());
  EXPECT_EQ(world_.Held(kChair, id)[0].members_size(), 4);

  world_.now_ms += 31 * CompositeWorld::kDay;
  world_.Breach(kPrison);
  world_.Breach(kPrison);
  EXPECT_EQ(world_.Held(kChair, id)[0].members_size(), 4) << "two make none";
  world_.Breach(kKeeper);
  ASSERT_EQ(world_.Composites().size(), 1U);
  ASSERT_EQ(world_.Held(kChair, id).size(), 1U) << "and no notice";
  EXPECT_EQ(world_.Held(kChair, id)[0].members_size(), 3);
  EXPECT_EQ(world_.Held(kChair, id)[0].members(0).place(), 4U);
  ExpectReplays();
}

/// P6. What joins and is withheld from the chair changes nothing there: no number, no notice, no
/// label, no time; who may be told sees one more.
TEST_F(Composite, TellsNobodyThatSomethingWithheldHasJoined) {
  const std::string id = MakeOne();
  const auto before = world_.Released(kChair, CompositeWorld::kLane);
  const auto routine = world_.Released(kChair, v1::URGENCY_ROUTINE);
  const auto let_go = world_.state.Find<LetGoRow>(LetGoKey(kChair, id));
  world_.now_ms += CompositeWorld::kDay;
  const std::string secret = world_.SecretBreach();
  ASSERT_EQ(world_.Decided(secret, kChair)->level(), v1::LEVEL_WITHHELD);
  ASSERT_EQ(world_.MembersOf(world_.Composites()[0]).size(), 4U);
  EXPECT_TRUE(world_.Composites()[0].publish().label().marking().sensitive())
      << "the strictest of its members";
  EXPECT_TRUE(world_.Composites()[0].publish().label().originator_controlled());

  const auto after = world_.Released(kChair, CompositeWorld::kLane);
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [number, item] : before) {
    EXPECT_EQ(after.at(number).level(), item.level());
    EXPECT_EQ(after.at(number).members_size(), item.members_size());
    EXPECT_EQ(after.at(number).queued_ms(), item.queued_ms());
    EXPECT_EQ(after.at(number).superseding(), item.superseding());
  }
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_ROUTINE).size(), routine.size());
  EXPECT_EQ(world_.state.Find<LetGoRow>(LetGoKey(kChair, id))->sequence(), let_go->sequence());
  EXPECT_EQ(world_.Decided(id, kAccountable)->members_size(), 4);
}

/// To whom fewer may be told than make one there is none; it is owed all the same, and somebody
/// named sees to it.
TEST_F(Composite, IsWithheldFromWhomTooFewMayBeTold) {
  world_.Breach(kPrison);
  world_.Breach(kKeeper);
  world_.SecretBreach();
  ASSERT_EQ(world_.Composites().size(), 1U);
  const std::string id = world_.Composites()[0].publish().event_id();
  EXPECT_EQ(world_.Decided(id, kAccountable)->level(), v1::LEVEL_FULL);
  const DecisionDetail decision = *world_.Decided(id, kChair);
  EXPECT_EQ(decision.level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(decision.shortfall(), v1::RULE_REASON_TOO_FEW_MEMBERS);
  EXPECT_EQ(decision.members_size(), 0);
  EXPECT_THAT(world_.Held(kChair, id), IsEmpty());
  bool owed = false;
  for (const auto& [key, row] : world_.OpenObligations()) {
    if (row.reason() != v1::RULE_REASON_TOO_FEW_MEMBERS) continue;
    owed = true;
    EXPECT_EQ(row.debtor_post(), kAccountable);
    EXPECT_THAT(row.owed_posts(), ElementsAre(kChair));
  }
  EXPECT_TRUE(owed) << "P3";

  // Its originator lets it be told: the chair has a composite of three, superseding nothing.
  AmendEvent amend;
  amend.set_event_id(world_.MembersOf(world_.Composites()[0])[2]);
  amend.mutable_terms()->set_originator_controlled(false);
  world_.Say(world_.Why(World::System(kIntel)), COMMAND_NUMBER_AMEND_EVENT, amend);
  world_.Settle();
  ASSERT_EQ(world_.Held(kChair, id).size(), 1U);
  EXPECT_EQ(world_.Held(kChair, id)[0].members_size(), 3);
  EXPECT_FALSE(world_.Composites()[0].publish().label().originator_controlled());
  for (const auto& [key, row] : world_.OpenObligations()) {
    EXPECT_NE(row.reason(), v1::RULE_REASON_TOO_FEW_MEMBERS) << "met since";
  }
  ExpectReplays();
}

/// An agency that nobody names counts for none, and who is not cleared sees no marking it is not.
TEST_F(Composite, TellsOfNoAgencyThatAPointerDoesNotName) {
  stored::v1::Publish hidden = world_.BreachOf(world_.nominal);
  hidden.mutable_label()->mutable_marking()->set_sensitive(true);
  hidden.mutable_label()->set_existence_may_be_told(true);
  hidden.mutable_label()->set_pointer_post(kPrison);
  world_.Breach(kPrison, hidden);
  world_.Breach(kKeeper);
  world_.Breach(kKeeper);
  ASSERT_EQ(world_.Composites().size(), 1U);
  const std::string id = world_.Composites()[0].publish().event_id();
  EXPECT_EQ(world_.Decided(id, CompositeWorld::kMember)->shortfall(),
            v1::RULE_REASON_TOO_FEW_MEMBERS)
      << "to it there is one agency";

  hidden.mutable_label()->set_holder_may_be_named(true);
  hidden.set_request_id("named");
  hidden.set_request_digest(std::string(32, 'n'));
  world_.Breach(kPrison, hidden);
  const DecisionDetail told = *world_.Decided(id, CompositeWorld::kMember);
  EXPECT_EQ(told.level(), v1::LEVEL_FULL);
  ASSERT_EQ(told.members_size(), 4);
  EXPECT_EQ(told.members(0).level(), v1::LEVEL_POINTER);
  EXPECT_EQ(told.members(1).level(), v1::LEVEL_FULL);
}

/// Below its number there is none: it is taken back, without a reason (its member was withdrawn, it
/// was not), and what makes one again is the same composite.
TEST_F(Composite, LosesWhatIsWithdrawnAndEndsBelowItsNumber) {
  const std::string id = MakeOne();
  const std::string four = world_.Breach(kPrison);
  std::size_t before = world_.records.size();
  world_.Withdraw(one_, kPrison);
  EXPECT_THAT(world_.MembersOf(world_.Composites()[0]), ElementsAre(two_, three_, four));
  ASSERT_EQ(world_.ChangesSince(before).size(), 1U);
  EXPECT_EQ(world_.ChangesSince(before)[0].change(), COMPOSITE_CHANGE_LEFT);
  EXPECT_EQ(world_.Decided(id, kChair)->members_size(), 3);

  before = world_.records.size();
  world_.Withdraw(three_, kKeeper);
  const auto changes = world_.ChangesSince(before);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].change(), COMPOSITE_CHANGE_ENDED);
  EXPECT_EQ(changes[1].reason(), v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(world_.Decided(id, kChair)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.Decided(id, kChair)->duty(), v1::LEVEL_UNSPECIFIED) << "owed to nobody";
  ASSERT_FALSE(world_.Held(kChair, id).empty());
  EXPECT_EQ(world_.Held(kChair, id).back().kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_EQ(world_.Held(kChair, id).back().withdrawal_reason(), v1::WITHDRAWAL_REASON_UNSPECIFIED);

  world_.Breach(kKeeper);
  ASSERT_EQ(world_.Composites().size(), 1U);
  EXPECT_EQ(world_.Decided(id, kChair)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.Decided(id, kChair)->members_size(), 3);
  ExpectReplays();
}

/// P6. Of a composite that a withheld member keeps up, a post is told what it would be told
/// without.
TEST_F(Composite, TellsNobodyWhatAWithheldMemberKeepsUp) {
  CompositeWorld without;
  std::vector<std::vector<std::string>> told;
  for (CompositeWorld* world : {&world_, &without}) {
    const bool secret = world == &world_;
    const std::string one = world->Breach(kPrison);
    world->Breach(kKeeper);
    if (secret) world->SecretBreach();
    world->now_ms += 20 * CompositeWorld::kDay;
    world->Breach(kPrison);
    if (secret) world->SecretBreach();
    world->now_ms += 20 * CompositeWorld::kDay;
    world->Breach(kPrison);
    world->Breach(kKeeper);
    world->Withdraw(one, kPrison);
    if (secret) world->SecretBreach();
    std::vector<std::string>& words = told.emplace_back();
    for (const auto& [number, item] : world->Released(kChair, CompositeWorld::kLane)) {
      words.push_back(std::to_string(number) + " kind " + std::to_string(item.kind()) + " level " +
                      std::to_string(item.level()) + " members " +
                      std::to_string(item.members_size()) + " superseding " +
                      std::to_string(item.superseded_sequence()) + " of " +
                      std::to_string(item.withdrawn_sequence()) + " reason " +
                      std::to_string(item.withdrawal_reason()));
    }
  }
  EXPECT_FALSE(told[0].empty());
  EXPECT_EQ(told[0], told[1]);
}

/// What must not be seen to any more by whoever was to is owed by whoever answers for what is
/// withheld from the post it is owed to. (Before kOwedBeforeDebtorFrom, for the first member.)
TEST_F(Composite, IsHandedOnToWhoeverAnswersForWhatIsWithheld) {
  for (const bool owed_first : {false, true}) {
    CompositeWorld world(std::string(kCompositePolicy) + R"(
rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } })");
    world.OpenSession(kAccountable);
    world.Breach(kPrison);
    world.Breach(kKeeper);
    world.SecretBreach(kIntel);
    const auto owed_by = [&world] {
      std::vector<std::string> debtors;
      for (const auto& [id, row] : world.OpenObligations()) {
        if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW && row.owed_posts(0) == kChair) {
          debtors.push_back(row.debtor_post());
        }
      }
      return debtors;
    };
    ASSERT_THAT(owed_by(), ElementsAre(kAccountable));
    world.behaviour_version = owed_first ? kOwedBeforeDebtorFrom : kOwedBeforeDebtorFrom - 1;
    LimitAccess limit;
    limit.set_nominal_id(world.nominal);
    limit.add_excluded(kAccountable);
    ASSERT_EQ(world
                  .Say(CompositeWorld::Why(World::System("police/coordinator")),
                       COMMAND_NUMBER_LIMIT_ACCESS, limit)
                  .sentence,
              "");
    world.Settle();
    EXPECT_THAT(owed_by(), ElementsAre(owed_first ? kIntel : kPrison));
    EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
  }
}

}  // namespace
}  // namespace tearline::machine
