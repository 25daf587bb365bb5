#include "broker/machine/joined_case.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/action.h"
#include "broker/machine/case_row.h"
#include "broker/machine/second_hand.h"
#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Two nominals of one person, each with an open case: the one that probation/supervisor chairs is
/// to be joined into the one that probation/chair chairs.
class JoinedCase : public Moving {
 protected:
  JoinedCase() { world_.behaviour_version = kCasesJoinedFrom; }

  Applied Agree(const std::string& case_id, const std::string& into,
                const std::string& post = kLeft) {
    EndCase command;
    command.set_case_id(case_id);
    command.set_reason(v1::CASE_EXIT_REASON_JOINED);
    command.set_joined_into(into);
    return world_.Say(Why(World::System(post)), COMMAND_NUMBER_END_CASE, command);
  }
  CaseRow Case(const std::string& case_id) const {
    return *world_.state.Find<CaseRow>(CaseKey(case_id));
  }
  std::optional<ObligationRow> Owed(v1::ObligationType type, const std::string& case_id) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == type && row.case_id() == case_id) return row;
    }
    return std::nullopt;
  }
  /// Who chairs a panel has the role for what only chairs may say.
  void SetUp() override {
    SetPost change;
    *change.mutable_post() = world_.state.Find<PostRow>(PostKey(kLeft))->post();
    change.mutable_post()->add_roles(v1::POST_ROLE_CHAIR);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, change).sentence,
              "");
  }
};

/// One panel is ended by people, not by a pointer.
TEST_F(JoinedCase, TwoOpenCasesAreNotMergedUnlessOneAgreed) {
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_TWO_OPEN_CASES);
  world_.behaviour_version = kCasesJoinedFrom - 1;
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_WRONG_STATE) << "as it was";
  EXPECT_EQ(Agree(from_case_, case_).reason, v1::ERROR_REASON_FIELD_INVALID);
}

/// Nobody goes without a panel meanwhile: the case goes on until the two are one.
TEST_F(JoinedCase, ACaseThatAgreedGoesOnUntilTheMerge) {
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  EXPECT_EQ(Case(from_case_).ended_ms(), 0);
  world_.OpenSession(kLeft);
  const std::string event = world_.Tell(other_);
  EXPECT_EQ(OutEvents(kLeft), std::vector<std::string>{event});
  ASSERT_EQ(Merge(other_, known_).sentence, "");
  EXPECT_EQ(Case(from_case_).ended_ms(), world_.now_ms);
  EXPECT_EQ(Case(from_case_).joined_into(), case_);
  EXPECT_EQ(Case(case_).ended_ms(), 0);
  EXPECT_EQ(CaseOfNominal(other_, world_.state)->case_().case_id(), Case(case_).case_().case_id());
  ExpectReplays();
}

/// Whichever nominal is removed, the case that agreed ends.
TEST_F(JoinedCase, TheCaseOfTheSurvivingNominalMayBeTheOneThatEnds) {
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  ASSERT_EQ(Merge(known_, other_).sentence, "");
  EXPECT_NE(Case(from_case_).ended_ms(), 0);
  EXPECT_EQ(Case(case_).ended_ms(), 0);
  EXPECT_EQ(SurvivorOf(known_, world_.state), other_);
}

/// P10. A case with another supervisor ends: whoever was named for the person supervises them, and
/// one hand of its agency does not bring that about.
TEST_F(JoinedCase, WaitsForASecondHandWhereItLeavesThePersonToTheAuthorsOwn) {
  SetSupervisor supervisor;
  supervisor.set_nominal_id(other_);
  supervisor.set_post("police/panel");
  ASSERT_EQ(world_
                .Say(Why(World::System("probation/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR,
                     supervisor)
                .sentence,
            "");
  for (const std::string& case_id : {case_, from_case_}) {
    ChangeCase change;
    change.set_case_id(case_id);
    change.set_supervising_post("probation/supervisor");
    ASSERT_EQ(
        world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_CHANGE_CASE, change)
            .sentence,
        "");
  }
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  world_.behaviour_version = kLeftToOwnFrom;
  EXPECT_EQ(Merge(other_, known_).outcome, audit::Outcome::kAwaitsSecondHand);
  world_.behaviour_version = kLeftToOwnFrom - 1;
  EXPECT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied) << "as it was";
}

