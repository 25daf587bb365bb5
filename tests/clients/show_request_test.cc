#include "clients/cli/show_request.h"

#include <gtest/gtest.h>

namespace tearline::cli {
namespace {

v1::AskedForInformation Asked(v1::InformationOutcome outcome, bool overdue = false) {
  v1::AskedForInformation asked;
  asked.set_post("police/checks");
  asked.set_outcome(outcome);
  asked.set_overdue(overdue);
  if (outcome != v1::INFORMATION_OUTCOME_UNSPECIFIED) asked.mutable_answered_at()->set_seconds(1);
  return asked;
}

TEST(ShowRequest, SaysWhatEachSaidAndWhoIsOverdue) {
  EXPECT_EQ(OutcomeText(Asked(v1::INFORMATION_OUTCOME_UNSPECIFIED)), "not yet");
  EXPECT_EQ(OutcomeText(Asked(v1::INFORMATION_OUTCOME_UNSPECIFIED, true)), "overdue");
  EXPECT_EQ(OutcomeText(Asked(v1::INFORMATION_OUTCOME_NOTHING_KNOWN)), "nothing-known");
  EXPECT_EQ(OutcomeText(Asked(v1::INFORMATION_OUTCOME_ANSWERED, true)), "overdue, then answered");
  v1::AskedForInformation refused = Asked(v1::INFORMATION_OUTCOME_REFUSED);
  EXPECT_EQ(OutcomeText(refused), "refused") << "why is not shown to everybody";
  refused.set_refusal(v1::INFORMATION_REFUSAL_NO_LEGAL_BASIS);
  EXPECT_EQ(OutcomeText(refused), "refused: no-legal-basis");
  v1::AskedForInformation answered = Asked(v1::INFORMATION_OUTCOME_UNSPECIFIED);
  answered.mutable_answered_at()->set_seconds(1);
  EXPECT_EQ(OutcomeText(answered), "has answered") << "nor is what";
  answered.set_overdue(true);
  EXPECT_EQ(OutcomeText(answered), "overdue, then has answered");
}

}  // namespace
}  // namespace tearline::cli
