#include "broker/machine/apply_information_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/information_request.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;

constexpr std::int64_t kDayMs = RequestWorld::kDayMs;
constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST;
constexpr v1::ObligationType kReview = v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL;
constexpr v1::InformationOutcome kNothing = v1::INFORMATION_OUTCOME_NOTHING_KNOWN;
constexpr v1::InformationOutcome kAnswered = v1::INFORMATION_OUTCOME_ANSWERED;

class ApplyInformationRequest : public testing::Test {
 protected:
  static constexpr const char* kChair = RequestWorld::kChair;
  static constexpr const char* kChecks = RequestWorld::kChecks;
  static constexpr const char* kAbove = RequestWorld::kAbove;
  static constexpr const char* kHealth = RequestWorld::kHealth;
  static constexpr const char* kSupervisor = RequestWorld::kSupervisor;

  v1::ErrorReason Refused(const AskForInformation& command, const std::string& post = kChair) {
    return world_.Ask(command, post).reason;
  }
  RequestWorld world_;
};

/// A domestic-abuse check goes to whoever does them, who owes the answer by the time.
TEST_F(ApplyInformationRequest, AsksWhoDoesDomesticAbuseChecks) {
  const Applied made = world_.Ask(world_.Asking());
  ASSERT_EQ(made.outcome, audit::Outcome::kApplied) << made.sentence;
  ASSERT_TRUE(made.made_id.starts_with("rfi_"));
  EXPECT_EQ(world_.Said("information-request", "domestic-abuse-check"), 1);
  EXPECT_EQ(world_.Said("information-asked", kChecks), 1);
  const std::string id = model::InformationRequestId::Parse(made.made_id)->Bytes();
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks));
  const InformationRequestRow row = world_.RowOf(id);
  EXPECT_EQ(row.nominal_id(), world_.nominal);
  EXPECT_EQ(row.asked_by().post(), kChair);
  EXPECT_EQ(row.asked_by().purpose(), "public-protection");
  EXPECT_EQ(row.asked_by().legal_basis(), "CJA2003-325-4");
  const auto owed = world_.state.Find<ObligationRow>(ObligationKey(world_.Open(kOwed).at(kChecks)));
  EXPECT_EQ(owed->reason(), v1::RULE_REASON_INFORMATION_ASKED);
  EXPECT_EQ(owed->due_ms(), world_.now_ms + 8 * kDayMs);
  EXPECT_EQ(owed->information_request_id(), id);
  EXPECT_EQ(owed->nominal_id(), world_.nominal);
  EXPECT_EQ(owed->case_id(), world_.case_id);
  EXPECT_EQ(owed->owed_posts_size(), 0);
}

TEST_F(ApplyInformationRequest, NeedsPurposeAndLegalBasis) {
  Actor actor = World::System(kChair);
  const auto say = [&] {
    return world_.Say(actor, COMMAND_NUMBER_ASK_FOR_INFORMATION, world_.Asking()).reason;
  };
  EXPECT_EQ(say(), v1::ERROR_REASON_PURPOSE_REQUIRED);
  actor.set_purpose("public-protection");
  EXPECT_EQ(say(), v1::ERROR_REASON_LEGAL_BASIS_REQUIRED);
  actor.set_legal_basis("CJA2003-325-4");
  EXPECT_EQ(say(), v1::ERROR_REASON_UNSPECIFIED);
}

