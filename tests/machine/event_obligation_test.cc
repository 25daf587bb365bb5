#include "broker/machine/event_obligation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class EventObligation : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kIntel = EventWorld::kIntel;

  /// The chair received it; it was withdrawn. The obligation of a type, by its only debtor.
  std::string WithdrawnFor(v1::ObligationType type) {
    world_.OpenSession(kChair);
    event_ = world_.PublishOne();
    world_.Withdraw(event_, v1::WITHDRAWAL_REASON_WRONG_PERSON);
    return world_.Open(type).begin()->second;
  }

  EventWorld world_;
  std::string event_;
};

/// Deleted is said by whoever received it, and by nobody in its place; and nothing else will do.
TEST_F(EventObligation, ToDeleteEndsWhenItsDebtorSaysThatItIsDone) {
  const std::string id = WithdrawnFor(v1::OBLIGATION_TYPE_CONFIRM_DELETION);
  world_.PassAndPulse(24 * kHourMs);
  world_.PassAndPulse(24 * kHourMs);
  ASSERT_EQ(world_.OpenObligations().at(id).told_post(), "board/board") << "it climbed";
  EXPECT_EQ(world_.Discharge(id, DISCHARGE_METHOD_DELETED, "board/board").reason,
            v1::ERROR_REASON_NOT_YOUR_POST);
  EXPECT_EQ(world_.Discharge(id, DISCHARGE_METHOD_DELETED, kIntel).reason,
            v1::ERROR_REASON_NOT_FOUND);
  for (const DischargeMethod method : {DISCHARGE_METHOD_OVERTAKEN, DISCHARGE_METHOD_TOLD_OTHERWISE,
                                       DISCHARGE_METHOD_UPHELD, DISCHARGE_METHOD_NOTIFIED}) {
    EXPECT_EQ(world_.Discharge(id, method, kChair).reason, v1::ERROR_REASON_FIELD_INVALID);
  }
  EXPECT_EQ(world_.Discharge(id, DISCHARGE_METHOD_DELETED, kChair).outcome,
            audit::Outcome::kApplied);
  EXPECT_THAT(world_.Open(v1::OBLIGATION_TYPE_CONFIRM_DELETION), IsEmpty());
}

TEST_F(EventObligation, ToReportEndsByTellingOrByJudgingThatNobodyNeedBeTold) {
  for (const DischargeMethod method :
       {DISCHARGE_METHOD_NOTIFIED, DISCHARGE_METHOD_NOT_NOTIFIABLE}) {
    const std::string id = WithdrawnFor(v1::OBLIGATION_TYPE_REPORT_BREACH);
    for (const DischargeMethod other :
         {DISCHARGE_METHOD_OVERTAKEN, DISCHARGE_METHOD_UPHELD, DISCHARGE_METHOD_DELETED}) {
      EXPECT_EQ(world_.Discharge(id, other, kIntel).reason, v1::ERROR_REASON_FIELD_INVALID);
    }
    EXPECT_EQ(world_.Discharge(id, method, kIntel).outcome, audit::Outcome::kApplied);
    EXPECT_THAT(world_.Open(v1::OBLIGATION_TYPE_REPORT_BREACH), IsEmpty());
  }
}

/// The words of a withdrawal end nothing else.
TEST_F(EventObligation, EndsNoOtherKindByItsWords) {
  world_.PublishControlled();
  const auto owed = world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  for (const DischargeMethod method :
       {DISCHARGE_METHOD_DELETED, DISCHARGE_METHOD_NOTIFIED, DISCHARGE_METHOD_NOT_NOTIFIABLE}) {
    EXPECT_EQ(world_.Discharge(owed.begin()->second, method, owed.begin()->first).reason,
              v1::ERROR_REASON_FIELD_INVALID);
  }
}

/// P6. Whoever was not told of the event does not hear of it by way of who must delete it.
TEST_F(EventObligation, IsKeptFromWhomTheEventWasWithheldFrom) {
  SetPost post;
  post.mutable_post()->set_post(EventWorld::kMember);
  post.mutable_post()->add_roles(v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT);
  post.mutable_post()->set_holder("panel-holder");
  post.mutable_post()->set_deputy("panel-deputy");
  post.mutable_post()->add_services("panel-system");
  post.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  post.mutable_post()->mutable_clearance()->set_sensitive(true);
  post.mutable_post()->set_escalates_to(EventWorld::kGuest);
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, post).outcome,
            audit::Outcome::kApplied);
  world_.OpenSession(EventWorld::kMember);
  world_.OpenSession(EventWorld::kGuest);
  const std::string event = world_.PublishOne();
  ASSERT_THAT(world_.Inbox(EventWorld::kGuest), IsEmpty());
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE);
  ASSERT_EQ(world_.Open(v1::OBLIGATION_TYPE_CONFIRM_DELETION).size(), 1u);
  for (int step = 0; step < 4; ++step) world_.PassAndPulse(24 * kHourMs);
  EXPECT_THAT(world_.Inbox(EventWorld::kGuest), IsEmpty());
}

/// Whom an event was about stays out of the notices: that it was about them may be the mistake.
TEST_F(EventObligation, NamesTheEventAndNobody) {
  const std::string id = WithdrawnFor(v1::OBLIGATION_TYPE_CONFIRM_DELETION);
  const ObligationRow row = world_.OpenObligations().at(id);
  EXPECT_EQ(row.nominal_id(), "");
  EXPECT_EQ(row.case_id(), "");
  EXPECT_THAT(row.event_ids(), ElementsAre(event_));
  EXPECT_EQ(row.reason(), v1::RULE_REASON_WITHDRAWN);
}

