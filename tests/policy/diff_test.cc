#include "broker/policy/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Said(const std::string& before, const std::string& after) {
  std::vector<std::string> said;
  for (const RuleDiff& diff : Diff(Rules(before).policy(), Rules(after).policy())) {
    const char* kinds[] = {"+", "-", "~"};
    for (const std::string& sentence : diff.sentences) {
      said.push_back(kinds[static_cast<int>(diff.kind)] + diff.rule + " " + sentence);
    }
  }
  return said;
}

TEST(Diff, SaysWhatComesGoesAndChanges) {
  EXPECT_THAT(
      Said("grant G1 full; cap A1 pointer; duty D1 pointer",
           "grant G1 tear-line if recipient { cleared: true }; duty D1 pointer; mask M1 witness"),
      ElementsAre("-A1 It allows never more than a pointer, because its clearance does not reach.",
                  "-A1 It speaks: always.",
                  "~G1 What it wants was: allows everything; is: allows the tear-line.",
                  "~G1 When it speaks was: always; is: recipient { cleared: true }.",
                  "+M1 It hides witness, because a source must be protected.",
                  "+M1 It speaks: always."));
}

TEST(Diff, SaysOtherTimes) {
  const std::string later = R"(
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
        oblige { type: OBLIGATION_TYPE_READ within: "4h" escalate_every: "1h" } })";
  std::string sooner = later;
  sooner.replace(sooner.find("4h"), 2, "2h");
  const auto diffs = Diff(PolicySet::Parse(PolicyText("") + later)->policy(),
                          PolicySet::Parse(PolicyText("") + sooner)->policy());
  ASSERT_EQ(diffs.size(), 1U);
  EXPECT_THAT(diffs[0].sentences,
              ElementsAre("What it obliges was: to read within 4h, climbing every 1h; is: to read "
                          "within 2h, climbing every 1h."));
}

/// Order, tests and editions judge nothing.
TEST(Diff, SaysNothingOfWhatJudgesAlike) {
  EXPECT_THAT(Said("grant G1 full; cap A1 pointer", "cap A1 pointer; grant G1 full"), IsEmpty());
  EXPECT_THAT(
      Diff(Rules("grant G1 full").policy(),
           PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples())->policy()),
      IsEmpty());
}

TEST(Diff, SaysHowCompositesDiffer) {
  const std::string one = R"(
composites { name: "breaches" member_type: [ "compliance.", "order.breach.recorded" ] events: 4
  agencies: 3 within: "60d" event_type: "composite.breaches.made" urgency: URGENCY_URGENT
  says: "Together." } )";
  std::string sooner = one;
  sooner.replace(sooner.find("60d"), 3, "30d");
  const auto said = [](const std::string& before, const std::string& after) {
    std::vector<std::string> all;
    for (const RuleDiff& diff :
         Diff(PolicySet::Parse(PolicyText("grant G1 full") + before)->policy(),
              PolicySet::Parse(PolicyText("grant G1 full") + after)->policy())) {
      for (const std::string& sentence : diff.sentences) all.push_back(diff.rule + ": " + sentence);
    }
    return all;
  };
  EXPECT_THAT(said("", one),
              ElementsAre("breaches: Of 4 events of compliance. and order.breach.recorded, from 3 "
                          "agencies, within 60d, it makes composite.breaches.made, urgent.",
                          "breaches: It says: Together."));
  EXPECT_THAT(said(one, sooner),
              ElementsAre("breaches: What it counts was: 4 events of compliance. and "
                          "order.breach.recorded, from 3 agencies, within 60d; is: 4 events of "
                          "compliance. and order.breach.recorded, from 3 agencies, within 30d."));
  EXPECT_THAT(said(one, one), IsEmpty());
}

}  // namespace
}  // namespace tearline::policy
