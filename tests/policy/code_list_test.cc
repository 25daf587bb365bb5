#include "broker/policy/code_list.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"
#include "broker/policy/policy_set.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

constexpr char kRule[] =
    "id: 'p' version: 1 rules { id: 'G1' kind: RULE_KIND_GRANT "
    "level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW ";

v1::Policy With(const std::string& lists, const std::string& when = "") {
  return Read<v1::Policy>(kRule + when + " } " + lists);
}

struct Row {
  const char* what;
  std::string lists;
  std::string when;
  const char* sentence;  // "" if it is right.
};

TEST(CodeList, IsRightOrRefusedWithItsPlace) {
  const std::string long_words(201, 'w');
  const Row rows[] = {
      {"none", "", "when { event { purpose: 'anything' } }", ""},
      {"some", "purposes { code: 'audit' means: 'Verifying.' } legal_bases { code: 'DPA18-P3' }",
       "when { event { purpose: 'audit' legal_basis: 'DPA18-P3' } }", ""},
      {"no code", "purposes { means: 'Verifying.' }", "",
       "`purposes 1.code` must be 1 to 40 of a-z, A-Z, 0-9 and -"},
      {"two words", "legal_bases { code: 'a' } legal_bases { code: 'two words' }", "",
       "`legal_bases 2.code` must be 1 to 40 of a-z, A-Z, 0-9 and -"},
      {"twice", "purposes { code: 'audit' } purposes { code: 'audit' }", "",
       "`purposes 2.code` was listed before"},
      {"a long story", "purposes { code: 'audit' means: '" + long_words + "' }", "",
       "`purposes 1.means` is 201 bytes; at most 200, of UTF-8"},
      {"a rule about none of them", "purposes { code: 'audit' }",
       "when { any { none { event { purpose: 'audits' } } } }",
       "`rule 1.when` must ask for purposes and legal bases that the policy lists"},
      {"a rule about no listed basis", "legal_bases { code: 'DPA18-P3' }",
       "when { event { legal_basis: 'DPA18-P2' } }",
       "`rule 1.when` must ask for purposes and legal bases that the policy lists"},
  };
  for (const Row& row : rows) {
    const Status status = CheckCodeLists(With(row.lists, row.when));
    EXPECT_EQ(SentenceOf(status), row.sentence) << row.what;
  }
}

TEST(CodeList, HoldsAsManyAsTheLimitSays) {
  std::string lists;
  for (int i = 0; i < model::kPolicyCodesMax; ++i) {
    lists += "purposes { code: 'c" + std::to_string(i) + "' } ";
  }
  EXPECT_TRUE(CheckCodeLists(With(lists)).ok());
  EXPECT_EQ(SentenceOf(CheckCodeLists(With(lists + "purposes { code: 'more' }"))),
            "`purposes` has 65 codes; at most 64");
}

/// Samples are such events as could be published under the policy.
TEST(CodeList, SamplesGiveWhatIsListed) {
  v1::Policy policy = With("purposes { code: 'audit' } legal_bases { code: 'DPA18-P3' }");
  v1::SampleEvent& sample = *policy.mutable_samples()->add_events();
  EXPECT_TRUE(CheckCodeLists(policy).ok());
  sample.set_purpose("audit");
  sample.set_legal_basis("DPA18-P3");
  EXPECT_TRUE(CheckCodeLists(policy).ok());
  sample.set_legal_basis("DPA18-P2");
  EXPECT_EQ(SentenceOf(CheckCodeLists(policy)),
            "`samples.events 1` must give a purpose and a legal basis that the policy lists");
}

/// A policy is read with its lists looked at.
TEST(CodeList, IsLookedAtWhenThePolicyIsRead) {
  const Result<PolicySet> read =
      PolicySet::Parse(std::string(kRule) + "} purposes { code: 'two words' }");
  EXPECT_EQ(ReasonOf(read.status()), v1::ERROR_REASON_POLICY_INVALID);
}

TEST(CodeList, WhatIsGivenIsListedOrRefusedWithWhatWouldDo) {
  const v1::Policy policy = With(
      "purposes { code: 'audit' } purposes { code: 'hand-over' } legal_bases { code: 'DPA18-P3' }");
  EXPECT_TRUE(CheckGiven(policy, "", "").ok()) << "whether one is needed is asked elsewhere";
  EXPECT_TRUE(CheckGiven(policy, "audit", "DPA18-P3").ok());
  const Status purpose = CheckGiven(policy, "curiosity", "DPA18-P3");
  EXPECT_EQ(ReasonOf(purpose), v1::ERROR_REASON_PURPOSE_UNKNOWN);
  EXPECT_EQ(SentenceOf(purpose),
            "`acting.purpose` must be one that the policy in force lists: audit, hand-over");
  const Status basis = CheckGiven(policy, "audit", "dpa18-p3");
  EXPECT_EQ(ReasonOf(basis), v1::ERROR_REASON_LEGAL_BASIS_UNKNOWN);
  EXPECT_EQ(SentenceOf(basis),
            "`acting.legal_basis` must be one that the policy in force lists: DPA18-P3");
  EXPECT_TRUE(CheckGiven(With(""), "anything", "at-all").ok()) << "a policy that lists none";
}

}  // namespace
}  // namespace tearline::policy
