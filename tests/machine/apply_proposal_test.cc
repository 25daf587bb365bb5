#include "broker/machine/apply_proposal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/panel_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::Pair;

constexpr v1::ProposalAnswer kNone = v1::PROPOSAL_ANSWER_NO_OBJECTION;
constexpr v1::ProposalAnswer kObjects = v1::PROPOSAL_ANSWER_OBJECTION;
constexpr v1::ProposalAnswer kNothing = v1::PROPOSAL_ANSWER_NOTHING_KNOWN;
constexpr std::int64_t kDayMs = PanelWorld::kDayMs;

class ApplyProposal : public testing::Test {
 protected:
  v1::ErrorReason Refused(const MakeProposal& command,
                          const std::string& post = EventWorld::kGuest) {
    return world_.Propose(command, post).reason;
  }
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kMember = EventWorld::kMember;
  static constexpr const char* kAccountable = EventWorld::kAccountable;
  static constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_PROPOSAL;

  PanelWorld world_;
};

/// The seats and the accountable officer, by name; each owes an answer by the time. Not who asks.
TEST_F(ApplyProposal, AsksEverySeatAndTheAccountableOfficer) {
  const Applied made = world_.Propose(world_.Proposing());
  ASSERT_EQ(made.outcome, audit::Outcome::kApplied) << made.sentence;
  ASSERT_TRUE(made.made_id.starts_with("prop_"));
  const std::string id = model::ProposalId::Parse(made.made_id)->Bytes();
  EXPECT_THAT(world_.Answers(id), ElementsAre(Pair(kAccountable, "waits"), Pair(kMember, "waits"),
                                              Pair(kChair, "waits")));
  const auto open = world_.Open(kOwed);
  ASSERT_EQ(open.size(), 3u);
  const auto owed = world_.state.Find<ObligationRow>(ObligationKey(open.at(kMember)));
  EXPECT_EQ(owed->reason(), v1::RULE_REASON_PANEL_ASKED);
  EXPECT_EQ(owed->due_ms(), world_.now_ms + 8 * kDayMs);
  EXPECT_EQ(owed->proposal_id(), id);
  EXPECT_EQ(owed->case_id(), world_.case_id);
  world_.OpenSession(kMember);
  EXPECT_THAT(world_.Inbox(kMember), ElementsAre("obligation answer-proposal"));
  EXPECT_EQ(world_.Details(world_.records.size() - 1).empty(), false);
}

/// Two proposals of one case are two questions.
TEST_F(ApplyProposal, OwesAnAnswerToEach) {
  const std::string first = world_.Propose();
  const std::string second = world_.Propose();
  ASSERT_NE(first, second);
  ASSERT_EQ(world_.OpenObligations().size(), 6u);
  world_.Answer(first, kMember);
  EXPECT_EQ(world_.OpenObligations().size(), 5u);
  EXPECT_EQ(world_.Answers(second).at(kMember), "waits");
}

