// What an analysis finds is held against looking at every situation one by one.
#include "broker/policy/analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "broker/policy/judgement.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "G1 never decides: …" without the way out behind the semicolon.
std::vector<std::string> Said(const std::string& rules) {
  std::vector<std::string> said;
  for (const Finding& finding : Analyse(Rules(rules))) {
    said.push_back(finding.about + ": " + finding.sentence.substr(0, finding.sentence.find(';')));
  }
  return said;
}

TEST(Analysis, FindsNothingInRulesThatMatter) {
  EXPECT_THAT(Said("grant G1 full if recipient { cleared: true }; "
                   "cap A1 tear-line if event { flag: CONTENT_FLAG_LEGALLY_PRIVILEGED }; "
                   "qualified Q1 pointer if event { originator_controlled: true }; "
                   "duty D1 tear-line if recipient { seat: SEAT_KIND_CHAIR }; "
                   "mask M1 witness if recipient { agency_kind: AGENCY_KIND_HEALTH }"),
              IsEmpty());
}

struct Row {
  const char* rules;
  const char* found;
};

const Row kRows[] = {
    {"grant G1 full if recipient { seat: SEAT_KIND_CHAIR on_panel: false }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full if event { event_type: 'custody.' } all { event { event_type: 'health.' } }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full if recipient { seat: SEAT_KIND_CHAIR } nominal { has_case: false }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full if event { handling: HANDLING_CODE_PERMITTED "
     "sanitisation: SANITISATION_CODE_S1 }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full if event { originator_kind: AGENCY_KIND_POLICE } "
     "recipient { of_originator: true agency_kind: AGENCY_KIND_HEALTH }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full if event { originator_kind: AGENCY_KIND_POLICE } "
     "all { event { originator_kind: AGENCY_KIND_HEALTH } }",
     "G1: its condition can never hold: it asks for things that exclude one another"},
    {"grant G1 full; grant G2 tear-line if recipient { cleared: true }",
     "G2: it never decides: other grants (G1) allow as much wherever it speaks"},
    {"grant G1 full if recipient { cleared: true }; "
     "qualified Q1 withheld if recipient { cleared: true }",
     "G1: it never decides: caps are lower wherever it would allow more"},
    {"grant G1 tear-line if recipient { seat: SEAT_KIND_CHAIR }; "
     "duty D1 tear-line if recipient { on_panel: true }",
     "G1: it never decides: duties owe as much wherever it would allow more"},
    {"grant G1 full; cap A1 pointer if recipient { cleared: false }; "
     "cap A2 tear-line if recipient { cleared: false } event { breach: true }",
     "A2: it never decides: other caps (A1) are as low wherever it speaks"},
    {"grant G1 tear-line; cap A1 tear-line if recipient { cleared: false }",
     "A1: it never decides: nobody is granted or owed more wherever it speaks"},
    {"duty D1 full if recipient { cleared: false }; "
     "cap A1 tear-line if recipient { cleared: false }",
     "D1: absolute caps are below it wherever it speaks, so that what it owes can never be given"},
    {"duty D1 full if recipient { on_panel: true }; "
     "duty D2 tear-line if recipient { seat: SEAT_KIND_CHAIR }",
     "D2: it never decides: other duties (D1) owe as much, as soon, wherever it speaks"},
    {"duty D1 pointer if recipient { agency_kind: [ AGENCY_KIND_POLICE, AGENCY_KIND_IMMIGRATION ] }"
     "; cap A1 withheld if recipient { agency_kind: AGENCY_KIND_IMMIGRATION }",
     "D1: it speaks to recipients who can never get even a pointer from it: agency_kind "
     "AGENCY_KIND_IMMIGRATION"},
    {"grant G1 full; mask M1 witness; mask M2 witness if recipient { cleared: false }",
     "M2: it never decides: other masks hide as much wherever it speaks"},
    {"grant G1 tear-line; mask M1 witness",
     "M1: it never decides: nobody gets anything in full wherever it speaks"},
};

