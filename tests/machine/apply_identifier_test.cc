#include <gtest/gtest.h>

#include "broker/machine/numbers.h"
#include "broker/machine/rows.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr v1::IdentifierStatus kInError = v1::IDENTIFIER_STATUS_IN_ERROR;
constexpr v1::IdentifierStatus kSuperseded = v1::IDENTIFIER_STATUS_SUPERSEDED;
constexpr v1::IdentifierStatus kVerified = v1::IDENTIFIER_STATUS_VERIFIED;

/// The person with the case has number 1, the other 2: both asserted by police.
class ApplyIdentifier : public Merging {
 protected:
  Applied Correct(int number, v1::IdentifierStatus status,
                  const std::string& post = "police/coordinator",
                  v1::IdentifierCorrection because = v1::IDENTIFIER_CORRECTION_MISTYPED) {
    CorrectIdentifier command;
    *command.mutable_identifier() = World::Number(number);
    command.set_status(status);
    command.set_because(because);
    return world_.Say(Why(World::System(post)), COMMAND_NUMBER_CORRECT_IDENTIFIER, command);
  }
  v1::ResolutionOutcome Outcome(int number) {
    ResolveNominal command;
    *command.mutable_identifier() = World::Number(number);
    return world_
        .Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_RESOLVE_NOMINAL, command)
        .resolution.outcome;
  }
  std::vector<Number> Numbers(const std::string& nominal) const {
    return NumbersFor(nominal, World::System(kChair), world_.now_ms, world_.state);
  }
};

/// In error it is nobody's, and may be somebody else's; the one it was said of remembers it.
TEST_F(ApplyIdentifier, InErrorItIsNobodys) {
  ASSERT_EQ(Correct(1, kInError).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Details().back().changed().what(), "identifier-corrected");
  EXPECT_EQ(world_.Details().back().changed().name(), Text(known_));
  EXPECT_EQ(world_.Details().back().changed().other(), "in-error");
  EXPECT_EQ(Outcome(1), v1::RESOLUTION_OUTCOME_NONE);
  EXPECT_EQ(Correct(1, kSuperseded).reason, v1::ERROR_REASON_NOT_FOUND);

  ASSERT_EQ(Numbers(known_).size(), 1u);
  EXPECT_EQ(StatusOf(Numbers(known_).front().row), kInError);
  EXPECT_EQ(Numbers(known_).front().row.because(), v1::IDENTIFIER_CORRECTION_MISTYPED);
  EXPECT_EQ(Numbers(known_).front().row.corrected_ms(), world_.now_ms);

  LinkIdentifier link;
  link.set_nominal_id(other_);
  *link.mutable_identifier() = World::Number(1);
  ASSERT_EQ(world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_LINK_IDENTIFIER,
                       link)
                .outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Resolve(1), Text(other_));
  ASSERT_EQ(Numbers(known_).size(), 1u) << "what was said of it once stays said";
  EXPECT_EQ(StatusOf(Numbers(known_).front().row), kInError);
  ExpectReplays();
}

/// What is told under it from then on is not about this person.
TEST_F(ApplyIdentifier, WhatIsToldUnderItAfterwardsIsOfSomebodyElse) {
  ASSERT_EQ(Correct(1, kInError).outcome, audit::Outcome::kApplied);
  stored::v1::Publish event = world_.Event(known_);
  event.clear_nominals();
  *event.add_nominals()->add_identifiers() = World::Number(1);
  const std::string id = world_.NextEventId();
  world_.Publish(event);
  const std::string about = world_.state.Find<EventRow>(EventKey(id))->nominal_ids(0);
  EXPECT_NE(about, known_);
  EXPECT_TRUE(world_.state.Find<NominalRow>(NominalKey(about))->provisional());
}

TEST_F(ApplyIdentifier, SupersededItStillLeadsToThePerson) {
  ASSERT_EQ(Correct(1, kSuperseded).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Outcome(1), v1::RESOLUTION_OUTCOME_POSSIBLE);
  EXPECT_EQ(Resolve(1), Text(known_));
  EXPECT_EQ(Correct(1, v1::IDENTIFIER_STATUS_UNVERIFIED).reason, v1::ERROR_REASON_FIELD_INVALID)
      << "its rule says that it verified";
  ASSERT_EQ(Correct(1, kVerified, "police/panel", v1::IDENTIFIER_CORRECTION_CORRECTED_WRONGLY)
                .outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Outcome(1), v1::RESOLUTION_OUTCOME_MATCH);
  const auto before = world_.state.Find<NominalRow>(NominalKey(known_))->changed_position();
  EXPECT_EQ(Correct(1, kVerified).outcome, audit::Outcome::kApplied) << "said twice";
  EXPECT_EQ(world_.state.Find<NominalRow>(NominalKey(known_))->changed_position(), before);
}

/// P6: of another agency's number the answer is that of one that nobody has; each is counted.
TEST_F(ApplyIdentifier, IsForTheAgencyThatAssertedIt) {
  const Applied others = Correct(1, kInError, "prison/security");
  const Applied nobodys = Correct(99, kInError, "prison/security");
  EXPECT_EQ(others.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(others.sentence, nobodys.sentence);
  EXPECT_EQ(world_.Resolved(World::System("prison/security")), 2u);
  EXPECT_EQ(Outcome(1), v1::RESOLUTION_OUTCOME_MATCH);
}

TEST_F(ApplyIdentifier, SaysHowItStandsAndWhyByKnownWords) {
  EXPECT_EQ(Correct(1, v1::IDENTIFIER_STATUS_UNSPECIFIED).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Correct(1, static_cast<v1::IdentifierStatus>(99)).reason,
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Correct(1, kInError, "police/coordinator", v1::IDENTIFIER_CORRECTION_UNSPECIFIED)
                .reason,
            v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::machine
