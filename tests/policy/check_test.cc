#include "broker/policy/check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

constexpr char kUnmet[] =
    "oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '4h' }";

v1::Policy WithRule(const std::string& rule) {
  return Read<v1::Policy>("id: 'p' version: 1 rules { id: 'R1' " + rule + " }");
}

std::string Sentence(const v1::Policy& policy) {
  const Status status = CheckPolicy(policy);
  if (!status.ok()) {
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_POLICY_INVALID);
  }
  return SentenceOf(status);
}

struct Row {
  const char* what;
  std::string rule;
  std::string sentence;  // Or its beginning; "" if it is good.
};

const std::string kGrant = "kind: RULE_KIND_GRANT reason: RULE_REASON_NEED_TO_KNOW ";
const std::string kCap = "kind: RULE_KIND_CAP_ABSOLUTE reason: RULE_REASON_CLEARANCE ";
const std::string kQualified = "kind: RULE_KIND_CAP_QUALIFIED reason: RULE_REASON_CLEARANCE ";
const std::string kDuty = "kind: RULE_KIND_DUTY reason: RULE_REASON_PANEL_MUST_KNOW ";
const std::string kMask = "kind: RULE_KIND_MASK reason: RULE_REASON_SOURCE_PROTECTION ";
const std::string kAbove = "`rule 1.level`: a grant or a duty needs a level above withheld";
const std::string kBelow = "`rule 1.level`: a cap needs a level below full";
const std::string kMasks = "`rule 1`: a mask needs `hides`, and has no `level`";
const std::string kTimes = "`rule 1.oblige_if_unmet` needs times of a whole number above 0";
const std::string kType = "`rule 1.when.event.event_type` must be words";

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string sentence = Sentence(WithRule(row.rule));
    EXPECT_EQ(sentence.substr(0, row.sentence.size()), row.sentence) << row.what;
    EXPECT_EQ(sentence.empty(), row.sentence.empty()) << row.what << ": " << sentence;
  }
}

TEST(Check, GivesEachKindOfRuleItsPartsAndNoOthers) {
  ExpectRows({
      {"grant", kGrant + "level: LEVEL_FULL", ""},
      {"grant of a pointer", kGrant + "level: LEVEL_POINTER", ""},
      {"grant of nothing", kGrant + "level: LEVEL_WITHHELD", kAbove},
      {"grant without level", kGrant, kAbove},
      {"grant that hides", kGrant + "level: LEVEL_FULL hides: CONTENT_FLAG_WITNESS",
       "`rule 1.hides` belongs to masks alone"},
      {"grant that obliges", kGrant + "level: LEVEL_FULL " + kUnmet,
       "`rule 1`: only a duty obliges"},
      {"cap to nothing", kCap + "level: LEVEL_WITHHELD", ""},
      {"cap to a tear-line", kQualified + "level: LEVEL_TEAR_LINE", ""},
      {"cap to everything", kCap + "level: LEVEL_FULL", kBelow},
      {"qualified cap to everything", kQualified + "level: LEVEL_FULL", kBelow},
      {"cap without level", kCap, kBelow},
      {"duty", kDuty + "level: LEVEL_FULL " + kUnmet, ""},
      {"duty of nothing", kDuty + "level: LEVEL_WITHHELD " + kUnmet, kAbove},
      {"duty without consequence", kDuty + "level: LEVEL_FULL", ""},
  });
}

TEST(Check, WantsAKindAReasonAndSomethingToHide) {
  ExpectRows({
      {"mask", kMask + "hides: CONTENT_FLAG_WITNESS", ""},
      {"mask of nothing", kMask, kMasks},
      {"mask with a level", kMask + "hides: CONTENT_FLAG_WITNESS level: LEVEL_FULL", kMasks},
      {"mask of an unknown flag", kMask + "hides: 99",
       "`rule 1.hides[0]` is not a value this broker knows"},
      {"no kind", "level: LEVEL_FULL reason: RULE_REASON_CLEARANCE", "`rule 1.kind` is required"},
      {"a kind by an unknown number", "kind: 9 level: LEVEL_FULL reason: RULE_REASON_CLEARANCE",
       "`rule 1.kind` is not a value this broker knows"},
      {"no reason", "kind: RULE_KIND_GRANT level: LEVEL_FULL", "`rule 1.reason` is required"},
      {"the last reason a policy may give",
       "kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_OWN_EVENT", ""},
      {"a reason only the evaluator gives",
       "kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NO_TEAR_LINE",
       "`rule 1.reason` is required, and one that a policy may give"},
  });
}

TEST(Check, WantsObligationsThatAPolicyMayOpenAndTimes) {
  ExpectRows({
      {"an obligation of nothing", kDuty + "level: LEVEL_FULL oblige_if_unmet { within: '4h' }",
       "`rule 1.oblige_if_unmet.type` must be SANITISE_OR_REVIEW or READ"},
      {"an obligation the machine opens",
       kDuty + "level: LEVEL_FULL " + kUnmet +
           " oblige { type: OBLIGATION_TYPE_PARKED within: '4h' }",
       "`rule 1.oblige.type` must be SANITISE_OR_REVIEW or READ"},
      {"the longest time",
       kDuty + "level: LEVEL_FULL oblige_if_unmet { type: OBLIGATION_TYPE_READ within: '366d' }",
       ""},
      {"a longer time",
       kDuty + "level: LEVEL_FULL oblige_if_unmet { type: OBLIGATION_TYPE_READ within: '367d' }",
       kTimes},
      {"no time", kDuty + "level: LEVEL_FULL oblige_if_unmet { type: OBLIGATION_TYPE_READ }",
       kTimes},
      {"a bad escalation",
       kDuty + "level: LEVEL_FULL oblige_if_unmet { type: OBLIGATION_TYPE_READ within: '4h' "
               "escalate_every: 'soon' }",
       kTimes},
  });
}

