#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "broker/machine/history.h"
#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kSupervisor[] = "probation/supervisor";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;
constexpr std::int64_t kHourMs = 3'600'000;

/// A policy that owes the supervising post everything, to be read in five days; nobody has a case.
class ApplySupervisor : public testing::Test {
 protected:
  ApplySupervisor() {
    world_.PutInForce(R"(id: "supervised" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { supervising: true } } }
rules { id: "D5" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "120h" escalate_every: "24h" } }
rules { id: "Q1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } })");
    nominal_ = world_.Register(1);
  }

  Applied Name(const std::string& post, const std::string& by = "police/coordinator") {
    SetSupervisor command;
    command.set_nominal_id(nominal_);
    command.set_post(post);
    Actor actor = World::System(by);
    actor.set_purpose("public-protection");
    return world_.Say(actor, COMMAND_NUMBER_SET_SUPERVISOR, command);
  }
  std::string Tell(bool controlled = false) {
    const std::string event_id = world_.NextEventId();
    Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(controlled);
    EXPECT_EQ(world_.Publish(event).outcome, audit::Outcome::kApplied);
    return event_id;
  }
  std::size_t Open(v1::ObligationType type, const std::string& debtor) const {
    const auto all = world_.OpenObligations();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& each) {
      return each.second.type() == type && each.second.debtor_post() == debtor;
    }));
  }

  World world_;
  std::string nominal_;
};

/// P3. A duty to the supervising post reaches it without a case, a seat or a subscription, and
/// whoever does not read is chased.
TEST_F(ApplySupervisor, BringsDutiesToThePostWithoutACase) {
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kSupervisor).has_value()) << "nobody supervises yet";
  ASSERT_EQ(Name(kSupervisor).outcome, audit::Outcome::kApplied);
  world_.PassAndPulse(0);
  world_.OpenSession(kSupervisor);
  Tell();
  ASSERT_TRUE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_EQ(world_.DecisionFor(kSupervisor)->duty(), v1::LEVEL_FULL);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_READ, kSupervisor), 1U);
  world_.PassAndPulse(5 * 24 * kHourMs);
  const auto all = world_.OpenObligations();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const auto& each) {
    return each.second.type() == v1::OBLIGATION_TYPE_READ && each.second.stage() == 1;
  })) << "to the deputy";
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// What was recorded before comes late, as to a new seat; that it came is owed to the supervisor,
/// who has no chair to be told instead.
TEST_F(ApplySupervisor, JudgesWhatWasRecordedBeforeAndMarksItLate) {
  Tell();
  Tell();
  ASSERT_EQ(Name(kSupervisor).outcome, audit::Outcome::kApplied);
  world_.OpenSession(kSupervisor);
  world_.PassAndPulse(0);
  ASSERT_TRUE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_TRUE(world_.DecisionFor(kSupervisor)->late());
  std::size_t late = 0;
  for (const auto& [number, item] : world_.Released(kSupervisor, kUrgent)) late += item.late();
  EXPECT_EQ(late, 2U);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_HISTORY_ARRIVED, kSupervisor), 1U);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_READ, kSupervisor), 0U);
}

/// P3. Less than is owed is chased at whoever can write a tear-line: no officer is named without a
/// case.
TEST_F(ApplySupervisor, ChasesWhatTheSupervisorIsNotTold) {
  Name(kSupervisor);
  Tell(/*controlled=*/true);
  EXPECT_EQ(world_.DecisionFor(kSupervisor)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW, "ct-police/intel"), 1U);
}

/// Another in its place, and nobody: whoever supervises no more hears no more.
TEST_F(ApplySupervisor, EndsWithTheNextAndIsRecorded) {
  Name(kSupervisor);
  ASSERT_EQ(Name("prison/security").outcome, audit::Outcome::kApplied);
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_TRUE(world_.DecisionFor("prison/security").has_value());
  EXPECT_FALSE(world_.state.Get(SupervisedKey(kSupervisor, nominal_)).has_value());
  EXPECT_TRUE(world_.state.Get(SupervisedKey("prison/security", nominal_)).has_value());
  ASSERT_EQ(Name("").outcome, audit::Outcome::kApplied);
  const auto details = world_.Details();
  EXPECT_TRUE(std::any_of(details.begin(), details.end(), [](const Detail& detail) {
    return detail.changed().what() == "supervisor-left" &&
           detail.changed().other() == "prison/security";
  }));
  Tell();
  EXPECT_FALSE(world_.DecisionFor("prison/security").has_value());
  EXPECT_FALSE(world_.state.Get(SupervisedKey("prison/security", nominal_)).has_value());
}