/// A person's erasure does not end what must be deleted of what was wrongly sent.
TEST_F(EventObligation, OutlastsThePersonsErasure) {
  const std::string id = WithdrawnFor(v1::OBLIGATION_TYPE_CONFIRM_DELETION);
  stored::v1::Publish sealed = world_.Event(world_.nominal);
  SubjectKeyUse& use = *sealed.add_keys();
  use.set_subject_key_id(std::string(model::SubjectKeyId::kBytes, 'a'));
  use.set_content_class(CONTENT_CLASS_SEGMENT);
  world_.Publish(sealed);
  Actor governance = World::System("desk/governance");
  governance.set_purpose("data-protection");
  EraseNominal erase;
  erase.set_nominal_id(world_.nominal);
  SecondHand second;
  second.set_pending_id(
      model::PendingId::Parse(world_.Say(governance, COMMAND_NUMBER_ERASE_NOMINAL, erase).made_id)
          ->Bytes());
  Actor second_hand = World::System("desk/operator");
  second_hand.set_purpose("data-protection");
  ASSERT_EQ(world_.Say(second_hand, COMMAND_NUMBER_SECOND_HAND, second).outcome,
            audit::Outcome::kApplied);
  EXPECT_TRUE(world_.OpenObligations().contains(id));
}

/// A panel is told all at level 3 and nothing at level 1; a post that chairs, and is one of nothing
/// else, is told a tear-line at most; the chair is owed all.
constexpr char kByLevelAndRole[] = R"(id: "world" version: 2 purpose: "For tests."
  rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
    when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
  rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
    reason: RULE_REASON_NEED_TO_KNOW when { nominal { level: MAPPA_LEVEL_1 } } }
  rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_TEAR_LINE
    reason: RULE_REASON_NEED_TO_KNOW when { recipient { role: POST_ROLE_CHAIR } } }
  rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
    when { recipient { seat: SEAT_KIND_CHAIR } }
    oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h"
                      escalate_every: "1h" } })";

struct Relief : testing::TestWithParam<std::uint16_t> {
  Relief() {
    world.PutInForce(kByLevelAndRole);
    world.behaviour_version = GetParam();
  }
  bool IsEnded() const { return GetParam() >= kDutiesKeptFrom; }
  std::size_t Owed() const { return world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(); }
  void ManagedAt(v1::MappaLevel level) {
    SetLevel command = world.To(level);
    command.set_as_fact(true);
    ASSERT_EQ(world.Set(command, ActionWorld::Feed()).sentence, "");
    world.PassAndPulse(0);
  }
  void ChairIs(v1::PostRole role) {
    SetPost set;
    *set.mutable_post() =
        world.state.Find<PostRow>(PostKey(ActionWorld::kChair))->post();
    set.mutable_post()->clear_roles();
    set.mutable_post()->add_roles(role);
    ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  }

  ActionWorld world;
};

INSTANTIATE_TEST_SUITE_P(Versions, Relief, testing::Values(kDutiesKeptFrom - 1, kDutiesKeptFrom));

/// P3. The case is managed at a level at which the panel is told, the past comes to it, and nobody
/// is chased for it any more.
TEST_P(Relief, ComesWithThePast) {
  ChairIs(v1::POST_ROLE_PRACTITIONER);
  ManagedAt(v1::MAPPA_LEVEL_1);
  world.PublishOne();
  ASSERT_EQ(Owed(), 1u);
  ManagedAt(v1::MAPPA_LEVEL_3);
  world.OpenSession(ActionWorld::kChair);
  ASSERT_EQ(world.DecisionFor(ActionWorld::kChair).has_value(), false) << "it came by the pulse";
  EXPECT_THAT(world.Inbox(ActionWorld::kChair), testing::Contains("event full"));
  EXPECT_EQ(Owed(), IsEnded() ? 0u : 1u);
}

/// P3. What waited is told whole as it goes out, for its post is another kind now.
TEST_P(Relief, ComesWithWhatIsToldMoreAsItGoesOut) {
  stored::v1::Publish event = world.Event(world.nominal);
  SealedTearLine& tear_line = *event.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  world.Publish(event);
  ASSERT_EQ(world.DecisionFor(ActionWorld::kChair)->level(), v1::LEVEL_TEAR_LINE);
  ASSERT_EQ(Owed(), 1u);
  ChairIs(v1::POST_ROLE_PRACTITIONER);
  EXPECT_EQ(Owed(), 1u) << "nothing went out yet";
  world.OpenSession(ActionWorld::kChair);
  EXPECT_EQ(world.DecisionFor(ActionWorld::kChair)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(Owed(), IsEnded() ? 0u : 1u);
}

/// Another event of the same obligation is owed as before.
TEST_P(Relief, IsOfWhatWasToldAlone) {
  stored::v1::Publish event = world.Event(world.nominal);
  SealedTearLine& tear_line = *event.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  for (const char* request : {"one", "other"}) {
    event.set_request_id(request);
    event.set_request_digest(std::string(32, request[0]));
    world.Publish(event);
  }
  ChairIs(v1::POST_ROLE_PRACTITIONER);
  world.OpenSession(ActionWorld::kChair, /*window_messages=*/1);
  ASSERT_EQ(Owed(), 1u);
  const auto owed = world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).begin()->second;
  EXPECT_EQ(world.OpenObligations().at(owed).count(), IsEnded() ? 1u : 2u);
}

}  // namespace
}  // namespace tearline::machine
