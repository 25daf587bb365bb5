// Laws of both engines, over policies and situations made from seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "broker/policy/evaluate.h"
#include "broker/policy/hearing.h"
#include "tests/policy/dice.h"
#include "tests/policy/invented.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

class Maker {
 public:
  explicit Maker(std::uint32_t salt) : dice_(salt) {}

  std::size_t Below(std::size_t bound) { return dice_(bound); }
  bool Coin() { return Below(2) == 0; }

  std::string Rule(std::size_t number) {
    static const char* const kKinds[] = {"grant", "cap", "qualified", "duty", "mask"};
    static const char* const kLevels[] = {"pointer", "tear-line", "full", "withheld"};
    static const char* const kFlags[] = {"witness", "victim-address", "health-detail"};
    const std::size_t kind = Below(5);
    std::string text = std::string(kKinds[kind]) + " R" + std::to_string(number) + " ";
    if (kind == 4) {
      text += kFlags[Below(3)];
    } else {
      // Grants and duties are above withheld, caps below full.
      const bool cap = kind == 1 || kind == 2;
      std::size_t level = Below(3);
      if (cap && level == 2) level = 3;
      text += kLevels[level];
    }
    return text + Condition();
  }

  std::string Condition() {
    static const char* const kConditions[] = {
        "",
        "",
        " if recipient { seat: [ SEAT_KIND_CHAIR, SEAT_KIND_MEMBER ] }",
        " if recipient { on_panel: false }",
        " if nominal { category: MAPPA_CATEGORY_1 }",
        " if recipient { cleared: false }",
        " if event { originator_controlled: true }",
        " if none { recipient { agency_kind: AGENCY_KIND_PROBATION } }",
        " if any { event { risk: RISK_HIGH } } any { nominal { level: MAPPA_LEVEL_3 } }",
        " if recipient { accountable_officer: true }",
    };
    return kConditions[Below(std::size(kConditions))];
  }

  std::vector<std::string> RuleList(std::size_t most) {
    std::vector<std::string> rules;
    const std::size_t count = 1 + Below(most);
    for (std::size_t i = 0; i < count; ++i) rules.push_back(Rule(i));
    return rules;
  }

  Scene MakeScene() {
    Scene scene{PlainEvent(), std::vector<NominalFacts>(Below(4)), PlainRecipient()};
    EventFacts& event = scene.event;
    event.label.set_existence_may_be_told(Coin());
    event.label.set_originator_controlled(Coin());
    event.label.mutable_marking()->set_sensitive(Coin());
    if (Coin()) event.facts.set_risk(v1::RISK_HIGH);
    event.segments.resize(1 + Below(4));
    for (EventFacts::Segment& segment : event.segments) {
      for (std::size_t n = 0; n < scene.nominals.size(); ++n) {
        if (Coin()) segment.nominals.push_back(n);
      }
      if (Coin()) segment.flags.push_back(static_cast<v1::ContentFlag>(Below(2) == 0 ? 7 : 2));
    }
    for (std::size_t i = Below(3); i > 0; --i) {
      event.tear_lines.push_back(
          TearLineFor(Coin() ? v1::AGENCY_KIND_PROBATION : v1::AGENCY_KIND_HEALTH));
      event.tear_lines.back().marking.set_sensitive(Coin());
    }
    for (NominalFacts& nominal : scene.nominals) {
      nominal.has_case = Coin();
      if (nominal.has_case) nominal.level = v1::MAPPA_LEVEL_3;
      if (nominal.has_case && Coin()) nominal.category = v1::MAPPA_CATEGORY_1;
      if (nominal.has_case && Coin()) {
        nominal.seat = static_cast<v1::SeatKind>(1 + Below(3));
      }
      nominal.accountable_officer = Below(4) == 0;
    }
    scene.recipient.clearance.set_sensitive(Coin());
    if (Below(4) == 0) scene.recipient.agency_kind.reset();
    scene.recipient.suspended = Below(12) == 0;
    return scene;
  }

  template <typename List>
  void Shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[Below(i)]);
  }

 private:
  Dice dice_;
};

