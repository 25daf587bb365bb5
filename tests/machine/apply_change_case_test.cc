#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/machine/widen.h"
#include "tests/machine/action_world.h"
#include "tests/machine/changing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;

constexpr char kNext[] = "prison/security";

/// A move between areas: the case goes on, and what it was is kept.
TEST(ApplyChangeCase, ChangesWhoManagesACaseAndKeepsWhoDid) {
  ChangingWorld world;
  ChangeCase command = world.Changing();
  command.set_lead_agency("prison");
  command.set_area("south");
  ASSERT_EQ(world.Change(command).sentence, "");
  const std::string text = world.Case().case_().case_id();
  EXPECT_THAT(world.Changed(), Contains("case-area " + text + " south"));
  EXPECT_THAT(world.Changed(), Contains("case-lead " + text + " prison"));
  const CaseRow row = world.Case();
  EXPECT_EQ(row.case_().lead_agency(), "prison");
  EXPECT_EQ(row.case_().area(), "south");
  EXPECT_EQ(row.case_().level(), v1::MAPPA_LEVEL_3);
  EXPECT_EQ(row.case_().seats_size(), 3);
  ASSERT_EQ(row.changes_size(), 1);
  EXPECT_EQ(row.changes(0).lead_agency(), "probation");
  EXPECT_EQ(row.changes(0).area(), "north");
  EXPECT_EQ(row.changes(0).level(), v1::MAPPA_LEVEL_3);
  EXPECT_EQ(row.changes(0).changed_by(), "police/coordinator");
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

TEST(ApplyChangeCase, RefusesWhatThereIsNot) {
  struct Row {
    const char* what;
    void (*ask)(ChangeCase&);
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {"nothing", [](ChangeCase&) {}, v1::ERROR_REASON_WRONG_STATE},
      {"what it has", [](ChangeCase& c) { c.set_area("north"); }, v1::ERROR_REASON_WRONG_STATE},
      {"nobody in place of nobody", [](ChangeCase& c) { c.set_unsupervised(true); },
       v1::ERROR_REASON_WRONG_STATE},
      {"a lead nobody knows", [](ChangeCase& c) { c.set_lead_agency("ghosts"); },
       v1::ERROR_REASON_NOT_FOUND},
      {"a post nobody knows", [](ChangeCase& c) { c.set_supervising_post("prison/ghost"); },
       v1::ERROR_REASON_NOT_FOUND},
      {"no area", [](ChangeCase& c) { c.set_area("No Area"); }, v1::ERROR_REASON_NAME_INVALID},
      {"somebody and nobody",
       [](ChangeCase& c) {
         c.set_supervising_post(kNext);
         c.set_unsupervised(true);
       },
       v1::ERROR_REASON_FIELD_INVALID},
      {"another case", [](ChangeCase& c) { c.set_case_id(std::string(16, 'x')); },
       v1::ERROR_REASON_NOT_FOUND},
  };
  ChangingWorld world;
  for (const Row& row : rows) {
    ChangeCase command = world.Changing();
    row.ask(command);
    EXPECT_EQ(world.Change(command).reason, row.reason) << row.what;
  }
  ASSERT_EQ(world.Set(world.Exit()).sentence, "");
  ChangeCase late = world.Changing();
  late.set_area("south");
  EXPECT_EQ(world.Change(late).reason, v1::ERROR_REASON_WRONG_STATE) << "it has ended";
}

/// P10. That one's own agency leads, or a post of it supervises, takes two hands; originators hear.
TEST(ApplyChangeCase, AwaitsASecondHandForTheAuthorsOwn) {
  ChangingWorld world;
  world.PublishOne();
  ChangeCase lead = world.Changing();
  lead.set_lead_agency("police");
  EXPECT_EQ(world.Change(lead).outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(world.Supervise("police/panel").outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(world.Case().case_().lead_agency(), "probation");
  world.OpenSession(ChangingWorld::kIntel);
  lead.set_lead_agency("prison");
  ASSERT_EQ(world.Change(lead).outcome, audit::Outcome::kApplied);
  bool told = false;
  for (const auto& [number, item] : world.Released(ChangingWorld::kIntel, v1::URGENCY_ROUTINE)) {
    told = told || (item.kind() == ITEM_KIND_ACCESS_CHANGED && item.other_agency() == "prison");
  }
  EXPECT_TRUE(told);
}

/// Whoever supervises from now on is owed what the one before was, and takes it over.
TEST(ApplyChangeCase, HandsOnTheSupervision) {
  ChangingWorld world;
  world.PutInForce(R"(id: "supervised" version: 2
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } })");
  ASSERT_EQ(world.Supervise("probation/supervisor").sentence, "");
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_TAKE_OVER).empty()) << "nobody did before";
  world.OpenSession(kNext);
  world.PublishOne();
  const auto before = world.Open(v1::OBLIGATION_TYPE_READ);
  ASSERT_EQ(before.size(), 1u);
  const std::int64_t due_ms = world.Owed(before.at("probation/supervisor")).due_ms();
  world.now_ms += 3'600'000;
  ASSERT_EQ(world.Supervise(kNext).sentence, "");
  EXPECT_THAT(world.Inbox(kNext), Contains("event full"));
  const auto after = world.Open(v1::OBLIGATION_TYPE_READ);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(world.Owed(after.at(kNext)).due_ms(), due_ms);
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_TAKE_OVER).contains(kNext));
  EXPECT_EQ(world.Case().changes(1).supervising_post(), "probation/supervisor");
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

