#include "broker/rpc/explain_words.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using testing::ElementsAre;

constexpr std::int64_t kThen = 1'800'000'000;

v1::ExplainDecisionResponse Judged() {
  v1::ExplainDecisionResponse explained;
  explained.add_decisions()->set_level(v1::LEVEL_FULL);
  return explained;
}

/// What a practitioner is told of intelligence that a panel's chair was owed and did not get.
TEST(ExplainWords, AWithholdingSaysWhoAnswersForIt) {
  v1::ExplainDecisionResponse explained = Judged();
  v1::ExplainedObligation& obligation = *explained.add_obligations();
  obligation.set_type(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  obligation.set_reason(v1::RULE_REASON_ORIGINATOR_CONTROL);
  obligation.set_debtor_post("police-ct/intelligence");
  obligation.set_told_post("board/board");
  *obligation.mutable_due_at() = TimeUtil::SecondsToTimestamp(kThen + 14'400);
  obligation.set_stage(2);
  obligation.set_open(true);
  v1::ExplainedObligation& done = *explained.add_obligations();
  done.set_type(v1::OBLIGATION_TYPE_READ);
  done.set_debtor_post("probation/chair");
  AddSentences("probation/chair", /*waits=*/false, explained);
  EXPECT_THAT(
      explained.sentences(),
      ElementsAre("It has not been let go to probation/chair.",
                  "police-ct/intelligence must write what can be told, or review that it is not, "
                  "because the originator controls it; it is due 2027-01-15T12:00:00Z, and has "
                  "climbed 2 steps, to board/board.",
                  "probation/chair must have a person read it: that is done."));
}

TEST(ExplainWords, WhatWasToldSaysWhenItWasTakenIn) {
  v1::ExplainDecisionResponse explained = Judged();
  *explained.mutable_released_at() = TimeUtil::SecondsToTimestamp(kThen);
  v1::ExplainDecisionResponse read = explained;
  *read.mutable_acknowledged_at() = TimeUtil::SecondsToTimestamp(kThen + 1);
  *read.mutable_read_at() = TimeUtil::SecondsToTimestamp(kThen + 2);
  AddSentences("police/panel", false, explained);
  EXPECT_THAT(
      explained.sentences(),
      ElementsAre("It was let go 2027-01-15T08:00:00Z, its receipt not acknowledged, and no "
                  "person has said that they read it."));
  AddSentences("police/panel", false, read);
  EXPECT_THAT(read.sentences(),
              ElementsAre("It was let go 2027-01-15T08:00:00Z, its receipt acknowledged "
                          "2027-01-15T08:00:01Z, and a person read it 2027-01-15T08:00:02Z."));
}

TEST(ExplainWords, WhatWaitsAndWhatWasNeverJudgedAreToldApart) {
  v1::ExplainDecisionResponse never;
  AddSentences("police/panel", false, never);
  EXPECT_THAT(never.sentences(), ElementsAre("It was never judged for police/panel: nothing about "
                                             "whom it concerns brings that post in."));
  v1::ExplainDecisionResponse waits = Judged();
  AddSentences("police/panel", true, waits);
  EXPECT_THAT(waits.sentences(),
              ElementsAre("It waits in the feed of police/panel and has not been let go yet."));
}

TEST(ExplainWords, EveryObligationWantsSomethingOfItsOwn) {
  std::set<std::string> said;
  for (int type = v1::ObligationType_MIN; type <= v1::ObligationType_MAX; ++type) {
    if (!v1::ObligationType_IsValid(type)) continue;
    v1::ExplainDecisionResponse explained = Judged();
    explained.add_obligations()->set_type(static_cast<v1::ObligationType>(type));
    AddSentences("police/panel", false, explained);
    EXPECT_TRUE(said.insert(explained.sentences(1)).second) << explained.sentences(1);
  }
}

}  // namespace
}  // namespace tearline::rpc
