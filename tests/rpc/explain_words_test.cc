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
  AddSentences("probation/chair", explained);
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
  AddSentences("police/panel", explained);
  EXPECT_THAT(
      explained.sentences(),
      ElementsAre("It was let go 2027-01-15T08:00:00Z, its receipt not acknowledged, and no "
                  "person has said that they read it."));
  AddSentences("police/panel", read);
  EXPECT_THAT(read.sentences(),
              ElementsAre("It was let go 2027-01-15T08:00:00Z, its receipt acknowledged "
                          "2027-01-15T08:00:01Z, and a person read it 2027-01-15T08:00:02Z."));
}

TEST(ExplainWords, WhatWaitsAndWhatWasNeverJudgedAreToldApart) {
  v1::ExplainDecisionResponse never;
  AddSentences("police/panel", never);
  EXPECT_THAT(never.sentences(), ElementsAre("It was never judged for police/panel: nothing about "
                                             "whom it concerns brings that post in."));
  v1::ExplainDecisionResponse waits = Judged();
  waits.set_waits(true);
  AddSentences("police/panel", waits);
  EXPECT_THAT(waits.sentences(),
              ElementsAre("It waits in the feed of police/panel and has not been let go yet."));
}

/// Each time is of what had been let go by then.
TEST(ExplainWords, WhatWasLetGoAnewHasTimesOfItsOwn) {
  v1::ExplainDecisionResponse explained = Judged();
  explained.set_given(v1::LEVEL_FULL);
  *explained.mutable_released_at() = TimeUtil::SecondsToTimestamp(kThen);
  *explained.mutable_released_anew_at() = TimeUtil::SecondsToTimestamp(kThen + 2);
  *explained.mutable_read_before_at() = TimeUtil::SecondsToTimestamp(kThen + 1);
  *explained.mutable_taken_back_at() = TimeUtil::SecondsToTimestamp(kThen + 3);
  explained.set_waits(true);
  AddSentences("police/panel", explained);
  EXPECT_THAT(
      explained.sentences(),
      ElementsAre("It was let go 2027-01-15T08:00:00Z first, and as police/panel was given it "
                  "last, everything, 2027-01-15T08:00:02Z, its receipt not acknowledged, and no "
                  "person has said that they read it; what was let go before was read "
                  "2027-01-15T08:00:01Z; access was withdrawn 2027-01-15T08:00:03Z.",
                  "What it may be told now waits in the feed of police/panel and has not been let "
                  "go yet."));
}

TEST(ExplainWords, WhoWasNotToldIsToldApartFromWhoWasGivenLess) {
  v1::NotToldRow row;
  row.set_post("police/panel");
  row.set_level(v1::LEVEL_WITHHELD);
  AddSentences(row);
  EXPECT_THAT(row.sentences(), testing::IsEmpty());
  row.set_level(v1::LEVEL_FULL);
  AddSentences(row);
  row.set_given(v1::LEVEL_POINTER);
  *row.mutable_released_at() = TimeUtil::SecondsToTimestamp(kThen);
  row.set_waits(true);
  AddSentences(row);
  EXPECT_THAT(row.sentences(),
              ElementsAre("It has not been let go to police/panel.",
                          "police/panel was given a pointer 2027-01-15T08:00:00Z.",
                          "What it may be told now waits in the feed of police/panel and has not "
                          "been let go yet."));
}

TEST(ExplainWords, EveryObligationWantsSomethingOfItsOwn) {
  std::set<std::string> said;
  for (int type = v1::ObligationType_MIN; type <= v1::ObligationType_MAX; ++type) {
    if (!v1::ObligationType_IsValid(type)) continue;
    v1::ExplainDecisionResponse explained = Judged();
    explained.add_obligations()->set_type(static_cast<v1::ObligationType>(type));
    AddSentences("police/panel", explained);
    EXPECT_TRUE(said.insert(explained.sentences(1)).second) << explained.sentences(1);
  }
}

}  // namespace
}  // namespace tearline::rpc