/// Most people who are supervised have no panel; and what the broker made is of no kind of agency.
TEST(Analysis, KnowsASupervisorWithoutACaseAndAnOriginatorOfNoKind) {
  const PolicySet supervised = Rules(
      "grant G1 full if recipient { supervising: true } nominal { has_case: false }; "
      "grant G2 full if recipient { supervising: true } nominal { has_case: true }");
  EXPECT_THAT(Analyse(supervised), IsEmpty());
  // A cap speaks where the kind is not known, so that the first two together are not all of it.
  const std::string kinds = "AGENCY_KIND_PROBATION, AGENCY_KIND_POLICE, AGENCY_KIND_PRISON, "
                            "AGENCY_KIND_SECURITY_UNIT, AGENCY_KIND_HEALTH, AGENCY_KIND_HOUSING, "
                            "AGENCY_KIND_EDUCATION, AGENCY_KIND_LOCAL_AUTHORITY, "
                            "AGENCY_KIND_IMMIGRATION, AGENCY_KIND_WORK_AND_PENSIONS, "
                            "AGENCY_KIND_MONITORING, AGENCY_KIND_INSPECTORATE, AGENCY_KIND_COURT, "
                            "AGENCY_KIND_BROKER";
  const PolicySet of_no_kind =
      Rules("grant G1 full if event { originator_kind: [ " + kinds +
            " ] }; grant G2 full if event { event_type: 'composite.' }");
  EXPECT_THAT(Analyse(of_no_kind), IsEmpty()) << "G2 alone speaks of composites";
  // What was proposed while neither was known is looked at as it was then.
  ASSERT_EQ(Analyse(supervised, Scope::kFirst).size(), 1U);
  EXPECT_EQ(Analyse(supervised, Scope::kFirst)[0].fault, Fault::kUnreachable);
  ASSERT_EQ(Analyse(of_no_kind, Scope::kFirst).size(), 1U);
  EXPECT_EQ(Analyse(of_no_kind, Scope::kFirst)[0].fault, Fault::kNeverDecides);
}

TEST(Analysis, FindsWhatCanNeverBe) {
  for (const Row& row : kRows)
    EXPECT_THAT(Said(row.rules), testing::Contains(row.found)) << row.rules;
}

/// An unknown fact counts for a cap: what is impossible when all is known may speak when it is not.
TEST(Analysis, CountsWhatIsUnknown) {
  const std::string both =
      "nominal { category: MAPPA_CATEGORY_1 } all { nominal { category: MAPPA_CATEGORY_2 } }";
  EXPECT_THAT(Said("grant G1 full if " + both),
              ElementsAre("G1: its condition can never hold: it asks for things that exclude one "
                          "another"));
  EXPECT_THAT(Said("grant G1 full; cap A1 pointer if " + both), IsEmpty());
}

/// A duty that owes no more may still oblige sooner.
TEST(Analysis, LeavesADutyThatObligesSooner) {
  const std::string text = PolicyText("duty D1 full") + R"(
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
        when { event { urgency: URGENCY_IMMEDIATE } }
        oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "1h" } })";
  EXPECT_THAT(Analyse(*PolicySet::Parse(text)), IsEmpty());
}

TEST(Analysis, SaysWhenRulesAreTooEntangled) {
  // Each rule asks for one pair of marks: their union knows every pair, and grows without end.
  std::string text = "id: 'test' version: 1\n";
  const char* kinds[] = {"originator_controlled", "existence_may_be_told", "breach", "sensitive"};
  int id = 0;
  for (int type = 0; type < 200; ++type) {
    for (int bits = 0; bits < 3; ++bits) {
      text += "rules { id: 'G" + std::to_string(id++) +
              "' kind: RULE_KIND_GRANT level: LEVEL_FULL "
              "reason: RULE_REASON_NEED_TO_KNOW when { event { event_type: 'a" +
              std::to_string(type) + "' " + kinds[(type + bits) % 4] +
              ": true } "
              "any { recipient { role: " +
              std::to_string(1 + (type * 7 + bits) % 15) + " } } } }\n";
    }
  }
  text.resize(std::min(text.rfind("rules {", 48 * 1024 - 300), text.size()));
  const std::vector<Finding> found = Analyse(*PolicySet::Parse(text));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().fault, Fault::kTooComplex);
}

// -- Against every situation ----------------------------------------------------------------------

struct Facts {
  EventFacts event;
  NominalFacts nominal;
  RecipientFacts recipient;
  /// What makes a kind of recipient, as a word.
  std::string kind;
};

