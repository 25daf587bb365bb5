#include "broker/policy/keeps_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Who can be told too much: "excluded", "in conflict".
std::vector<std::string> Found(const std::string& rules) {
  std::vector<std::string> found;
  for (const Finding& finding : FindWhoIsNotKeptOut(Rules(rules))) {
    EXPECT_EQ(finding.fault, Fault::kKeepsNobodyOut);
    found.push_back(finding.sentence.starts_with("who is kept out") ? "excluded" : "in conflict");
  }
  return found;
}

constexpr char kBoth[] =
    "; cap A1 withheld if recipient { excluded: true }"
    "; cap A2 withheld if recipient { in_conflict: true }";

TEST(KeepsOut, TakesAnAbsoluteCapForEach) {
  const std::string grant = "grant G1 full if recipient { seat: SEAT_KIND_CHAIR }";
  EXPECT_THAT(Found(grant), ElementsAre("excluded", "in conflict"));
  EXPECT_THAT(Found(grant + kBoth), IsEmpty());
  EXPECT_THAT(Found(grant + "; cap A1 withheld if recipient { excluded: true }"),
              ElementsAre("in conflict"));
  EXPECT_THAT(Found(grant + "; cap A1 pointer if recipient { excluded: true in_conflict: true }"),
              ElementsAre("excluded", "in conflict"))
      << "that asks for both at once";
  EXPECT_THAT(Found(grant + "; cap A1 pointer if any { recipient { excluded: true } } "
                            "any { recipient { in_conflict: true } }"),
              IsEmpty())
      << "a pointer is the most that may be left";
}

/// What yields keeps nobody out: a duty passes a qualified cap, and so does who breaks the glass.
TEST(KeepsOut, TakesNoCapThatYields) {
  EXPECT_THAT(Found("grant G1 full; qualified Q1 withheld if recipient { excluded: true }; "
                    "qualified Q2 withheld if recipient { in_conflict: true }"),
              ElementsAre("excluded", "in conflict"));
  EXPECT_THAT(Found("grant G1 full; cap A1 tear-line if recipient { excluded: true }; "
                    "cap A2 tear-line if recipient { in_conflict: true }"),
              ElementsAre("excluded", "in conflict"))
      << "the substance is more than that something is held";
}

/// A cap must speak wherever something is told, not somewhere.
TEST(KeepsOut, TakesNoCapThatSpeaksOnlySometimes) {
  EXPECT_THAT(Found("grant G1 full if recipient { seat: SEAT_KIND_CHAIR }; "
                    "cap A1 withheld if recipient { excluded: true } event { breach: true }; "
                    "cap A2 withheld if recipient { in_conflict: true }"),
              ElementsAre("excluded"));
  EXPECT_THAT(Found("grant G1 full if event { breach: true }; "
                    "cap A1 withheld if recipient { excluded: true } event { breach: true }; "
                    "cap A2 withheld if recipient { in_conflict: true }"),
              IsEmpty());
}

/// Whoever supervises a person without a case is kept out like anybody.
TEST(KeepsOut, TakesNoCapThatLeavesOutWhoHasNoCase) {
  const std::string rules =
      "grant G1 full if recipient { supervising: true }; "
      "cap A1 withheld if recipient { excluded: true } nominal { has_case: true }; "
      "cap A2 withheld if recipient { in_conflict: true } nominal { has_case: true }";
  EXPECT_THAT(Found(rules), ElementsAre("excluded", "in conflict"));
  EXPECT_THAT(FindWhoIsNotKeptOut(Rules(rules), Scope::kFirst), IsEmpty())
      << "it was not known when such a policy could be proposed";
}

/// Where nobody is told more than a pointer, there is nobody to keep out; duties open as grants do.
TEST(KeepsOut, AsksForNothingWhereLittleIsTold) {
  EXPECT_THAT(Found("grant G1 pointer"), IsEmpty());
  EXPECT_THAT(Found("grant G1 full; cap A1 pointer"), IsEmpty());
  EXPECT_THAT(Found("duty D1 tear-line if recipient { accountable_officer: true }"),
              ElementsAre("excluded", "in conflict"));
}

}  // namespace
}  // namespace tearline::policy
