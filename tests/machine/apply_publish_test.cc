#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class ApplyPublish : public testing::Test {
 protected:
  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_,
                                      {{"probation/chair", v1::SEAT_KIND_CHAIR},
                                       {"police/panel", v1::SEAT_KIND_MEMBER},
                                       {"education/guest", v1::SEAT_KIND_GUEST}},
                                      "ct-police/accountable");
};

/// P3. Every post the case brings in has a recorded outcome, the guest's silence too.
TEST_F(ApplyPublish, RecordsADecisionForEveryPostOfTheCase) {
  EXPECT_EQ(world_.Publish(world_.Event(nominal_)).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.DecisionFor("probation/chair")->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.DecisionFor("police/panel")->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.DecisionFor("ct-police/accountable")->level(), v1::LEVEL_FULL);
  ASSERT_TRUE(world_.DecisionFor("education/guest").has_value());
  EXPECT_EQ(world_.DecisionFor("education/guest")->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.Waiting("education/guest", v1::URGENCY_URGENT), 0u)
      << "withheld leaves no trace";
  EXPECT_FALSE(world_.DecisionFor("prison/security").has_value());
}

TEST_F(ApplyPublish, CitesRulesAndPolicy) {
  world_.Publish(world_.Event(nominal_));
  const DecisionDetail decision = *world_.DecisionFor("probation/chair");
  ASSERT_GT(decision.rules_size(), 0);
  EXPECT_EQ(decision.rules(0), "G1");
  EXPECT_EQ(decision.policy_digest().size(), 32u);
}

/// P1. A request id means one event for ever; a retry answers as the first time.
TEST_F(ApplyPublish, AnswersARetryAsTheFirstTime) {
  const stored::v1::Publish event = world_.Event(nominal_);
  const Applied first = world_.Publish(event);
  world_.now_ms += 1000;
  const Applied again = world_.Publish(event);
  EXPECT_EQ(again.outcome, audit::Outcome::kRepeated);
  EXPECT_EQ(again.made_id, first.made_id);
  EXPECT_EQ(again.leaf_hash, first.leaf_hash);
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(again.stamp_ms, first.stamp_ms);
  EXPECT_EQ(world_.Waiting("probation/chair", v1::URGENCY_URGENT), 1u) << "told once";
}

TEST_F(ApplyPublish, RefusesARequestIdReusedForOtherContent) {
  stored::v1::Publish event = world_.Event(nominal_);
  world_.Publish(event);
  event.set_request_digest(std::string(32, 'o'));
  EXPECT_EQ(world_.Publish(event).reason, v1::ERROR_REASON_REQUEST_ID_REUSED);
}

/// A request id is its agency's own: another agency's same id is another request.
TEST_F(ApplyPublish, ScopesRequestIdsToTheAgency) {
  stored::v1::Publish event = world_.Event(nominal_);
  EXPECT_EQ(world_.Publish(event, "ct-police/intel").outcome, audit::Outcome::kApplied);
  event.set_request_digest(std::string(32, 'o'));
  EXPECT_EQ(world_.Publish(event, "prison/security").outcome, audit::Outcome::kApplied);
}

/// P6. An unknown person gets a provisional nominal, and the publisher the same answer as ever.
TEST_F(ApplyPublish, MakesAProvisionalNominalForANumberNobodyHas) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.clear_nominals();
  *event.add_nominals()->add_identifiers() = World::Number(77);
  const Applied unknown = world_.Publish(event);
  EXPECT_EQ(unknown.outcome, audit::Outcome::kApplied);
  event = world_.Event(nominal_);
  event.clear_nominals();
  *event.add_nominals()->add_identifiers() = World::Number(77);
  world_.Publish(event);
  EXPECT_EQ(world_.state.Scan(state::Key(state::Table::kNominal), 100).size(), 2u)
      << "the second event is about the same provisional nominal";
}

TEST_F(ApplyPublish, FindsAPersonByAnyNumberGiven) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.clear_nominals();
  StoredNominal& person = *event.add_nominals();
  *person.add_identifiers() = World::Number(88);  // unknown
  *person.add_identifiers() = World::Number(1);   // the nominal's
  world_.Publish(event);
  EXPECT_TRUE(world_.DecisionFor("probation/chair").has_value());
}

/// Nobody escapes deadlines by calling today history.
TEST_F(ApplyPublish, BelievesHistoryOnlyOfAnIntakePost) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.set_imported(true);
  EXPECT_EQ(world_.Publish(event).reason, v1::ERROR_REASON_NOT_PERMITTED);
}

v1::Grading Graded(v1::HandlingCode handling) {
  v1::Grading grading;
  grading.set_source(v1::SOURCE_GRADE_RELIABLE);
  grading.set_information(v1::INFORMATION_GRADE_CORROBORATED);
  grading.set_handling(handling);
  if (handling == v1::HANDLING_CODE_CONDITIONS) {
    grading.set_action(v1::ACTION_CODE_A1);
    grading.set_sanitisation(v1::SANITISATION_CODE_S2);
  }
  return grading;
}

