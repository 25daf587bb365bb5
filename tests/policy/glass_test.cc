#include "broker/policy/glass.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/policy/evaluate.h"
#include "broker/policy/hearing.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// One segment about each of `glasses`, nominals by which use of break-glass they are open; judged
/// by both engines.
Decision Judged(const std::string& rules, const std::vector<std::string>& glasses) {
  const PolicySet policy = Rules(rules);
  EventFacts event;
  event.label.set_existence_may_be_told(true);
  std::vector<NominalFacts> nominals;
  for (const std::string& glass : glasses) {
    event.segments.push_back({{}, {nominals.size()}});
    nominals.emplace_back().glass = glass;
  }
  const RecipientFacts recipient;
  Hearing hearing(policy);
  hearing.Open(event);
  const Decision plain = Evaluate(policy, event, nominals, recipient);
  EXPECT_EQ(plain, DecisionOf(hearing.Hear(nominals, recipient), hearing.policy(), nominals));
  return plain;
}

TEST(Glass, GrantsEverythingAndQualifiedCapsYield) {
  EXPECT_EQ(Words(Judged("qualified Q1 pointer", {""})), "withheld by none: NO_GRANT");
  EXPECT_EQ(Words(Judged("qualified Q1 pointer", {"brk_1"})), "full 0 by break-glass:brk_1");
}

/// The promise of the whole: whatever is capped for good stays capped, and says why.
TEST(Glass, NeverLiftsAnAbsoluteCap) {
  EXPECT_EQ(Words(Judged("cap A1 pointer; qualified Q1 withheld", {"brk_1"})),
            "pointer by A1 break-glass:brk_1: CLEARANCE");
  EXPECT_EQ(Judged("cap A1 withheld; grant G1 full", {"brk_1"}).level, v1::LEVEL_WITHHELD);
}

TEST(Glass, OpensOneNominalAndNoOther) {
  const Decision decision = Judged("qualified Q1 pointer", {"brk_1", ""});
  EXPECT_EQ(decision.level, v1::LEVEL_FULL);
  EXPECT_EQ(decision.segments, std::vector<std::uint32_t>{0}) << "what is about the other is not";
}

TEST(Glass, IsCitedOnceInOrder) {
  Decision decision;
  decision.rules = {"A1", "zz"};
  std::vector<NominalFacts> nominals(3);
  nominals[0].glass = "brk_2";
  nominals[1].glass = "brk_1";
  nominals[2].glass = "brk_2";
  CiteGlass(nominals, decision);
  EXPECT_EQ(decision.rules,
            (std::vector<std::string>{"A1", "break-glass:brk_1", "break-glass:brk_2", "zz"}));
}

}  // namespace
}  // namespace tearline::policy