/// Every situation that the rules below can tell apart.
std::vector<Facts> Everything() {
  const v1::AgencyKind kinds[] = {v1::AGENCY_KIND_POLICE, v1::AGENCY_KIND_HEALTH,
                                  v1::AGENCY_KIND_PRISON};
  std::vector<Facts> all;
  for (int bits = 0; bits < 1 << 5; ++bits) {
    for (int seat = 0; seat <= (bits & 1 ? 3 : 0); ++seat) {
      for (int supervising = 0; supervising <= 1; ++supervising) {
        for (int mine = 0; mine < 3; ++mine) {
          for (int theirs = 0; theirs < 4; ++theirs) {  // the fourth is the broker, of no kind
            for (int own = 0; own <= (mine == theirs ? 1 : 0); ++own) {
              Facts facts{PlainEvent(), {}, PlainRecipient(), ""};
              facts.nominal.has_case = bits & 1;
              if (bits & 1) {
                facts.nominal.category = v1::MAPPA_CATEGORY_1;
                facts.nominal.level = v1::MAPPA_LEVEL_2;
              }
              if (seat > 0) facts.nominal.seat = static_cast<v1::SeatKind>(seat);
              facts.nominal.supervising = supervising == 1;
              if (bits & 2) facts.event.label.mutable_marking()->set_sensitive(true);
              facts.event.label.set_originator_controlled(bits & 4);
              if (bits & 8) facts.event.segments[0].flags.push_back(v1::CONTENT_FLAG_WITNESS);
              if (bits & 16) {
                facts.event.segments[0].flags.push_back(v1::CONTENT_FLAG_HEALTH_DETAIL);
              }
              facts.recipient.agency_kind = kinds[mine];
              facts.event.originator_kind.reset();
              if (theirs < 3) facts.event.originator_kind = kinds[theirs];
              facts.recipient.agency = "mine";
              facts.event.originating_agency = own ? "mine" : "theirs";
              facts.kind =
                  std::to_string(seat) + std::to_string(supervising) + std::to_string(mine);
              all.push_back(std::move(facts));
            }
          }
        }
      }
    }
  }
  return all;
}

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  v1::Condition Condition(int depth) {
    v1::Condition condition;
    switch (Below(9)) {
      case 0:
        condition.mutable_recipient()->add_seat(static_cast<v1::SeatKind>(1 + Below(3)));
        break;
      case 1:
        condition.mutable_recipient()->set_supervising(Below(2) == 0);
        break;
      case 2:
        condition.mutable_recipient()->add_agency_kind(Kind());
        break;
      case 3:
        condition.mutable_recipient()->set_of_originator(Below(2) == 0);
        break;
      case 4:
        condition.mutable_recipient()->set_cleared(Below(2) == 0);
        break;
      case 5:
        condition.mutable_event()->set_originator_controlled(Below(2) == 0);
        break;
      case 6:
        condition.mutable_event()->add_originator_kind(Kind());
        break;
      case 7:
        condition.mutable_event()->add_flag(Flag());
        break;
      default:
        condition.mutable_nominal()->set_has_case(Below(2) == 0);
    }
    if (Below(3) == 0) condition.mutable_recipient()->set_on_panel(Below(2) == 0);
    if (depth < 2 && Below(3) == 0) *condition.add_none() = Condition(depth + 1);
    if (depth < 2 && Below(3) == 0) *condition.add_all() = Condition(depth + 1);
    while (depth < 2 && Below(3) == 0) *condition.add_any() = Condition(depth + 1);
    return condition;
  }

  v1::AgencyKind Kind() { return Below(2) == 0 ? v1::AGENCY_KIND_POLICE : v1::AGENCY_KIND_HEALTH; }
  v1::ContentFlag Flag() {
    return Below(2) == 0 ? v1::CONTENT_FLAG_WITNESS : v1::CONTENT_FLAG_HEALTH_DETAIL;
  }

  v1::Policy Policy() {
    v1::Policy policy;
    policy.set_id("test");
    policy.set_version(1);
    for (int i = 2 + Below(5); i > 0; --i) {
      v1::Rule& rule = *policy.add_rules();
      rule.set_id("R" + std::to_string(i));
      rule.set_reason(v1::RULE_REASON_NEED_TO_KNOW);
      rule.set_kind(static_cast<v1::RuleKind>(1 + Below(5)));
      const bool cap =
          rule.kind() == v1::RULE_KIND_CAP_ABSOLUTE || rule.kind() == v1::RULE_KIND_CAP_QUALIFIED;
      if (rule.kind() == v1::RULE_KIND_MASK) {
        rule.add_hides(Flag());
      } else {
        rule.set_level(static_cast<v1::Level>((cap ? 1 : 2) + Below(3)));
      }
      if (rule.kind() == v1::RULE_KIND_DUTY && Below(2) == 0) {
        v1::Oblige& oblige = Below(2) == 0 ? *rule.add_oblige() : *rule.add_oblige_if_unmet();
        oblige.set_type(v1::OBLIGATION_TYPE_READ);
        oblige.set_within(std::to_string(1 + Below(3)) + "h");
      }
      if (Below(5) > 0) *rule.mutable_when() = Condition(0);
    }
    return policy;
  }

 private:
  std::mt19937 random_;
};

PolicySet Parsed(const v1::Policy& policy) { return *PolicySet::Of(policy, "invented"); }