std::string Salted(std::uint32_t salt) {
  return "seed " + std::to_string(Seed()) + ", salt " + std::to_string(salt) + ": ";
}

std::string Joined(const std::vector<std::string>& rules) {
  std::string text;
  for (const std::string& rule : rules) text += (text.empty() ? "" : "; ") + rule;
  return text;
}

/// By both engines: what holds of one holds of the other.
Decision Judged(const PolicySet& policy, const Scene& scene) {
  Decision plain = Evaluate(policy, scene.event, scene.nominals, scene.recipient);
  Hearing hearing(policy);
  hearing.Open(scene.event);
  const Decision fast =
      DecisionOf(hearing.Hear(scene.nominals, scene.recipient), hearing.policy(), scene.nominals);
  EXPECT_EQ(plain, fast) << "plain " << Words(plain) << "\nfast  " << Words(fast);
  return plain;
}

Decision Decide(const std::vector<std::string>& rules, const Scene& scene) {
  return Judged(Rules(Joined(rules)), scene);
}

TEST(EvaluateLaws, OrderOfRulesChangesNothing) {
  for (std::uint32_t salt = 0; salt < 300; ++salt) {
    Maker maker(salt);
    std::vector<std::string> rules = maker.RuleList(9);
    const Scene scene = maker.MakeScene();
    const Decision decision = Decide(rules, scene);
    for (int i = 0; i < 5; ++i) {
      maker.Shuffle(rules);
      EXPECT_EQ(Decide(rules, scene), decision) << Salted(salt) << Joined(rules);
    }
  }
}

/// A rule said again under another id is heard, cited, and changes nothing else.
TEST(EvaluateLaws, SayingARuleTwiceChangesNothingButTheCitation) {
  for (std::uint32_t salt = 1000; salt < 1300; ++salt) {
    Maker maker(salt);
    std::vector<std::string> rules = maker.RuleList(6);
    const Scene scene = maker.MakeScene();
    const Decision decision = Decide(rules, scene);
    const std::size_t count = rules.size();
    for (std::size_t i = 0; i < count; ++i) {
      std::string twin = rules[i];
      twin.replace(twin.find(" R") + 1, 1, "S");
      rules.push_back(twin);
    }
    Decision again = Decide(rules, scene);
    std::erase_if(again.rules, [](const std::string& id) { return id.front() == 'S'; });
    EXPECT_EQ(again, decision) << Salted(salt) << Joined(rules);
  }
}

TEST(EvaluateLaws, CapsAndMasksNeverRaiseGrantsAndDutiesNeverLower) {
  int changed = 0;
  for (std::uint32_t salt = 2000; salt < 3500; ++salt) {
    Maker maker(salt);
    std::vector<std::string> rules = maker.RuleList(6);
    const Scene scene = maker.MakeScene();
    const Decision before = Decide(rules, scene);
    rules.push_back(maker.Rule(100));
    const Decision after = Decide(rules, scene);
    const std::string& added = rules.back();
    const bool opens = added.starts_with("grant") || added.starts_with("duty");
    const auto& more = opens ? after : before;
    const auto& less = opens ? before : after;
    EXPECT_GE(more.level, less.level) << Salted(salt) << Joined(rules);
    EXPECT_TRUE(std::includes(more.segments.begin(), more.segments.end(), less.segments.begin(),
                              less.segments.end()))
        << Salted(salt) << Joined(rules);
    if (before.level != after.level) ++changed;
  }
  EXPECT_GT(changed, 100);  // Otherwise the rules made here say nothing.
}

// -- The same laws over everything that can be asked ----------------------------------------------

PolicySet Parsed(const v1::Policy& policy) {
  Result<PolicySet> set = PolicySet::Of(policy, "invented");
  if (!set.ok()) throw std::logic_error(SentenceOf(set.status()));
  return *std::move(set);
}

/// What a failure needs to be seen again.
std::string Told(std::uint32_t salt, const v1::Policy& policy) {
  return "seed " + std::to_string(Seed()) + ", salt " + std::to_string(salt) + "\n" +
         policy.DebugString();
}