/// P6. Of a person or a case the post has nothing to do with, as of none.
TEST_F(ApplyInformationRequest, IsForWhoHasToDoWithThePerson) {
  EXPECT_EQ(Refused(world_.AskingOf(kHealth), kSupervisor), v1::ERROR_REASON_UNSPECIFIED);
  AskForInformation none = world_.AskingOf(kHealth);
  none.set_nominal_id(std::string(16, 'x'));
  const Applied stranger = world_.Ask(world_.AskingOf(kHealth), kChair);
  EXPECT_EQ(stranger.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(stranger.sentence, world_.Ask(none, kChair).sentence);

  EXPECT_EQ(Refused(world_.Asking(), "police/panel"), v1::ERROR_REASON_UNSPECIFIED);
  AskForInformation no_case = world_.Asking();
  no_case.set_case_id(std::string(16, 'x'));
  const Applied outside = world_.Ask(world_.Asking(), kSupervisor);
  EXPECT_EQ(outside.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(outside.sentence, world_.Ask(no_case, kSupervisor).sentence);
}

TEST_F(ApplyInformationRequest, IsAboutTheCasesPerson) {
  AskForInformation command = world_.Asking();
  command.set_nominal_id(world_.nominal);
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_UNSPECIFIED);
  world_.PublishFor("", world_.other, "police/panel");
  command.set_nominal_id(world_.other);
  EXPECT_EQ(Refused(command, "police/panel"), v1::ERROR_REASON_FIELD_INVALID);
  command.clear_nominal_id();
  command.clear_case_id();
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  world_.Merge(world_.other, world_.nominal);
  command = world_.Asking();
  command.set_nominal_id(world_.other);
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_UNSPECIFIED) << "one person by two nominals";
}