/// Whoever was named for the person supervises it where the case names nobody any more.
TEST(ApplyChangeCase, LeavesTheSupervisionToWhoWasNamedForThePerson) {
  ChangingWorld world;
  ASSERT_EQ(world.Supervise("probation/supervisor").sentence, "");
  SetSupervisor named;
  named.set_nominal_id(world.nominal);
  named.set_post(kNext);
  Actor asking = World::System("police/coordinator");
  asking.set_purpose("public-protection");
  ASSERT_EQ(world.Say(asking, COMMAND_NUMBER_SET_SUPERVISOR, named).sentence, "");
  world.PublishOne();
  EXPECT_FALSE(world.DecisionFor(kNext).has_value()) << "the case's goes before";
  ChangeCase command = world.Changing();
  command.set_unsupervised(true);
  ASSERT_EQ(world.Change(command).sentence, "");
  world.PassAndPulse(0);
  EXPECT_TRUE(world.DecisionFor(kNext).has_value()) << "late";
  world.PublishOne();
  EXPECT_TRUE(world.DecisionFor(kNext).has_value());
  EXPECT_FALSE(world.DecisionFor("probation/supervisor").has_value());
}

/// Who was told less, and must read it from now on in another's place, is told the rest at once, in
/// the place of that; what was owed to them is owed no more; and nobody need see to its coming.
TEST(ApplyChangeCase, HandsOnWhatTheNextWasToldLessOf) {
  ChangingWorld world;
  world.PutInForce(R"(id: "supervised" version: 2
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } }
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_GUEST } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "8h" } })");
  ASSERT_EQ(world.Supervise("probation/supervisor").sentence, "");
  world.OpenSession(ChangingWorld::kGuest);
  Publish event = world.Event(world.nominal);
  event.mutable_label()->set_existence_may_be_told(true);
  event.mutable_label()->set_pointer_post("ct-police/intel");
  ASSERT_EQ(world.World::Publish(event).sentence, "");
  ASSERT_THAT(world.Inbox(ChangingWorld::kGuest), Contains("event pointer"));
  ASSERT_EQ(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(), 1u);
  const std::int64_t due_ms =
      world.Owed(world.Open(v1::OBLIGATION_TYPE_READ).at("probation/supervisor")).due_ms();
  world.now_ms += 3'600'000;
  ASSERT_EQ(world.Supervise(ChangingWorld::kGuest).sentence, "");
  EXPECT_THAT(world.Inbox(ChangingWorld::kGuest), Contains("event full supersedes 1"));
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).empty());
  for (int i = 0; i < 4; ++i) world.PassAndPulse(0);
  const auto reads = world.Open(v1::OBLIGATION_TYPE_READ);
  ASSERT_EQ(reads.size(), 1u);
  EXPECT_EQ(world.Owed(reads.at(ChangingWorld::kGuest)).due_ms(), due_ms);
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_HISTORY_ARRIVED).empty());
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