/// Access is not unioned: who sat on the panel that ended is out until the chair seats them.
TEST_F(JoinedCase, SeatsNobody) {
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  world_.OpenSession(kLeft);
  world_.OpenSession(kChair);
  const std::string before = world_.Tell(other_);
  ASSERT_EQ(OutEvents(kLeft).size(), 1U);
  ASSERT_EQ(Merge(other_, known_).sentence, "");
  Settle();
  EXPECT_TRUE(OutEvents(kLeft).empty()) << "what is out and not settled is taken back";
  EXPECT_EQ(OutEvents(kChair), std::vector<std::string>{before}) << "late";
  world_.Tell(other_);
  world_.Tell(known_);
  EXPECT_TRUE(OutEvents(kLeft).empty());
  EXPECT_EQ(ToldOfAccess(kLeft).size(), 1U) << "it hears that it is out";
  EXPECT_EQ(ToldOfAccess(kLeft)[0].nominal_id(), other_) << "and not who the person is";
}

/// The chair of the one that goes on looks at the panel that was joined, and may see it.
TEST_F(JoinedCase, TheOtherChairIsOwedALook) {
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  ASSERT_EQ(Merge(other_, known_).sentence, "");
  const auto owed = Owed(v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE, case_);
  ASSERT_TRUE(owed.has_value());
  EXPECT_EQ(owed->debtor_post(), kChair);
  EXPECT_EQ(owed->reason(), v1::RULE_REASON_CASE_JOINED);
  EXPECT_EQ(owed->due_ms(), world_.now_ms + 72 * 60 * 60 * 1000);
  EXPECT_TRUE(MaySeeCase(Case(from_case_), World::System(kChair), world_.state));
  EXPECT_FALSE(MaySeeCase(Case(from_case_), World::System(kLeft), world_.state));
}

TEST_F(JoinedCase, OnlyItsChairAgrees) {
  EXPECT_EQ(Agree(from_case_, case_, kChair).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Agree(from_case_, case_, "police/coordinator").reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Agree(from_case_, std::string(16, 'x')).reason, v1::ERROR_REASON_NOT_FOUND);
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  EXPECT_EQ(Agree(from_case_, case_).reason, v1::ERROR_REASON_WRONG_STATE) << "twice";
  EXPECT_EQ(Agree(case_, from_case_, kChair).reason, v1::ERROR_REASON_WRONG_STATE)
      << "the other way round";
}

TEST_F(JoinedCase, WhatWasAgreedIsTakenBack) {
  EXPECT_EQ(Agree(from_case_, from_case_).reason, v1::ERROR_REASON_WRONG_STATE);
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  ASSERT_EQ(Agree(from_case_, from_case_).sentence, "");
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_TWO_OPEN_CASES);
}

TEST_F(JoinedCase, TheReasonAndTheCaseGoTogether) {
  EndCase command;
  command.set_case_id(from_case_);
  command.set_reason(v1::CASE_EXIT_REASON_JOINED);
  const auto say = [&] {
    return world_.Say(Why(World::System(kLeft)), COMMAND_NUMBER_END_CASE, command).reason;
  };
  EXPECT_EQ(say(), v1::ERROR_REASON_FIELD_INVALID);
  command.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
  command.set_joined_into(case_);
  EXPECT_EQ(say(), v1::ERROR_REASON_FIELD_INVALID);
}

/// What holds a case that is to end holds one that is to be joined.
TEST_F(JoinedCase, OpenWorkHoldsIt) {
  AddAction action;
  action.set_case_id(from_case_);
  action.set_kind(v1::ACTION_KIND_HOME_VISIT);
  action.set_owner_post(kLeft);
  action.set_due_ms(world_.now_ms + 1000);
  ASSERT_EQ(world_.Say(Why(World::System(kLeft)), COMMAND_NUMBER_ADD_ACTION, action).sentence, "");
  EXPECT_EQ(Agree(from_case_, case_).reason, v1::ERROR_REASON_WORK_OPEN);
}

