// The fast engine beside the plain one, its oracle: policies, events and posts invented from a seed
// that is printed, and not one decision that differs.
#include "broker/policy/hearing.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/policy/evaluate.h"
#include "tests/policy/allocations.h"
#include "tests/policy/dice.h"
#include "tests/policy/invented.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

PolicySet Parsed(const v1::Policy& policy) {
  Result<PolicySet> set = PolicySet::Of(policy, "invented");
  if (!set.ok()) throw std::logic_error(SentenceOf(set.status()));
  return *std::move(set);
}

std::string Said(const v1::Policy& policy, const Decision& plain, const Decision& fast) {
  return "seed " + std::to_string(Seed()) + "\nplain " + Words(plain) + "\nfast  " + Words(fast) +
         "\n" + policy.DebugString();
}

/// What the cases came to, so that a generator that says nothing is noticed.
struct Tally {
  std::size_t cases = 0;
  std::map<v1::Level, std::size_t> levels;
  std::map<v1::RuleReason, std::size_t> shortfalls;
  std::size_t unmet = 0;
  std::size_t asked_plainly = 0;  ///< Policies with a rule that is not taken apart.
};

/// Judges `events` events of one invented policy for `posts` posts each, by both engines.
void Compare(std::uint32_t salt, std::size_t rules_max, int events, int posts, Tally& tally) {
  Inventor inventor{Dice(salt)};
  const v1::Policy text = inventor.Policy(rules_max);
  const PolicySet policy = Parsed(text);
  Hearing hearing(policy);
  for (const std::uint64_t word : hearing.policy().to_be_asked()) {
    if (word == 0) continue;
    ++tally.asked_plainly;
    break;
  }
  for (int event = 0; event < events; ++event) {
    Scene scene = inventor.Invent();
    hearing.Open(scene.event);
    for (int post = 0; post < posts; ++post) {
      if (post > 0) inventor.Readdress(scene);
      const Decision plain = Evaluate(policy, scene.event, scene.nominals, scene.recipient);
      const Decision fast = DecisionOf(hearing.Hear(scene.nominals, scene.recipient),
                                       hearing.policy(), scene.nominals);
      ASSERT_EQ(plain, fast) << "salt " << salt << ", event " << event << ", post " << post << ", "
                             << Said(text, plain, fast);
      ++tally.cases;
      ++tally.levels[plain.level];
      ++tally.shortfalls[plain.shortfall];
      if (plain.duty_unmet) ++tally.unmet;
    }
  }
}