/// P10. Naming a post of one's own agency takes two hands; whoever told something hears of it.
TEST_F(ApplySupervisor, TakesTwoHandsForOnesOwnAndTellsOriginators) {
  Tell();
  const Applied asked = Name(kSupervisor, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  EXPECT_FALSE(world_.state.Get(SupervisedKey(kSupervisor, nominal_)).has_value());
  world_.OpenSession("ct-police/intel");
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  Actor police = World::System("police/coordinator");
  police.set_purpose("public-protection");
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_SECOND_HAND, second).outcome,
            audit::Outcome::kApplied);
  EXPECT_TRUE(world_.state.Get(SupervisedKey(kSupervisor, nominal_)).has_value());
  const auto told = world_.Released("ct-police/intel", v1::URGENCY_ROUTINE);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.begin()->second.kind(), ITEM_KIND_ACCESS_CHANGED);
  EXPECT_EQ(told.begin()->second.other_post(), kSupervisor);
}

/// P10. The same of a number linked to a person whom a post of one's own agency supervises.
TEST_F(ApplySupervisor, MakesALinkTakeTwoHands) {
  Name(kSupervisor);
  LinkIdentifier link;
  link.set_nominal_id(nominal_);
  *link.mutable_identifier() = World::Number(2);
  Actor probation = World::System("probation/coordinator");
  probation.set_purpose("public-protection");
  EXPECT_EQ(world_.Say(probation, COMMAND_NUMBER_LINK_IDENTIFIER, link).outcome,
            audit::Outcome::kAwaitsSecondHand);
}

/// P10. Whoever told something about the person hears when others come to act for the post.
TEST_F(ApplySupervisor, TellsOriginatorsWhenThePostChangesHands) {
  Tell();
  Name(kSupervisor);
  world_.OpenSession("ct-police/intel");
  const std::size_t before = world_.Released("ct-police/intel", v1::URGENCY_ROUTINE).size();
  SetPost set;
  *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kSupervisor))->post();
  set.mutable_post()->set_holder("chair-holder");
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(world_.Released("ct-police/intel", v1::URGENCY_ROUTINE).size(), before + 1);
}

TEST_F(ApplySupervisor, RefusesWhomNobodyKnows) {
  EXPECT_EQ(Name("probation/ghost").reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Name("").reason, v1::ERROR_REASON_ALREADY_EXISTS) << "nobody supervises as it is";
  Name(kSupervisor);
  EXPECT_EQ(Name(kSupervisor).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  nominal_ = std::string(16, 'x');
  EXPECT_EQ(Name(kSupervisor).reason, v1::ERROR_REASON_NOT_FOUND);
}

/// A case that names a supervising post goes before it: then the command brings nobody in.
TEST_F(ApplySupervisor, GivesWayToTheCase) {
  OpenCase open;
  open.mutable_case_()->set_nominal_id(model::NominalId::FromBytes(nominal_)->Text());
  open.mutable_case_()->set_category(v1::MAPPA_CATEGORY_1);
  open.mutable_case_()->set_level(v1::MAPPA_LEVEL_1);
  open.mutable_case_()->set_lead_agency("probation");
  open.mutable_case_()->set_area("north");
  open.mutable_case_()->set_supervising_post(kSupervisor);
  const Applied opened =
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_OPEN_CASE, open);
  ASSERT_EQ(opened.outcome, audit::Outcome::kApplied) << opened.sentence;
  ASSERT_EQ(Name("prison/security").outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(world_.state.Get(HistoryKey(nominal_, "prison/security")).has_value());
  Tell();
  EXPECT_TRUE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_FALSE(world_.DecisionFor("prison/security").has_value());

  // When it ends, whoever was named for the person is who supervises, and what was told comes late.
  EndCase exit;
  exit.set_case_id(model::CaseId::Parse(opened.made_id)->Bytes());
  exit.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
  const Applied ended =
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_END_CASE, exit);
  ASSERT_EQ(ended.outcome, audit::Outcome::kApplied) << ended.sentence;
  world_.PassAndPulse(0);
  ASSERT_TRUE(world_.DecisionFor("prison/security").has_value());
  EXPECT_TRUE(world_.DecisionFor("prison/security")->late());
  Tell();
  EXPECT_TRUE(world_.DecisionFor("prison/security").has_value());
  EXPECT_FALSE(world_.DecisionFor(kSupervisor).has_value());
}

/// A merge takes nobody's work away: whoever supervises one of the nominals supervises the person,
/// and the other's past comes late.
TEST_F(ApplySupervisor, SuperviseThePersonWhenTwoAreOne) {
  ASSERT_EQ(Name(kSupervisor).outcome, audit::Outcome::kApplied);
  const std::string mine = std::exchange(nominal_, world_.Register(2));
  ASSERT_EQ(Name("prison/security").outcome, audit::Outcome::kApplied);
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kSupervisor).has_value());
  ASSERT_EQ(world_.Merge(nominal_, mine).sentence, "");
  world_.PassAndPulse(0);
  ASSERT_TRUE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_TRUE(world_.DecisionFor(kSupervisor)->late());
  Tell();
  EXPECT_TRUE(world_.DecisionFor(kSupervisor).has_value());
  EXPECT_TRUE(world_.DecisionFor("prison/security").has_value());
}

}  // namespace
}  // namespace tearline::machine