/// P10. Where that is a post of the author's own agency it takes two hands: it sees more from then
/// on.
TEST(ApplyChangeCase, LeavesTheSupervisionToTheAuthorsOwnByTwoHands) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kLeftToOwnFrom - 1), kLeftToOwnFrom}) {
    ChangingWorld world;
    ASSERT_EQ(world.Supervise("probation/supervisor").sentence, "");
    SetSupervisor named;
    named.set_nominal_id(world.nominal);
    named.set_post("police/panel");
    Actor asking = World::System("probation/coordinator");
    asking.set_purpose("public-protection");
    ASSERT_EQ(world.Say(asking, COMMAND_NUMBER_SET_SUPERVISOR, named).outcome,
              audit::Outcome::kApplied);
    world.behaviour_version = version;
    ChangeCase command = world.Changing();
    command.set_unsupervised(true);
    const Applied asked = world.Change(command);
    EXPECT_EQ(asked.outcome, version < kLeftToOwnFrom ? audit::Outcome::kApplied
                                                      : audit::Outcome::kAwaitsSecondHand);
    if (version < kLeftToOwnFrom) continue;
    EXPECT_EQ(world.Case().case_().supervising_post(), "probation/supervisor");
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    ASSERT_EQ(world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, second)
                  .sentence,
              "");
    EXPECT_EQ(world.Case().case_().supervising_post(), "");
  }
}

/// P10. Where it leaves the supervision to a post of the author's own agency that was named for the
/// person it takes two hands, as leaving it in a case that goes on does: that post sees more from
/// then on. What is so already, by another system, waits for nobody.
TEST(ApplyChangeCase, EndsACaseThatLeavesThePersonToTheAuthorsOwnByTwoHands) {
  const auto chair = World::System(ActionWorld::kChair);
  const auto end = [&](const std::string& named, const std::string& of_the_case,
                       std::uint16_t version, bool as_fact) {
    ChangingWorld world;
    EXPECT_EQ(world.Supervise(of_the_case).sentence, "");
    SetSupervisor supervisor;
    supervisor.set_nominal_id(world.nominal);
    supervisor.set_post(named);
    Actor asking = World::System("police/coordinator");
    asking.set_purpose("public-protection");
    EXPECT_EQ(world.Say(asking, COMMAND_NUMBER_SET_SUPERVISOR, supervisor).outcome,
              audit::Outcome::kApplied);
    world.behaviour_version = version;
    EndCase command = world.Exit();
    command.set_as_fact(as_fact);
    const Applied asked = world.Set(command, as_fact ? ActionWorld::Feed() : chair);
    if (asked.outcome != audit::Outcome::kAwaitsSecondHand) {
      EXPECT_NE(world.Case().ended_ms(), 0) << asked.sentence;
      return asked.outcome;
    }
    EXPECT_EQ(world.Case().ended_ms(), 0);
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    EXPECT_NE(world.Say(chair, COMMAND_NUMBER_SECOND_HAND, second).sentence, "") << "the same hand";
    const Actor other = World::System("police/coordinator");
    EXPECT_EQ(world.Say(other, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
    EXPECT_NE(world.Case().ended_ms(), 0);
    world.PublishOne();
    EXPECT_TRUE(world.DecisionFor(named).has_value()) << "it supervises from then on";
    return asked.outcome;
  };
  constexpr char kOwn[] = "probation/supervisor";
  constexpr char kOther[] = "prison/security";
  constexpr auto kWaits = audit::Outcome::kAwaitsSecondHand;
  constexpr auto kDone = audit::Outcome::kApplied;
  EXPECT_EQ(end(kOwn, kOther, kLeftToOwnFrom, false), kWaits);
  EXPECT_EQ(end(kOwn, kOther, kLeftToOwnFrom - 1, false), kDone) << "as it was";
  EXPECT_EQ(end(kOwn, kOther, kLeftToOwnFrom, true), kDone) << "a fact";
  EXPECT_EQ(end(kOther, kOwn, kLeftToOwnFrom, false), kDone) << "another agency's";
  EXPECT_EQ(end(kOwn, kOwn, kLeftToOwnFrom, false), kDone) << "it supervises already";
}

}  // namespace
}  // namespace tearline::machine
