#include "clients/cli/show_proposal.h"

#include <gtest/gtest.h>

namespace tearline::cli {
namespace {

v1::AskedPost Asked(v1::ProposalAnswer answer, bool silent = false) {
  v1::AskedPost asked;
  asked.set_post("police/panel");
  asked.set_answer(answer);
  asked.set_silent(silent);
  return asked;
}

TEST(ShowProposal, SaysWhatEachSaidAndWhoWasSilent) {
  EXPECT_EQ(AnswerText(Asked(v1::PROPOSAL_ANSWER_UNSPECIFIED)), "not yet");
  EXPECT_EQ(AnswerText(Asked(v1::PROPOSAL_ANSWER_UNSPECIFIED, true)), "silent");
  EXPECT_EQ(AnswerText(Asked(v1::PROPOSAL_ANSWER_NOTHING_KNOWN)), "nothing-known");
  EXPECT_EQ(AnswerText(Asked(v1::PROPOSAL_ANSWER_OBJECTION, true)), "silent, then objection");
  v1::AskedPost changed = Asked(v1::PROPOSAL_ANSWER_OBJECTION);
  changed.add_earlier()->set_answer(v1::PROPOSAL_ANSWER_NOTHING_KNOWN);
  changed.add_earlier()->set_answer(v1::PROPOSAL_ANSWER_NO_OBJECTION);
  EXPECT_EQ(AnswerText(changed), "objection, before that no-objection, before that nothing-known");
  v1::AskedPost left = Asked(v1::PROPOSAL_ANSWER_UNSPECIFIED);
  left.mutable_left_at()->set_seconds(1);
  EXPECT_EQ(AnswerText(left), "");
}

TEST(ShowProposal, CountsThoseOnThePanel) {
  v1::Proposal proposal;
  EXPECT_EQ(HowManyText(proposal), "nobody who was asked is on the panel");
  for (int i = 0; i < 5; ++i) {
    *proposal.add_asked() = Asked(v1::PROPOSAL_ANSWER_NO_OBJECTION);
  }
  EXPECT_EQ(HowManyText(proposal), "all 5 have answered");
  proposal.add_asked()->mutable_left_at()->set_seconds(1);
  proposal.set_unanswered(2);
  EXPECT_EQ(HowManyText(proposal), "2 of 5 have not answered");
  proposal.set_unanswered(1);
  EXPECT_EQ(HowManyText(proposal), "1 of 5 has not answered");
}

}  // namespace
}  // namespace tearline::cli