TEST(Hearing, DecidesAsThePlainEngineDoes) {
  Tally tally;
  for (std::uint32_t salt = 0; salt < 2500; ++salt) {
    Compare(salt, /*rules_max=*/12, /*events=*/30, /*posts=*/8, tally);
    if (HasFatalFailure()) return;
  }
  for (std::uint32_t salt = 5000; salt < 5030; ++salt) {
    Compare(salt, /*rules_max=*/200, /*events=*/20, /*posts=*/20, tally);
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(tally.cases, 600'000u);
  // All that can be decided was.
  for (const v1::Level level :
       {v1::LEVEL_WITHHELD, v1::LEVEL_POINTER, v1::LEVEL_TEAR_LINE, v1::LEVEL_FULL}) {
    EXPECT_GT(tally.levels[level], tally.cases / 100) << v1::Level_Name(level);
  }
  for (const v1::RuleReason reason :
       {v1::RULE_REASON_UNSPECIFIED, v1::RULE_REASON_NO_TEAR_LINE,
        v1::RULE_REASON_EXISTENCE_NOT_TOLD, v1::RULE_REASON_EVALUATION_FAILED,
        v1::RULE_REASON_NO_GRANT, v1::RULE_REASON_RECIPIENT_SUSPENDED, v1::RULE_REASON_ALL_HIDDEN,
        v1::RULE_REASON_CLEARANCE, v1::RULE_REASON_ACCESS_LIMITED}) {
    EXPECT_GT(tally.shortfalls[reason], 100u) << v1::RuleReason_Name(reason);
  }
  EXPECT_GT(tally.unmet, tally.cases / 20);
  EXPECT_GT(tally.asked_plainly, 20u);
}

/// A rule with too many alternatives to be taken apart, and two posts that differ in nothing else
/// than what it asks.
TEST(Hearing, TellsPostsApartByWhatIsAskedPlainly) {
  std::string alternatives;
  for (int i = 0; i < 40; ++i) {
    alternatives +=
        " any { event { event_type: 'a." + std::to_string(i) + "' } recipient { on_panel: true } }";
  }
  const PolicySet policy = Rules("grant G1 full if" + alternatives);
  EventFacts event = PlainEvent();
  event.event_type = "a.7";
  Hearing hearing(policy);
  EXPECT_EQ(hearing.policy().to_be_asked(), Bits{1});
  hearing.Open(event);
  std::vector<NominalFacts> nominals(1);
  EXPECT_EQ(hearing.Hear(nominals, PlainRecipient()).level, v1::LEVEL_WITHHELD);
  nominals[0].seat = v1::SEAT_KIND_MEMBER;
  EXPECT_EQ(hearing.Hear(nominals, PlainRecipient()).level, v1::LEVEL_FULL);
}

/// The comparison can fail: of policies that differ in one place, most are told apart.
TEST(Hearing, IsCaughtIfOneWordOfTheCompiledPolicyDiffers) {
  int caught = 0;
  for (std::uint32_t salt = 9000; salt < 9100; ++salt) {
    Inventor inventor{Dice(salt)};
    v1::Policy text = inventor.Policy(2);
    v1::Rule grant = Read<v1::Rule>(
        "id: 'G' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW");
    *grant.mutable_when() = text.rules(0).when();
    *text.mutable_rules(0) = grant;
    v1::Policy spoilt = text;
    v1::Rule& rule = *spoilt.mutable_rules(0);
    v1::Condition contrary;
    *contrary.add_none() = rule.when();
    *rule.mutable_when() = contrary;
    const PolicySet policy = Parsed(text);
    const PolicySet other = Parsed(spoilt);
    Hearing hearing(other);
    bool differs = false;
    for (int i = 0; i < 400 && !differs; ++i) {
      const Scene scene = inventor.Invent();
      hearing.Open(scene.event);
      differs = Evaluate(policy, scene.event, scene.nominals, scene.recipient) !=
                DecisionOf(hearing.Hear(scene.nominals, scene.recipient), hearing.policy(),
                           scene.nominals);
    }
    caught += differs ? 1 : 0;
  }
  EXPECT_GT(caught, 80);
}

/// What was met before is decided again without asking the heap for anything.
TEST(Hearing, AllocatesNothingForAPost) {
  Inventor inventor{Dice(77)};
  const PolicySet policy = Parsed(inventor.Policy(150));
  Hearing hearing(policy);
  std::vector<std::vector<Scene>> events;
  for (int event = 0; event < 20; ++event) {
    std::vector<Scene>& scenes = events.emplace_back();
    scenes.push_back(inventor.Invent());
    for (int post = 1; post < 30; ++post) {
      scenes.push_back(scenes.back());
      inventor.Readdress(scenes.back());
    }
  }
  std::size_t unmet = 0;
  const auto hear_all = [&] {
    for (const std::vector<Scene>& scenes : events) {
      hearing.Open(scenes.front().event);
      for (const Scene& scene : scenes) {
        unmet += hearing.Hear(scene.nominals, scene.recipient).duty_unmet ? 1 : 0;
      }
    }
  };
  hear_all();
  const std::size_t before = Allocations();
  hear_all();
  EXPECT_EQ(Allocations() - before, 0u) << unmet;
  const Decision made =
      Evaluate(policy, events[0][0].event, events[0][0].nominals, events[0][0].recipient);
  EXPECT_GT(Allocations() - before, 0u) << "they are counted: " << Words(made);
}

/// More classes of posts than are kept, and more words and sets than have rows: what is forgotten
/// is worked out anew.
TEST(Hearing, ForgetsAndStillDecidesAsThePlainEngineDoes) {
  const PolicySet policy = Rules(
      "grant G1 full if event { event_type: 'custody.' }; duty D1 pointer if recipient { role: "
      "POST_ROLE_CHAIR }; duty D2 tear-line if recipient { case_function: "
      "CASE_FUNCTION_POLICE_OF_HOME }; cap A1 tear-line if none { recipient { role: [ "
      "POST_ROLE_INTAKE, POST_ROLE_AUDITOR ] } }; mask M1 witness if event { caveat: "
      "CAVEAT_POLICE_ONLY }");
  Hearing hearing(policy);
  Dice dice(12'000);
  for (int round = 0; round < 3; ++round) {
    for (int type = 0; type < 1500; ++type) {
      EventFacts event = PlainEvent();
      event.event_type = (type % 2 == 0 ? "custody.t" : "contact.t") + std::to_string(type);
      std::vector<NominalFacts> nominals(1);
      hearing.Open(event);
      const int posts = type == 0 ? 3000 : 2;
      for (int post = 0; post < posts; ++post) {
        nominals[0].functions.clear();
        for (const v1::CaseFunction function :
             {v1::CASE_FUNCTION_POLICE_OF_OFFENCE, v1::CASE_FUNCTION_POLICE_OF_HOME}) {
          if (dice(3) == 0) nominals[0].functions.push_back(function);
        }
        RecipientFacts recipient = PlainRecipient();
        recipient.roles.clear();
        for (int role = 1; role <= 15; ++role) {
          if (dice(2) == 0) recipient.roles.push_back(static_cast<v1::PostRole>(role));
        }
        ASSERT_EQ(DecisionOf(hearing.Hear(nominals, recipient), hearing.policy()),
                  Evaluate(policy, event, nominals, recipient))
            << event.event_type << ", seed " << Seed();
      }
    }
  }
}

}  // namespace
}  // namespace tearline::policy