struct Row {
  const char* what;
  void (*spoil)(stored::v1::Publish&);
  v1::ErrorReason reason;
};

const Row kRows[] = {
    // what is wrong              how                                                 reason
    {"no lane", [](auto& event) { event.clear_urgency(); }, v1::ERROR_REASON_FIELD_INVALID},
    {"a type that is no type", [](auto& event) { event.set_event_type("Not A Type"); },
     v1::ERROR_REASON_EVENT_TYPE_INVALID},
    {"above the broker's tier",
     [](auto& event) {
       event.mutable_label()->mutable_marking()->set_tier(v1::TIER_SECRET);
       event.mutable_label()->mutable_marking()->set_sensitive(false);
     },
     v1::ERROR_REASON_ABOVE_ACCREDITATION},
    {"an item handled more strictly than its report",
     [](auto& event) {
       *event.mutable_label()->mutable_grading() = Graded(v1::HANDLING_CODE_PERMITTED);
       *event.mutable_segments(0)->mutable_grading() = Graded(v1::HANDLING_CODE_CONDITIONS);
     },
     v1::ERROR_REASON_LABEL_INVALID},
    {"a pointer to a post nobody knows",
     [](auto& event) {
       event.mutable_label()->set_existence_may_be_told(true);
       event.mutable_label()->set_pointer_post("police/ghost");
     },
     v1::ERROR_REASON_NOT_FOUND},
    {"a nominal nobody knows",
     [](auto& event) { event.mutable_nominals(0)->set_nominal_id(std::string(16, 'x')); },
     v1::ERROR_REASON_NOT_FOUND},
};

/// The other side of the tier: what the broker is accredited for, to the brim, it holds.
TEST_F(ApplyPublish, HoldsWhatItIsAccreditedForAndRemembersWhy) {
  stored::v1::Publish event = world_.Event(nominal_);
  EXPECT_TRUE(event.label().marking().sensitive());
  *event.mutable_label()->mutable_grading() = Graded(v1::HANDLING_CODE_CONDITIONS);
  *event.mutable_segments(0)->mutable_grading() = Graded(v1::HANDLING_CODE_PERMITTED);
  event.mutable_label()->mutable_marking()->add_descriptors(v1::MARKING_DESCRIPTOR_PERSONAL_DATA);
  event.set_originating_agency("ct-police");
  event.set_originating_post("ct-police/intel");
  event.set_event_id(world_.NextEventId());
  Actor actor = World::System("ct-police/intel");
  actor.set_purpose("public-protection");
  actor.set_legal_basis("CJA2003-325-4");
  const Applied applied =
      world_.Say(actor, COMMAND_NUMBER_PUBLISH, event.SerializeAsString(), /*segments=*/1);
  ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  const auto row = world_.state.Find<EventRow>(EventKey(event.event_id()));
  EXPECT_EQ(row->purpose(), "public-protection");
  EXPECT_EQ(row->legal_basis(), "CJA2003-325-4");
}

TEST_F(ApplyPublish, RefusesWithAReasonAndChangesNothing) {
  for (const Row& row : kRows) {
    stored::v1::Publish event = world_.Event(nominal_);
    row.spoil(event);
    const Applied applied = world_.Publish(event);
    EXPECT_EQ(applied.outcome, audit::Outcome::kRefused) << row.what;
    EXPECT_EQ(applied.reason, row.reason) << row.what;
    EXPECT_FALSE(applied.sentence.empty()) << row.what;
  }
  EXPECT_TRUE(world_.state.Scan(state::Key(state::Table::kEvent), 10).empty());
}

/// An adapter publishes for the agencies the directory names, and for no other.
TEST_F(ApplyPublish, LetsAnAdapterSpeakOnlyForThoseItIsRecordedFor) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.set_originating_agency("prison");
  event.set_event_id(
      crypto::Sha256({"tearline event id",
                      crypto::Sha256("seed " + std::to_string(world_.records.size() + 1)).View()})
          .Bytes()
          .substr(0, 16));
  EXPECT_EQ(world_
                .Say(World::System("ct-police/intel"), COMMAND_NUMBER_PUBLISH,
                     event.SerializeAsString(), 1)
                .reason,
            v1::ERROR_REASON_NOT_PERMITTED);
}

/// An event about nobody is kept, and told to nobody.
TEST_F(ApplyPublish, AcceptsAnEventAboutNobody) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.clear_nominals();
  event.mutable_segments(0)->clear_nominal_indexes();
  EXPECT_EQ(world_.Publish(event).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Details().size(), 3u) << "who asked, what was published and what was accepted";
}

/// What the broker prepared badly is our fault, and says so.
TEST_F(ApplyPublish, KeepsWhatWasPreparedBadlyAsUnappliable) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.mutable_segments(0)->set_nominal_indexes(0, 5);
  EXPECT_EQ(world_.Publish(event).outcome, audit::Outcome::kUnappliable);
  event = world_.Event(nominal_);
  event.clear_segments();
  EXPECT_EQ(world_.Publish(event).outcome, audit::Outcome::kUnappliable);
}

}  // namespace
}  // namespace tearline::machine