TEST_F(ApplyProposal, IsForWhoWorksWithTheCase) {
  for (const char* post : {"education/guest", "probation/chair", "ct-police/accountable",
                           "police/coordinator", "probation/coordinator"}) {
    EXPECT_EQ(world_.Propose(world_.Proposing(), post).outcome, audit::Outcome::kApplied) << post;
  }
  MakeProposal of_none = world_.Proposing();
  of_none.set_case_id(std::string(16, 'x'));
  const Applied stranger = world_.Propose(world_.Proposing(), "prison/security");
  EXPECT_EQ(stranger.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(stranger.sentence, world_.Propose(of_none, "prison/security").sentence) << "P6";
}

TEST_F(ApplyProposal, IsRefusedWhatIsNotWhole) {
  MakeProposal command = world_.Proposing();
  command.set_kind(v1::PROPOSAL_KIND_UNSPECIFIED);
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  command.set_kind(static_cast<v1::ProposalKind>(14));
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Refused(world_.Proposing(0)), v1::ERROR_REASON_TIME_INVALID);
  const std::int64_t most = model::kPanelDueMax.count();
  EXPECT_EQ(Refused(world_.Proposing(most + 1)), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(world_.Propose(world_.Proposing(most)).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Propose(world_.Proposing(1)).outcome, audit::Outcome::kApplied);
}

TEST_F(ApplyProposal, IsForOpenCasesWithSomebodyToAsk) {
  for (const char* post : {kChair, kMember}) world_.Seat(post, /*leave=*/true);
  EXPECT_EQ(Refused(world_.Proposing(), kAccountable), v1::ERROR_REASON_UNSPECIFIED)
      << "the guest is asked";
  world_.Seat(EventWorld::kGuest, /*leave=*/true);
  EXPECT_EQ(Refused(world_.Proposing(), kAccountable), v1::ERROR_REASON_WRONG_STATE);
  CaseRow row = *world_.state.Find<CaseRow>(CaseKey(world_.case_id));
  row.set_ended_ms(1);
  state::Batch batch(world_.state);
  batch.PutRow(CaseKey(world_.case_id), row);
  world_.state.Commit(batch);
  EXPECT_EQ(Refused(world_.Proposing(), "police/coordinator"), v1::ERROR_REASON_WRONG_STATE);
}

TEST_F(ApplyProposal, LeavesOnlySoManyOpen) {
  std::string last;
  for (std::size_t i = 0; i < model::kOpenProposalsMax; ++i) last = world_.Propose();
  EXPECT_EQ(Refused(world_.Proposing()), v1::ERROR_REASON_LIMIT_PASSED);
  for (const char* post : {kChair, kMember, kAccountable}) world_.Answer(last, post);
  EXPECT_EQ(Refused(world_.Proposing()), v1::ERROR_REASON_UNSPECIFIED) << "one has closed";
  EXPECT_EQ(Refused(world_.Proposing()), v1::ERROR_REASON_LIMIT_PASSED);
}

/// P6. An event of which the proposer was not told, of somebody else, or withdrawn, is refused like
/// one that is not there.
TEST_F(ApplyProposal, CitesOnlyWhatItsProposerKnowsAboutThePerson) {
  const std::string told = world_.PublishOne();
  world_.OpenSession(kMember);
  MakeProposal command = world_.Proposing();
  command.set_event_id(told);
  EXPECT_EQ(Refused(command, kMember), v1::ERROR_REASON_UNSPECIFIED);
  const Applied guest = world_.Propose(command);
  EXPECT_EQ(guest.reason, v1::ERROR_REASON_NOT_FOUND) << "the guest was told nothing";
  command.set_event_id(std::string(16, 'x'));
  EXPECT_EQ(world_.Propose(command).sentence, guest.sentence);

  const std::string stranger = world_.Register(7);
  world_.Seat(EventWorld::kIntel);
  const std::string other = world_.NextEventId();
  world_.Publish(world_.Event(stranger));
  command.set_event_id(other);
  EXPECT_EQ(Refused(command, EventWorld::kIntel), v1::ERROR_REASON_NOT_FOUND) << "not about them";
  const std::string own = world_.PublishOne();
  command.set_event_id(own);
  EXPECT_EQ(Refused(command, EventWorld::kIntel), v1::ERROR_REASON_UNSPECIFIED);
  world_.Withdraw(own, v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(Refused(command, EventWorld::kIntel), v1::ERROR_REASON_NOT_FOUND);
}

/// An answer ends what is owed; with the last one the proposal closes, at once.
TEST_F(ApplyProposal, ClosesWhenAllHaveAnswered) {
  const std::string id = world_.Propose();
  ASSERT_EQ(world_.Answer(id, kChair, kNone).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("answered-no-objection", kChair), 1);
  world_.Answer(id, kMember, kObjects);
  EXPECT_EQ(world_.Open(kOwed).size(), 1u);
  EXPECT_EQ(world_.RowOf(id).closed_ms(), 0);
  world_.Answer(id, kAccountable, kNothing);
  EXPECT_TRUE(world_.Open(kOwed).empty());
  EXPECT_EQ(world_.RowOf(id).closed_ms(), world_.now_ms);
  EXPECT_EQ(world_.Said("proposal-closed"), 1);
  EXPECT_THAT(world_.Answers(id),
              ElementsAre(Pair(kAccountable, "nothing known"), Pair(kMember, "objection"),
                          Pair(kChair, "no objection")));
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world_.RowOf(id).closed_ms(), world_.now_ms - 30 * kDayMs) << "once";
}

TEST_F(ApplyProposal, IsAnsweredByAPersonOfAPostThatWasAsked) {
  const std::string id = world_.Propose();
  AnswerProposal command;
  command.set_case_id(world_.case_id);
  command.set_proposal_id(id);
  command.set_answer(kNone);
  Actor system = World::System(kMember);
  system.set_purpose("public-protection");
  EXPECT_EQ(world_.Say(system, COMMAND_NUMBER_ANSWER_PROPOSAL, command).reason,
            v1::ERROR_REASON_PERSON_REQUIRED);
  Actor deputy = World::Holder(kMember);
  deputy.set_member("panel-deputy");
  EXPECT_EQ(world_.Say(deputy, COMMAND_NUMBER_ANSWER_PROPOSAL, command).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  deputy.set_purpose("public-protection");
  EXPECT_EQ(world_.Say(deputy, COMMAND_NUMBER_ANSWER_PROPOSAL, command).outcome,
            audit::Outcome::kApplied);
  const Applied proposer = world_.Answer(id, EventWorld::kGuest);
  EXPECT_EQ(proposer.reason, v1::ERROR_REASON_NOT_FOUND) << "who proposes is not asked";
  EXPECT_EQ(world_.Answer(std::string(16, 'x'), EventWorld::kGuest).sentence, proposer.sentence);
  EXPECT_EQ(world_.Answer("", kChair).reason, v1::ERROR_REASON_NOT_FOUND) << "no id";
  EXPECT_EQ(world_.Answer(id, kChair, v1::PROPOSAL_ANSWER_UNSPECIFIED).reason,
            v1::ERROR_REASON_FIELD_INVALID);
}

/// Until the time, and what was said before is kept; so often and no more.
TEST_F(ApplyProposal, LetsAnAnswerBeChangedUntilItsTime) {
  const std::string id = world_.Propose(kDayMs);
  world_.Answer(id, kMember, kNone);
  EXPECT_EQ(world_.Answer(id, kMember, kNone).reason, v1::ERROR_REASON_WRONG_STATE) << "said";
  const std::int64_t first_ms = world_.now_ms;
  world_.now_ms += 1000;
  for (int i = 0; i < model::kEarlierAnswersMax; ++i) {
    ASSERT_EQ(world_.Answer(id, kMember, i % 2 == 0 ? kObjects : kNone).outcome,
              audit::Outcome::kApplied);
  }
  EXPECT_EQ(world_.Answer(id, kMember, kObjects).reason, v1::ERROR_REASON_LIMIT_PASSED);
  const ProposalRow row = world_.RowOf(id);
  const AskedRow& asked = row.asked(1);
  ASSERT_EQ(asked.post(), kMember);
  ASSERT_EQ(asked.earlier_size(), model::kEarlierAnswersMax);
  EXPECT_EQ(asked.earlier(0).answer(), kNone);
  EXPECT_EQ(asked.earlier(0).answered_ms(), first_ms);

  world_.Answer(id, kChair, kNone);
  world_.now_ms = row.answer_by_ms() - 1;
  EXPECT_EQ(world_.Answer(id, kChair, kObjects).outcome, audit::Outcome::kApplied);
  world_.now_ms += 1;
  EXPECT_EQ(world_.Answer(id, kChair, kNone).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// A post may think again after all have answered: an objection must not come too late to count.
TEST_F(ApplyProposal, LetsAnAnswerBeChangedWhenAllHaveAnswered) {
  const std::string id = world_.Propose();
  for (const char* post : {kChair, kMember, kAccountable}) world_.Answer(id, post, kNone);
  EXPECT_EQ(world_.Answer(id, kMember, kObjects).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Answers(id).at(kMember), "objection");
}

/// Silence is recorded as silence, goes on being chased, and stays silence whatever is said later.
TEST_F(ApplyProposal, RecordsSilenceAtItsTime) {
  const std::string id = world_.Propose();
  world_.Answer(id, kMember);
  world_.PassStepByStep(8 * kDayMs - 1);
  EXPECT_EQ(world_.Answers(id).at(kChair), "waits");
  world_.PassAndPulse(1);
  EXPECT_EQ(world_.Said("proposal-silent"), 2);
  EXPECT_EQ(world_.Said("proposal-silent", kChair), 1);
  EXPECT_THAT(world_.Answers(id),
              ElementsAre(Pair(kAccountable, "silent"), Pair(kMember, "no objection"),
                          Pair(kChair, "silent")));
  const std::string owed = world_.Open(kOwed).at(kChair);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->stage(), 1u);
  world_.PassStepByStep(kDayMs);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->told_post(), "board/board");
  EXPECT_EQ(world_.Answer(id, kChair, kObjects).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Answers(id).at(kChair), "silent, objection");
  EXPECT_FALSE(world_.Open(kOwed).contains(kChair));
  EXPECT_EQ(world_.Answer(id, kChair, kNone).reason, v1::ERROR_REASON_WRONG_STATE) << "once";
}

/// Its time is its time, whether or not a pulse has come by.
TEST_F(ApplyProposal, IsLateAfterItsTimeBeforeThePulse) {
  const std::string id = world_.Propose();
  world_.now_ms += 8 * kDayMs;
  EXPECT_EQ(world_.Answer(id, kChair, kNone).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("proposal-silent"), 3);
  EXPECT_EQ(world_.Answers(id).at(kChair), "silent, no objection");
  EXPECT_EQ(world_.Answers(id).at(kMember), "silent");
  world_.PassStepByStep(kDayMs);
  EXPECT_EQ(world_.Open(kOwed).size(), 2u);
}

/// Only an answer ends it.
TEST_F(ApplyProposal, IsNotDischarged) {
  world_.Propose();
  const Applied refused =
      world_.Discharge(world_.Open(kOwed).at(kMember), DISCHARGE_METHOD_OVERTAKEN, kMember);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_THAT(refused.sentence, testing::HasSubstr("case answer"));
}

/// P8. The same records give the same state.
TEST_F(ApplyProposal, ReplaysToTheSameState) {
  const std::string id = world_.Propose();
  world_.Answer(id, kMember);
  world_.Seat("prison/security");
  world_.PassStepByStep(10 * kDayMs);
  world_.Answer(id, kChair, kObjects);
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