TEST(Check, WantsConditionsOfTheVocabulary) {
  ExpectRows({
      {"an event type", kGrant + "level: LEVEL_FULL when { event { event_type: 'a.b-1' } }", ""},
      {"a beginning", kGrant + "level: LEVEL_FULL when { event { event_type: 'a.b.' } }", ""},
      {"a purpose and a legal basis",
       kGrant + "level: LEVEL_FULL when { event { purpose: 'public-protection' legal_basis: "
                "'CJA2003-325-4' } }",
       ""},
      {"a purpose in words", kGrant + "level: LEVEL_FULL when { event { purpose: 'to help' } }",
       "`rule 1.when.event` asks for a code that is none"},
      {"an empty legal basis",
       kGrant + "level: LEVEL_FULL when { none { event { legal_basis: '' } } }",
       "`rule 1.when.event` asks for a code that is none"},
      {"an empty type", kGrant + "level: LEVEL_FULL when { event { event_type: '' } }", kType},
      {"a dot alone", kGrant + "level: LEVEL_FULL when { event { event_type: '.' } }", kType},
      {"two dots", kGrant + "level: LEVEL_FULL when { event { event_type: 'a..b' } }", kType},
      {"a star", kGrant + "level: LEVEL_FULL when { event { event_type: 'a.*' } }", kType},
      {"a zero in a list", kGrant + "level: LEVEL_FULL when { event { risk: RISK_UNSPECIFIED } }",
       "`rule 1.when.event.risk[0]` is not a value this broker knows"},
      {"an unknown number deep down",
       kGrant + "level: LEVEL_FULL when { none { any { recipient { role: [ 5, 77 ] } } } }",
       "`rule 1.when.none[0].any[0].recipient.role[1]` is not a value this broker knows"},
  });
}

TEST(Check, RefusesPoliciesByTheirOwnFields) {
  const std::string rule =
      "rules { id: 'R1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_GUEST }";
  EXPECT_EQ(Sentence(Read<v1::Policy>("id: 'p-1' version: 1 " + rule)), "");
  EXPECT_EQ(Sentence(Read<v1::Policy>("version: 1 " + rule)).substr(0, 17), "`id` is required:");
  EXPECT_EQ(Sentence(Read<v1::Policy>("id: 'P 1' version: 1 " + rule)).substr(0, 17),
            "`id` is required:");
  EXPECT_EQ(Sentence(Read<v1::Policy>("id: 'p' " + rule)), "`version` is required, from 1");
  EXPECT_EQ(Sentence(Read<v1::Policy>("id: 'p' version: 1")), "the policy has 0 rules; 1 to 1000");
}

TEST(Check, RefusesTheSameIdTwiceByTheNumberOfTheSecond) {
  v1::Policy policy = Read<v1::Policy>(PolicyText("grant A full; grant B full; cap C pointer"));
  EXPECT_EQ(Sentence(policy), "");
  policy.mutable_rules(2)->set_id("A");
  EXPECT_EQ(Sentence(policy), "`rule 3.id` was given to an earlier rule");
}

TEST(Check, KeepsEveryLimitOnBothSides) {
  v1::Policy policy = Read<v1::Policy>(PolicyText("grant R full"));
  v1::Rule& rule = *policy.mutable_rules(0);

  rule.set_id("ABCDEFGHIJKLMN-1");
  EXPECT_EQ(Sentence(policy), "");
  for (const char* id : {"ABCDEFGHIJKLMN-12", "", "A_B", "A B"}) {
    rule.set_id(id);
    EXPECT_EQ(Sentence(policy), "`rule 1.id` must be 1 to 16 of A-Z, a-z, 0-9 and -") << id;
  }
  rule.set_id("R");

  rule.set_says(std::string(500, 'a'));
  EXPECT_EQ(Sentence(policy), "");
  rule.set_says(std::string(501, 'a'));
  EXPECT_EQ(Sentence(policy), "`rule 1.says` is 501 bytes; at most 500, of UTF-8");
  rule.clear_says();

  policy.set_purpose(std::string(2000, 'a'));
  EXPECT_EQ(Sentence(policy), "");
  policy.set_purpose(std::string(2001, 'a'));
  EXPECT_EQ(Sentence(policy), "`purpose` is 2001 bytes; at most 2000, of UTF-8");
  policy.clear_purpose();

  for (int i = 1; i < static_cast<int>(model::kPolicyRulesMax); ++i) {
    *policy.add_rules() = policy.rules(0);
    policy.mutable_rules(i)->set_id("R" + std::to_string(i));
  }
  EXPECT_EQ(Sentence(policy), "");
  *policy.add_rules() = policy.rules(0);
  EXPECT_EQ(Sentence(policy), "the policy has 1001 rules; 1 to 1000");
}

TEST(Check, NestsConditionsEightDeepAndNoDeeper) {
  for (const int kind : {0, 1, 2}) {
    v1::Policy policy = Read<v1::Policy>(PolicyText("grant R full"));
    v1::Condition* innermost = policy.mutable_rules(0)->mutable_when();
    const auto nest = [kind](v1::Condition& outer) {
      return kind == 0 ? outer.add_all() : kind == 1 ? outer.add_any() : outer.add_none();
    };
    for (int depth = 1; depth < model::kConditionDepthMax; ++depth) innermost = nest(*innermost);
    innermost->mutable_event()->set_breach(true);
    EXPECT_EQ(Sentence(policy), "");
    nest(*innermost);
    EXPECT_EQ(Sentence(policy),
              "`rule 1.when` is nested too deep; at most 8 conditions within one another");
  }
}

}  // namespace
}  // namespace tearline::policy