TEST_F(ApplyInformationRequest, IsRefusedWhatIsNotWhole) {
  AskForInformation command = world_.Asking();
  command.set_kind(v1::INFORMATION_REQUEST_KIND_UNSPECIFIED);
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  command.set_kind(static_cast<v1::InformationRequestKind>(14));
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  command = world_.Asking();
  command.set_area("North East");
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_NAME_INVALID);
  EXPECT_EQ(Refused(world_.Asking(0)), v1::ERROR_REASON_TIME_INVALID);
  const std::int64_t most = model::kPanelDueMax.count();
  EXPECT_EQ(Refused(world_.Asking(most + 1)), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Refused(world_.Asking(most)), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Refused(world_.Asking(1)), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(ApplyInformationRequest, LeavesOnlySoManyOpen) {
  std::string last;
  for (std::size_t i = 0; i < model::kOpenInformationRequestsMax; ++i) last = world_.Ask();
  EXPECT_EQ(Refused(world_.Asking()), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(Refused(world_.Asking(), "police/panel"), v1::ERROR_REASON_UNSPECIFIED)
      << "another post's are its own";
  world_.Answer(last, kNothing);
  EXPECT_EQ(Refused(world_.Asking()), v1::ERROR_REASON_UNSPECIFIED) << "one has closed";
}

/// The words of a question are an event: whoever is asked is told as policy lets them be, and no
/// event that the asker was not told of can be named.
TEST_F(ApplyInformationRequest, HasItsWordsToldAsPolicySays) {
  const std::string words = world_.PublishFor(kChecks, world_.nominal, kChair);
  AskForInformation command = world_.Asking();
  command.set_event_id(words);
  command.add_ask()->set_agency("police");
  command.add_ask()->set_agency("health");
  world_.OpenSession(kChecks);
  world_.OpenSession(kHealth);
  ASSERT_EQ(Refused(command), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_TRUE(KnowsOf(words, kChecks, world_.state)) << "it was released to them";
  EXPECT_FALSE(KnowsOf(words, kHealth, world_.state)) << "and not to them";

  const std::string others = world_.PublishFor("", world_.other, kHealth);
  command.set_event_id(others);
  const Applied not_told = world_.Ask(command);
  EXPECT_EQ(not_told.reason, v1::ERROR_REASON_NOT_FOUND);
  command.set_event_id(std::string(16, 'x'));
  EXPECT_EQ(world_.Ask(command).sentence, not_told.sentence);
}

/// Somebody else's event is named to who knows of it, and offered to nobody: that is its
/// originator's to do.
TEST_F(ApplyInformationRequest, OffersNobodyElsesWords) {
  const std::string words = world_.PublishFor(kHealth, world_.nominal, "police/panel");
  world_.OpenSession(kChair);
  AskForInformation command = world_.Asking();
  command.set_event_id(words);
  command.add_ask()->set_agency("health");
  ASSERT_EQ(Refused(command), v1::ERROR_REASON_UNSPECIFIED);
  world_.OpenSession(kHealth);
  EXPECT_FALSE(KnowsOf(words, kHealth, world_.state));
}

/// An answer is an event like any other: judged, told, and named.
TEST_F(ApplyInformationRequest, IsAnsweredByAnEventThatPolicyTells) {
  const std::string id =
      model::InformationRequestId::Parse(world_.Ask(world_.AskingOf(kChecks), kSupervisor).made_id)
          ->Bytes();
  const std::string event = world_.PublishFor(kSupervisor, world_.other);
  const Applied answered = world_.AnswerBy(id, event);
  ASSERT_EQ(answered.outcome, audit::Outcome::kApplied) << answered.sentence;
  EXPECT_EQ(world_.Said("information-answered", kChecks), 1);
  EXPECT_EQ(world_.Said("information-closed", kSupervisor), 1);
  EXPECT_EQ(world_.RowOf(id).asked(0).answer_event_id(), event);
  EXPECT_EQ(world_.OpenObligations().size(), 0u);
  world_.OpenSession(kSupervisor);
  EXPECT_TRUE(KnowsOf(event, kSupervisor, world_.state));
}

/// Never past policy: what the asker is not told does not answer, and nothing of the try stays.
TEST_F(ApplyInformationRequest, IsNotAnsweredByWhatPolicyWithholds) {
  const std::string id =
      model::InformationRequestId::Parse(world_.Ask(world_.AskingOf(kHealth), kSupervisor).made_id)
          ->Bytes();
  // Their supervisor is told nothing by these rules, unless by name.
  const std::string event = world_.PublishFor("", world_.other, kHealth);
  EXPECT_EQ(world_.AnswerBy(id, event, kHealth).reason, v1::ERROR_REASON_ANSWER_NOT_TOLD);
  EXPECT_EQ(world_.Open(kOwed).count(kHealth), 1u);
  EXPECT_THAT(world_.Asked(id), ElementsAre(kHealth));
  world_.OpenSession(kSupervisor);
  EXPECT_FALSE(KnowsOf(event, kSupervisor, world_.state));
}

/// Nothing is told to a post that is out of reach: its answer waits until it is back.
TEST_F(ApplyInformationRequest, IsNotAnsweredWhileWhoAskedIsOutOfReach) {
  const std::string request = world_.Ask();
  const std::string event = world_.PublishFor(kChair, world_.nominal);
  const auto suspend = [this](bool suspended) {
    SetSuspension command;
    command.set_agency("probation");
    command.set_suspended(suspended);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, command);
  };
  suspend(true);
  const Applied early = world_.AnswerBy(request, event);
  EXPECT_EQ(early.reason, v1::ERROR_REASON_ANSWER_NOT_TOLD);
  EXPECT_THAT(early.sentence, testing::HasSubstr("out of reach"));
  suspend(false);
  EXPECT_EQ(world_.AnswerBy(request, event).outcome, audit::Outcome::kApplied);
}

/// Under whichever nominal the person was named, a case's request is about the case's own: were the
/// two parted, it would still hold its case, and show it nobody else.
TEST_F(ApplyInformationRequest, IsAboutTheCasesOwnNominal) {
  MergeNominals merge;
  merge.set_removed_id(world_.other);
  merge.set_surviving_id(world_.nominal);
  Actor health = World::System(kHealth);
  health.set_purpose("correction");
  ASSERT_EQ(world_.Say(health, COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
            audit::Outcome::kApplied);
  AskForInformation command = world_.Asking();
  command.set_nominal_id(world_.other);
  const Applied made = world_.Ask(command);
  ASSERT_EQ(made.sentence, "");
  EXPECT_EQ(world_.RowOf(model::InformationRequestId::Parse(made.made_id)->Bytes()).nominal_id(),
            world_.nominal);
}

/// The answering agency's own event, about this person, known to the post, and standing.
TEST_F(ApplyInformationRequest, IsAnsweredOnlyByAnOwnEventAboutThePerson) {
  const std::string id = world_.Ask();
  const auto refused = [&](const std::string& event) { return world_.AnswerBy(id, event).reason; };
  EXPECT_EQ(refused(std::string(16, 'x')), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(refused(world_.PublishFor(kChair, world_.other)), v1::ERROR_REASON_NOT_FOUND)
      << "about somebody else";
  const std::string others = world_.PublishFor(kChecks, world_.nominal, kHealth);
  world_.OpenSession(kChecks);
  EXPECT_EQ(refused(others), v1::ERROR_REASON_NOT_FOUND) << "another agency's";
  EXPECT_EQ(refused(world_.PublishFor(kChair, world_.nominal, "police/panel")),
            v1::ERROR_REASON_NOT_FOUND)
      << "this post was not told of it";
  EXPECT_EQ(refused(world_.PublishFor(kChair, world_.nominal)), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(ApplyInformationRequest, TakesAnAnswerThatIsWhole) {
  const std::string id = world_.Ask();
  AnswerForInformation command;
  command.set_information_request_id(id);
  const auto refused = [&] { return world_.Answer(command).reason; };
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID);
  command.set_outcome(static_cast<v1::InformationOutcome>(9));
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID);
  command.set_outcome(kAnswered);
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID) << "by which event?";
  command.set_outcome(v1::INFORMATION_OUTCOME_REFUSED);
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID) << "why?";
  command.set_refusal(static_cast<v1::InformationRefusal>(9));
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID);
  command.set_refusal(v1::INFORMATION_REFUSAL_PROCEEDINGS);
  command.set_answer_event_id(std::string(16, 'x'));
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID);
  command.clear_answer_event_id();
  command.set_outcome(kNothing);
  EXPECT_EQ(refused(), v1::ERROR_REASON_FIELD_INVALID) << "nothing known has no why";
  command.clear_refusal();
  EXPECT_EQ(refused(), v1::ERROR_REASON_UNSPECIFIED);
}