/// Taken back, each has its panel again, and both are named to whom must look.
TEST_F(JoinedCase, OpensAgainWhenTheTwoAreParted) {
  ASSERT_EQ(Agree(from_case_, case_).sentence, "");
  ASSERT_EQ(Merge(other_, known_).sentence, "");
  world_.now_ms += 1000;
  const std::string meanwhile = world_.Tell(other_);
  world_.OpenSession(kLeft);
  const Applied asked = Unmerge(other_, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << "a post of its own sees more";
  Confirm(asked);
  Settle();
  EXPECT_EQ(Case(from_case_).ended_ms(), 0);
  EXPECT_TRUE(Case(from_case_).joined_into().empty());
  EXPECT_EQ(CaseOfNominal(other_, world_.state)->case_().case_id(),
            Case(from_case_).case_().case_id());
  EXPECT_EQ(OutEvents(kLeft), std::vector<std::string>{meanwhile}) << "late, and once";
  EXPECT_TRUE(Owed(v1::OBLIGATION_TYPE_REVIEW_UNMERGE, from_case_).has_value());
  EXPECT_TRUE(Owed(v1::OBLIGATION_TYPE_REVIEW_UNMERGE, case_).has_value());
  ExpectReplays();
}

/// One who had a case is merged into one without, and that one into another with a case.
class JoinedFurtherUp : public JoinedCase {
 protected:
  void SetUp() override {
    JoinedCase::SetUp();
    world_.behaviour_version = kReopenedDeepFrom;
    ASSERT_EQ(Merge(other_, between_).sentence, "");
    ASSERT_EQ(Agree(from_case_, case_).sentence, "");
    ASSERT_EQ(Merge(between_, known_).sentence, "");
    ASSERT_NE(Case(from_case_).ended_ms(), 0);
    world_.now_ms += 1000;
  }

  std::string between_ = world_.Register(3);
};

TEST_F(JoinedFurtherUp, OpensAgainWhenTheFirstIsParted) {
  const std::string meanwhile = world_.Tell(other_);
  world_.OpenSession(kLeft);
  const Applied asked = Unmerge(other_, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << "a post of its own sees more";
  Confirm(asked);
  Settle();
  EXPECT_EQ(Case(from_case_).ended_ms(), 0);
  EXPECT_TRUE(Case(from_case_).joined_into().empty());
  EXPECT_EQ(Case(case_).ended_ms(), 0);
  EXPECT_EQ(OutEvents(kLeft), std::vector<std::string>{meanwhile}) << "late, and once";
  EXPECT_TRUE(Owed(v1::OBLIGATION_TYPE_REVIEW_UNMERGE, from_case_).has_value());
  EXPECT_TRUE(Owed(v1::OBLIGATION_TYPE_REVIEW_UNMERGE, case_).has_value());
  ExpectReplays();
}

/// Whoever is in between takes no case with it that is another's again.
TEST_F(JoinedFurtherUp, OpensOnce) {
  ASSERT_EQ(Unmerge(other_).sentence, "");
  const std::int64_t parted_ms = world_.now_ms;
  world_.now_ms += 1000;
  ASSERT_EQ(Unmerge(between_).sentence, "");
  Settle();
  EXPECT_EQ(Case(from_case_).ended_ms(), 0);
  EXPECT_EQ(NominalWithCase(between_, world_.state), nullptr);
  const auto reopened = [this](std::size_t position) {
    std::size_t count = 0;
    for (const Detail& detail : world_.Details(position)) {
      count += detail.changed().what() == "case-reopened" ? 1 : 0;
    }
    return count;
  };
  std::size_t count = 0;
  for (const ledger::StoredHeader& record : world_.records) {
    if (record.header.stamp_ms >= parted_ms) count += reopened(record.header.position);
  }
  EXPECT_EQ(count, 1U);
  ExpectReplays();
}

/// Parted where it was joined, it goes with its nominal, who is the one in between as well.
TEST_F(JoinedFurtherUp, GoesWithThePersonThatItIsOf) {
  ASSERT_EQ(Unmerge(between_).sentence, "");
  EXPECT_EQ(Case(from_case_).ended_ms(), 0);
  EXPECT_EQ(NominalWithCase(between_, world_.state)->case_id(), from_case_);
}

/// Records of before mean what they meant.
TEST_F(JoinedFurtherUp, StayedEndedBefore) {
  world_.behaviour_version = kReopenedDeepFrom - 1;
  ASSERT_EQ(Unmerge(other_, "probation/coordinator").sentence, "");
  EXPECT_NE(Case(from_case_).ended_ms(), 0);
  EXPECT_EQ(NominalWithCase(other_, world_.state), nullptr);
}

}  // namespace
}  // namespace tearline::machine