/// All that one situation's duties ask: what is owed, and the earliest times of what they oblige,
/// always and at each level that might be told.
using Asked =
    std::tuple<v1::Level, std::map<int, std::int64_t>, std::vector<std::map<int, std::int64_t>>>;

Asked AskedBy(const Judgement& judgement) {
  const auto add = [](const std::vector<OpenedObligation>& opened,
                      std::map<int, std::int64_t>& times) {
    for (const OpenedObligation& each : opened) {
      const auto [place, made] = times.try_emplace(each.type, each.within_ms);
      if (!made) place->second = std::min(place->second, each.within_ms);
    }
  };
  Asked asked{judgement.duty, {}, {}};
  for (const PolicySet::Rule* rule : judgement.spoke) add(rule->oblige, std::get<1>(asked));
  for (int told = v1::LEVEL_WITHHELD; told < v1::LEVEL_FULL; ++told) {
    std::map<int, std::int64_t>& times = std::get<2>(asked).emplace_back();
    for (const PolicySet::Rule* rule : judgement.spoke) {
      if (rule->rule.level() > told) add(rule->oblige_if_unmet, times);
    }
  }
  return asked;
}

std::set<int> HiddenIn(const Facts& facts, const Judgement& judgement) {
  std::set<int> hidden;
  if (judgement.level != v1::LEVEL_FULL) return hidden;
  for (const v1::ContentFlag flag : facts.event.segments[0].flags) {
    for (const PolicySet::Rule* rule : judgement.spoke) {
      const auto& hides = rule->rule.hides();
      if (std::find(hides.begin(), hides.end(), flag) != hides.end()) hidden.insert(flag);
    }
  }
  return hidden;
}

/// What is wrong with the rule at `place`, found by asking everything with it and without it.
std::optional<Fault> FoundByAsking(const v1::Policy& policy, int place,
                                   const std::vector<Facts>& everything) {
  const PolicySet with = Parsed(policy);
  v1::Policy less = policy;
  less.mutable_rules()->DeleteSubrange(place, 1);
  const PolicySet without = Parsed(less);
  const v1::Rule& rule = policy.rules(place);

  bool speaks = false, given = false, matters = false;
  std::map<std::string, bool> pointer_of_kind;
  for (const Facts& facts : everything) {
    const Judgement now = Judge(with, {facts.event, facts.nominal, facts.recipient});
    const bool spoke =
        std::any_of(now.spoke.begin(), now.spoke.end(),
                    [&rule](const PolicySet::Rule* each) { return each->rule.id() == rule.id(); });
    if (!spoke) continue;
    const Judgement then = Judge(without, {facts.event, facts.nominal, facts.recipient});
    speaks = true;
    given = given || now.absolute >= rule.level();
    pointer_of_kind[facts.kind] |= now.absolute >= v1::LEVEL_POINTER;
    matters = matters || now.level != then.level || AskedBy(now) != AskedBy(then) ||
              HiddenIn(facts, now) != HiddenIn(facts, then);
  }
  if (!speaks) return Fault::kUnreachable;
  if (rule.kind() == v1::RULE_KIND_DUTY) {
    if (!given) return Fault::kDutyDefeated;
    for (const auto& [kind, pointer] : pointer_of_kind) {
      if (!pointer) return Fault::kNeverTold;
    }
  }
  return matters ? std::nullopt : std::optional(Fault::kNeverDecides);
}

/// Random small policies: the analysis finds exactly what asking every situation finds.
TEST(Analysis, FindsWhatAskingEverySituationFinds) {
  const std::vector<Facts> everything = Everything();
  Chance chance(20261128);
  std::map<Fault, int> found;
  for (int round = 0; round < 150; ++round) {
    const v1::Policy policy = chance.Policy();
    std::map<std::string, Fault> expected;
    for (int place = 0; place < policy.rules_size(); ++place) {
      const auto fault = FoundByAsking(policy, place, everything);
      if (fault) expected.emplace(policy.rules(place).id(), *fault);
    }
    std::map<std::string, Fault> analysed;
    for (const Finding& finding : Analyse(Parsed(policy))) {
      analysed.emplace(finding.about, finding.fault);
      ++found[finding.fault];
    }
    ASSERT_EQ(analysed, expected) << policy.DebugString();
  }
  // The rounds must have met every sort of fault, or they show nothing of it.
  for (const Fault fault :
       {Fault::kUnreachable, Fault::kNeverDecides, Fault::kDutyDefeated, Fault::kNeverTold}) {
    EXPECT_GT(found[fault], 0) << static_cast<int>(fault);
  }
}

}  // namespace
}  // namespace tearline::policy