/// Order and duplicates: the rules in another order, each said twice.
TEST(EvaluateLaws, OrderAndDuplicatesChangeNothingInAnyPolicy) {
  for (std::uint32_t salt = 20'000; salt < 20'600; ++salt) {
    Inventor inventor{Dice(salt)};
    const v1::Policy policy = inventor.Policy(12);
    v1::Policy shuffled = policy;
    auto& rules = *shuffled.mutable_rules();
    const int count = rules.size();
    for (int i = 0; i < count; ++i) {
      v1::Rule& twin = *rules.Add();
      twin = policy.rules(i);
      twin.set_id("Twin-" + std::to_string(i));  // after every other id
    }
    for (int i = rules.size(); i > 1; --i) {
      rules.SwapElements(i - 1, static_cast<int>(inventor.Below(static_cast<std::size_t>(i))));
    }
    const PolicySet plain = Parsed(policy);
    const PolicySet twice = Parsed(shuffled);
    for (int i = 0; i < 10; ++i) {
      const Scene scene = inventor.Invent();
      Decision again = Judged(twice, scene);
      std::erase_if(again.rules, [](const std::string& id) { return id.starts_with("Twin-"); });
      ASSERT_EQ(again, Judged(plain, scene)) << Told(salt, policy);
    }
  }
}

/// A rule more: a cap or a mask only lowers, a grant or a duty only raises.
TEST(EvaluateLaws, NoRuleWorksAgainstItsKindInAnyPolicy) {
  std::map<v1::RuleKind, int> changed;
  for (std::uint32_t salt = 21'000; salt < 22'500; ++salt) {
    Inventor inventor{Dice(salt)};
    const v1::Policy policy = inventor.Policy(8);
    v1::Policy longer = policy;
    v1::Rule& added = *longer.add_rules() = inventor.Rule(100);
    const bool opens = added.kind() == v1::RULE_KIND_GRANT || added.kind() == v1::RULE_KIND_DUTY;
    const PolicySet before = Parsed(policy);
    const PolicySet after = Parsed(longer);
    for (int i = 0; i < 10; ++i) {
      const Scene scene = inventor.Invent();
      const Decision less = Judged(opens ? before : after, scene);
      const Decision more = Judged(opens ? after : before, scene);
      ASSERT_GE(more.level, less.level) << Told(salt, longer);
      ASSERT_TRUE(std::includes(more.segments.begin(), more.segments.end(), less.segments.begin(),
                                less.segments.end()))
          << Told(salt, longer);
      if (more.level != less.level || more.segments != less.segments) ++changed[added.kind()];
    }
  }
  for (const v1::RuleKind kind :
       {v1::RULE_KIND_GRANT, v1::RULE_KIND_CAP_ABSOLUTE, v1::RULE_KIND_CAP_QUALIFIED,
        v1::RULE_KIND_DUTY, v1::RULE_KIND_MASK}) {
    EXPECT_GT(changed[kind], 20) << v1::RuleKind_Name(kind);
  }
}

TEST(EvaluateLaws, KnowingLessNeverOpens) {
  for (std::uint32_t salt = 4000; salt < 4600; ++salt) {
    Maker maker(salt);
    std::vector<std::string> rules = maker.RuleList(8);
    // A duty opens where a fact is unknown, as it must: this law is about the rest.
    std::erase_if(rules, [](const std::string& rule) { return rule.starts_with("duty"); });
    if (rules.empty()) continue;
    Scene scene = maker.MakeScene();
    const Decision knowing = Decide(rules, scene);
    scene.recipient.agency_kind.reset();
    for (NominalFacts& nominal : scene.nominals) nominal.category.reset();
    EXPECT_LE(Decide(rules, scene).level, knowing.level)
        << Salted(salt) << Joined(rules);
  }
}

