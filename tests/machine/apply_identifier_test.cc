#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/machine/identifiers.h"
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
  ChangedDetail said;
  for (const Detail& detail : world_.Details()) {
    if (detail.changed().what() == "identifier-corrected") said = detail.changed();
  }
  EXPECT_EQ(said.name(), Text(known_));
  EXPECT_EQ(said.other(), "in-error");
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

/// A number that is nobody's any more counts for nobody, however often it comes and goes.
TEST_F(ApplyIdentifier, InErrorItIsCountedNoMore) {
  const auto count = [this] {
    return world_.state.Find<NominalRow>(NominalKey(known_))->identifiers();
  };
  const std::uint32_t before = count();
  LinkIdentifier link;
  link.set_nominal_id(known_);
  *link.mutable_identifier() = World::Number(1);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Correct(1, kInError).outcome, audit::Outcome::kApplied);
    EXPECT_EQ(count(), before - 1);
    const Applied linked = world_.Say(Why(World::System("police/coordinator")),
                                      COMMAND_NUMBER_LINK_IDENTIFIER, link);
    ASSERT_EQ(linked.outcome, audit::Outcome::kApplied) << linked.sentence;
    EXPECT_EQ(count(), before);
  }
  ExpectReplays();
}

/// Linked once more, it keeps for when it holds, as its own agency says; what is not said stands.
TEST_F(ApplyIdentifier, LinkedAgainItKeepsForWhenItHolds) {
  const auto link = [this](std::optional<std::int64_t> from, std::optional<std::int64_t> until,
                           const std::string& post) {
    LinkIdentifier command;
    command.set_nominal_id(known_);
    *command.mutable_identifier() = World::Number(1);
    if (from) command.mutable_identifier()->set_valid_from_ms(*from);
    if (until) command.mutable_identifier()->set_valid_until_ms(*until);
    const Actor actor = Why(World::System(post));
    EXPECT_EQ(world_.Say(actor, COMMAND_NUMBER_LINK_IDENTIFIER, command).sentence, "");
    return world_.Details().back().changed().what() == "identifier-linked";
  };
  const auto row = [this] { return Numbers(known_).front().row; };
  EXPECT_TRUE(link(1000, std::nullopt, "police/coordinator"));
  EXPECT_EQ(row().valid_from_ms(), 1000);
  EXPECT_FALSE(row().has_valid_until_ms());
  EXPECT_TRUE(link(std::nullopt, 2000, "police/coordinator"));
  EXPECT_EQ(row().valid_from_ms(), 1000);
  EXPECT_EQ(row().valid_until_ms(), 2000);
  EXPECT_FALSE(link(1000, 2000, "police/coordinator")) << "said before";
  link(3000, std::nullopt, "prison/security");
  EXPECT_EQ(row().valid_from_ms(), 1000) << "another agency's word";
  world_.behaviour_version = kReadingsKeptFrom - 1;
  EXPECT_FALSE(link(3000, std::nullopt, "police/coordinator"));
  EXPECT_EQ(row().valid_from_ms(), 1000);
  ExpectReplays();
}

/// One hand alone takes what is told of a person away from who has to do with them; somebody else
/// looks at it, and where nobody has to do with them, nobody need.
TEST_F(ApplyIdentifier, InErrorItIsReviewedByWhoAnswersForThePerson) {
  const auto debtors = [this] {
    std::vector<std::string> posts;
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_REVIEW_NUMBERS) posts.push_back(row.debtor_post());
    }
    return posts;
  };
  ASSERT_EQ(Correct(2, kInError).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(debtors().empty());
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post("ct-police/accountable");
  const Actor coordinator = World::System("police/coordinator");
  ASSERT_EQ(world_.Say(coordinator, COMMAND_NUMBER_NAME_ACCOUNTABLE, name).outcome,
            audit::Outcome::kApplied);
  ASSERT_EQ(Correct(1, kSuperseded).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(debtors().empty()) << "it leads to the person still";
  ASSERT_EQ(Correct(1, kInError).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(debtors(), std::vector<std::string>{"ct-police/accountable"});
  ExpectReplays();
}

/// P6. Not by who is kept out of the person.
TEST_F(ApplyIdentifier, InErrorItIsReviewedByNobodyWhoIsKeptOut) {
  KeepOut(known_, kChair);
  ASSERT_EQ(Correct(1, kInError).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  EXPECT_EQ(world_.OpenObligations().begin()->second.debtor_post(), "desk/governance");
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