/// A person answers, for a post that was asked, once.
TEST_F(ApplyInformationRequest, IsAnsweredByAPersonOnce) {
  const std::string id = world_.Ask();
  AnswerForInformation command;
  command.set_information_request_id(id);
  command.set_outcome(kNothing);
  Actor system = World::System(kChecks);
  system.set_purpose("public-protection");
  EXPECT_EQ(world_.Say(system, COMMAND_NUMBER_ANSWER_FOR_INFORMATION, command).reason,
            v1::ERROR_REASON_PERSON_REQUIRED);
  const Applied not_asked = world_.Answer(command, kHealth);
  EXPECT_EQ(not_asked.reason, v1::ERROR_REASON_NOT_FOUND);
  AnswerForInformation none = command;
  none.set_information_request_id(std::string(16, 'x'));
  EXPECT_EQ(world_.Answer(none, kHealth).sentence, not_asked.sentence);
  EXPECT_EQ(world_.Answer(command).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("information-nothing-known", kChecks), 1);
  EXPECT_EQ(world_.Answer(command).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// Late is better than never: it ends the chase, and stays late.
TEST_F(ApplyInformationRequest, IsAnsweredLateToo) {
  const std::string id = world_.Ask();
  world_.PassStepByStep(12 * kDayMs);
  ASSERT_EQ(world_.Answer(id, kNothing).outcome, audit::Outcome::kApplied);
  EXPECT_GT(world_.RowOf(id).asked(0).answered_ms(), world_.RowOf(id).answer_by_ms());
  EXPECT_EQ(world_.OpenObligations().size(), 0u);
}

/// A refusal is on record with its reason, and the post above is asked to look at it.
TEST_F(ApplyInformationRequest, HasARefusalLookedAtByTheLine) {
  const std::string id = world_.Ask();
  ASSERT_EQ(world_.Refuse(id).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("information-refused", kChecks), 1);
  EXPECT_EQ(world_.Said("information-refused-because", "danger-to-somebody"), 1);
  EXPECT_EQ(world_.Open(kOwed).size(), 0u);
  const auto owed =
      world_.state.Find<ObligationRow>(ObligationKey(world_.Open(kReview).at(kAbove)));
  EXPECT_EQ(owed->reason(), v1::RULE_REASON_INFORMATION_REFUSED);
  EXPECT_EQ(owed->due_ms(), world_.now_ms + model::kRefusalReviewedWithin.count());
  EXPECT_EQ(owed->information_request_id(), id);
  EXPECT_FALSE(MayHearOf(world_.Open(kReview).at(kAbove), *owed, kChair, world_.state));
}

/// What is owed ends with the answer, and in no other way.
TEST_F(ApplyInformationRequest, IsDischargedByAnsweringOnly) {
  world_.Ask();
  for (const auto method : {DISCHARGE_METHOD_OVERTAKEN, DISCHARGE_METHOD_UPHELD,
                            DISCHARGE_METHOD_TOLD_OTHERWISE, DISCHARGE_METHOD_REVIEWED}) {
    DischargeObligation command;
    command.set_obligation_id(world_.Open(kOwed).at(kChecks));
    command.set_method(method);
    EXPECT_EQ(
        world_.Say(World::System(kChecks), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command).reason,
        v1::ERROR_REASON_WRONG_STATE);
  }
}

/// What is asked for a case is its open work: less waits for it. What is not is not the panel's.
TEST_F(ApplyInformationRequest, HoldsTheCaseForWhichItWasAsked) {
  const auto lower = [this] {
    SetLevel command;
    command.set_case_id(world_.case_id);
    command.set_category(v1::MAPPA_CATEGORY_4);
    command.set_level(v1::MAPPA_LEVEL_2);
    return world_.Say(World::System(kChair), COMMAND_NUMBER_SET_LEVEL, command).reason;
  };
  AskForInformation not_for_it = world_.Asking();
  not_for_it.clear_case_id();
  not_for_it.set_nominal_id(world_.nominal);
  not_for_it.set_area("north");
  ASSERT_EQ(Refused(not_for_it), v1::ERROR_REASON_UNSPECIFIED);
  const std::string id = world_.Ask();
  EXPECT_EQ(lower(), v1::ERROR_REASON_WORK_OPEN);
  world_.Refuse(id);
  EXPECT_EQ(lower(), v1::ERROR_REASON_UNSPECIFIED) << "looking at a refusal is others' work";
}

TEST_F(ApplyInformationRequest, IsForOpenCases) {
  CaseRow row = *world_.state.Find<CaseRow>(CaseKey(world_.case_id));
  row.set_ended_ms(1);
  state::Batch batch(world_.state);
  batch.PutRow(CaseKey(world_.case_id), row);
  world_.state.Commit(batch);
  EXPECT_EQ(Refused(world_.Asking(), "police/coordinator"), v1::ERROR_REASON_WRONG_STATE);
}

/// Crashing at any point changes nothing.
TEST_F(ApplyInformationRequest, IsTheSameAfterACrash) {
  const std::string id = world_.Ask();
  world_.PassStepByStep(9 * kDayMs);
  world_.Crash();
  world_.Refuse(id);
  const std::string before = world_.RowOf(id).SerializeAsString();
  world_.Crash();
  EXPECT_EQ(world_.RowOf(id).SerializeAsString(), before);
}

}  // namespace
}  // namespace tearline::machine