TEST(EvaluateLaws, EveryDecisionIsWhole) {
  for (std::uint32_t salt = 5000; salt < 7000; ++salt) {
    Maker maker(salt);
    const std::vector<std::string> rules = maker.RuleList(8);
    const Scene scene = maker.MakeScene();
    const Decision decision = Decide(rules, scene);
    const std::string said =
        Salted(salt) + Joined(rules) + ": " + Words(decision);
    EXPECT_EQ(decision.level == v1::LEVEL_FULL, !decision.segments.empty()) << said;
    EXPECT_EQ(decision.level == v1::LEVEL_TEAR_LINE, decision.tear_line.has_value()) << said;
    EXPECT_TRUE(std::is_sorted(decision.rules.begin(), decision.rules.end())) << said;
    EXPECT_TRUE(std::is_sorted(decision.segments.begin(), decision.segments.end())) << said;
    if (decision.level == v1::LEVEL_WITHHELD || decision.duty_unmet) {
      EXPECT_NE(decision.shortfall, v1::RULE_REASON_UNSPECIFIED) << said;
    }
    if (decision.level < decision.duty) {
      EXPECT_TRUE(decision.duty_unmet) << said;
    }
    if (decision.level == v1::LEVEL_POINTER) {
      EXPECT_TRUE(scene.event.label.existence_may_be_told()) << said;
    }
    if (scene.recipient.suspended) {
      EXPECT_EQ(decision.level, v1::LEVEL_WITHHELD) << said;
    }
    if (scene.nominals.empty()) {
      EXPECT_TRUE(decision.unmet_nominals.empty()) << said;
    }
  }
}

/// P3. Every combination of seat, clearance, control, conditions, marking, tear-line, existence,
/// mask, cap and duty, for a recipient that a duty names: told enough, or an obligation is opened.
TEST(EvaluateLaws, APanelIsNeverWithheldFromInSilence) {
  int cases = 0;
  int unmet = 0;
  const char* const kLevels[] = {"pointer", "tear-line", "full"};
  const char* const kCaps[] = {"",
                               "; cap A1 withheld",
                               "; cap A1 pointer",
                               "; cap A1 tear-line",
                               "; qualified Q1 withheld",
                               "; qualified Q1 pointer",
                               "; qualified Q1 tear-line"};
  const char* const kGrants[] = {"", "; grant G1 pointer", "; grant G1 tear-line",
                                 "; grant G1 full"};
  for (const char* owed : kLevels) {
    for (const char* cap : kCaps) {
      for (const char* grant : kGrants) {
        for (const char* mask : {"", "; mask M1 witness"}) {
          const PolicySet policy = Rules("duty D1 " + std::string(owed) +
                                         " if recipient { on_panel: true }" + cap + grant + mask);
          for (unsigned bits = 0; bits < 64; ++bits) {
            Scene scene{PlainEvent(), std::vector<NominalFacts>(1 + (bits & 1)), PlainRecipient()};
            scene.nominals[0].has_case = true;
            scene.nominals[0].seat = v1::SEAT_KIND_CHAIR;
            scene.event.label.set_existence_may_be_told((bits & 2) != 0);
            if ((bits & 4) != 0) {
              scene.event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_PROBATION));
              scene.event.tear_lines[0].marking.set_sensitive((bits & 8) != 0);
            }
            if ((bits & 16) != 0) scene.event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS};
            if ((bits & 32) != 0) scene.event.segments.push_back({{}, {0}});
            const Decision decision = Judged(policy, scene);
            ++cases;
            const std::string said = std::string(owed) + cap + grant + mask + ", " +
                                     std::to_string(bits) + ": " + Words(decision);
            if (!decision.duty_unmet) {
              EXPECT_GE(decision.level, decision.duty) << said;
              continue;
            }
            ++unmet;
            EXPECT_NE(decision.shortfall, v1::RULE_REASON_UNSPECIFIED) << said;
            EXPECT_EQ(decision.unmet_nominals, std::vector<std::size_t>{0}) << said;
            ASSERT_EQ(decision.obligations.size(), 1u) << said;
            EXPECT_EQ(decision.obligations[0].type, v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) << said;
            EXPECT_TRUE(std::count(decision.rules.begin(), decision.rules.end(), "D1") == 1)
                << said;
          }
        }
      }
    }
  }
  EXPECT_EQ(cases, 3 * 7 * 4 * 2 * 64);
  EXPECT_GT(unmet, cases / 10);
  EXPECT_LT(unmet, cases * 9 / 10);
}

}  // namespace
}  // namespace tearline::policy
