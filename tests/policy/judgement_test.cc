#include "broker/policy/judgement.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

struct Row {
  const char* rules;
  const char* level;
  const char* winning;
  v1::RuleReason below;
};

constexpr v1::RuleReason kNothing = v1::RULE_REASON_UNSPECIFIED;
constexpr v1::RuleReason kCapped = v1::RULE_REASON_CLEARANCE;
constexpr v1::RuleReason kControlled = v1::RULE_REASON_ORIGINATOR_CONTROL;

// Grants by max, caps by min, duties by max; a duty yields to absolute caps alone.
constexpr Row kRows[] = {
    // rules                                                  level      winning  why below
    {"mask M1 witness", "withheld", "", v1::RULE_REASON_NO_GRANT},
    {"grant G1 pointer", "pointer", "G1", kNothing},
    {"grant G1 full", "full", "G1", kNothing},
    {"grant G1 pointer; grant G2 full", "full", "G2", kNothing},
    {"grant G1 full; grant G2 full", "full", "G1 G2", kNothing},
    {"grant G1 full; cap A1 tear-line", "tear-line", "A1", kCapped},
    {"grant G1 full; cap A1 withheld", "withheld", "A1", kCapped},
    {"grant G1 full; cap A1 tear-line; cap A2 pointer", "pointer", "A2", kCapped},
    {"grant G1 full; qualified Q1 tear-line", "tear-line", "Q1", kControlled},
    {"grant G1 full; qualified Q1 pointer; cap A1 tear-line", "pointer", "Q1", kControlled},
    {"grant G1 full; qualified Q1 tear-line; cap A1 pointer", "pointer", "A1", kCapped},
    {"grant G1 full; qualified Q1 pointer; cap A1 pointer", "pointer", "Q1 A1", kCapped},
    {"grant G1 tear-line; cap A1 tear-line", "tear-line", "G1 A1", kNothing},
    {"grant G1 pointer; cap A1 tear-line", "pointer", "G1", kNothing},
    {"grant G2 tear-line; grant G1 full; cap A1 tear-line", "tear-line", "A1", kCapped},
    {"cap A1 withheld", "withheld", "A1", v1::RULE_REASON_NO_GRANT},
    {"duty D1 full", "full", "D1", kNothing},
    {"duty D1 pointer; duty D2 tear-line", "tear-line", "D2", kNothing},
    {"grant G1 pointer; duty D1 full", "full", "D1", kNothing},
    {"grant G1 full; duty D1 pointer", "full", "G1", kNothing},
    {"grant G1 full; duty D1 full", "full", "G1", kNothing},
    {"duty D1 full; qualified Q1 withheld", "full", "D1", kNothing},
    {"duty D1 full; cap A1 pointer", "pointer", "D1 A1", kCapped},
    {"duty D1 full; cap A1 withheld", "withheld", "D1 A1", kCapped},
    {"duty D1 full; cap A1 pointer; qualified Q1 withheld", "pointer", "D1 A1", kCapped},
    {"grant G1 full; qualified Q1 pointer; duty D1 tear-line", "tear-line", "D1", kControlled},
    {"grant G1 full; qualified Q1 tear-line; duty D1 tear-line", "tear-line", "Q1", kControlled},
    {"grant G1 full; qualified Q1 pointer; duty D1 full; cap A1 tear-line", "tear-line", "D1 A1",
     kCapped},
};

std::string Ids(const std::vector<const PolicySet::Rule*>& rules) {
  std::string ids;
  for (const PolicySet::Rule* rule : rules) ids += (ids.empty() ? "" : " ") + rule->rule.id();
  return ids;
}

TEST(Judgement, CombinesWordsAsTheTableSays) {
  const EventFacts event = PlainEvent();
  const NominalFacts nominal;
  const RecipientFacts recipient = PlainRecipient();
  for (const Row& row : kRows) {
    const PolicySet policy = Rules(row.rules);
    const Judgement judgement = Judge(policy, {event, nominal, recipient});
    EXPECT_EQ(LevelWord(judgement.level), row.level) << row.rules;
    EXPECT_EQ(ReasonBelow(judgement), row.below) << row.rules;
    std::string winning = row.winning;
    // The rules are listed in the policy's order; the rows name the decisive one first.
    for (const PolicySet::Rule* rule : WinningRules(judgement)) {
      const std::size_t at = winning.find(rule->rule.id());
      ASSERT_NE(at, std::string::npos) << row.rules << ": " << Ids(WinningRules(judgement));
      winning.erase(at, rule->rule.id().size());
    }
    EXPECT_EQ(winning.find_first_not_of(' '), std::string::npos) << row.rules << ": " << winning;
  }
}

TEST(Judgement, UnknownCountsAgainstGrantsAndForCapsDutiesAndMasks) {
  const EventFacts event = PlainEvent();
  const NominalFacts nominal;  // No case, so no category is known.
  const RecipientFacts recipient = PlainRecipient();
  const std::string kIf = " if nominal { category: MAPPA_CATEGORY_1 }";
  const PolicySet policy =
      Rules("grant G1 full" + kIf + "; cap A1 tear-line" + kIf + "; qualified Q1 pointer" + kIf +
            "; duty D1 full" + kIf + "; mask M1 witness" + kIf);
  EXPECT_EQ(Ids(Judge(policy, {event, nominal, recipient}).spoke), "A1 Q1 D1 M1");
}

TEST(Judgement, OfCapsAsLowTheSmallestIdGivesTheReason) {
  const EventFacts event = PlainEvent();
  const NominalFacts nominal;
  const RecipientFacts recipient = PlainRecipient();
  const PolicySet first = Rules("grant G full; cap B pointer; qualified A pointer");
  const PolicySet second = Rules("grant G full; cap A pointer; qualified B pointer");
  EXPECT_EQ(ReasonBelow(Judge(first, {event, nominal, recipient})), kControlled);
  EXPECT_EQ(ReasonBelow(Judge(second, {event, nominal, recipient})), kCapped);
}

}  // namespace
}  // namespace tearline::policy
