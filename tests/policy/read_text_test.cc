#include "broker/policy/read_text.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"

namespace tearline::policy {
namespace {

struct Row {
  const char* what;
  std::string text;
  const char* sentence;
};

TEST(ReadText, RefusesByLineColumnAndKind) {
  const Row rows[] = {
      {"an unknown field", "id: 'a'\n  pourpose: 'x'",
       "line 2, column 11: the name before this is no field here"},
      {"an unknown field in a rule", "rules {\n id: 'G1'\n colour: 3 }",
       "line 3, column 8: the name before this is no field here"},
      {"an unknown value", "rules { kind: RULE_KIND_MAYBE }",
       "line 1, column 31: the name before this is no value here"},
      {"a field twice", "id: 'a'\nid: 'b'",
       "line 2, column 3: the field before this is given twice"},
      {"a number in quotes", "version: '1'",
       "line 1, column 10: this must be a whole number, or the name of a value"},
      {"a text without quotes", "id: a", "line 1, column 5: this must be a text in quotes"},
      {"a number too large", "version: 4294967296",
       "line 1, column 10: this number is out of range"},
      {"neither true nor false", "rules { when { event { breach: perhaps } } }",
       "line 1, column 40: the word before this must be true or false"},
      {"an open bracket", "rules {", "line 1, column 8: this is not protobuf text"},
      {"an open quote", "id: 'a", "line 1, column 7: this is not protobuf text"},
      {"another language", "{\"id\": \"a\"}", "line 1, column 1: this is not protobuf text"},
      {"not UTF-8", "id: '\xFF'", "the policy must be UTF-8"},
  };
  for (const Row& row : rows) {
    const Result<v1::Policy> policy = ReadText(row.text);
    ASSERT_FALSE(policy.ok()) << row.what;
    EXPECT_EQ(ReasonOf(policy.status()), v1::ERROR_REASON_POLICY_INVALID) << row.what;
    EXPECT_EQ(SentenceOf(policy.status()), row.sentence) << row.what;
  }
}

TEST(ReadText, KeepsTheFirstOfSeveralFaults) {
  // The escape is wrong and reading goes on, to the unknown name.
  EXPECT_EQ(SentenceOf(ReadText("id: '\\q'\ncolour: 1").status()),
            "line 1, column 7: this is not protobuf text");
  EXPECT_EQ(SentenceOf(ReadText("colour: 1\nshape: 2").status()),
            "line 1, column 7: the name before this is no field here");
}

TEST(ReadText, NeverQuotesTheText) {
  for (const char* text : {"secret: 1", "rules { kind: SECRET }", "id: secret", "version: secret",
                           "rules { when { event { breach: secret } } }", "id: 'a' secret",
                           "<secret", "[secret.com/Type]: 1", "rules { level: 'secret' }"}) {
    const Result<v1::Policy> policy = ReadText(text);
    ASSERT_FALSE(policy.ok()) << text;
    EXPECT_EQ(SentenceOf(policy.status()).find("ecret"), std::string::npos)
        << SentenceOf(policy.status());
    EXPECT_EQ(SentenceOf(policy.status()).find("ECRET"), std::string::npos)
        << SentenceOf(policy.status());
  }
}

TEST(ReadText, ReadsCommentsListsAndJoinedTexts) {
  const Result<v1::Policy> policy = ReadText(
      "# A comment.\nid: 'a' purpose: 'one '  # another\n 'two'\n"
      "rules { hides: [ CONTENT_FLAG_WITNESS, CONTENT_FLAG_VICTIM_ADDRESS ] }");
  ASSERT_TRUE(policy.ok()) << SentenceOf(policy.status());
  EXPECT_EQ(policy->purpose(), "one two");
  EXPECT_EQ(policy->rules(0).hides_size(), 2);
}

TEST(ReadText, TakesTheLargestTextAndNoMore) {
  std::string text = "id: 'a'\n#";
  text.resize(model::kPolicyBytesMax, '.');
  EXPECT_TRUE(ReadText(text).ok());
  text += '.';
  EXPECT_EQ(SentenceOf(ReadText(text).status()), "the policy is 131073 bytes; at most 131072");
}

TEST(ReadText, IsNotDrownedByDepth) {
  std::string text = "rules { when {";
  for (int i = 0; i < 5'000; ++i) text += " all {";
  const Result<v1::Policy> policy = ReadText(text);
  ASSERT_FALSE(policy.ok());
  EXPECT_NE(SentenceOf(policy.status()).find("this is nested too deep"), std::string::npos)
      << SentenceOf(policy.status());
}

/// A world by itself is read as strictly.
TEST(ReadText, ReadsAWorldByItself) {
  const Result<v1::PolicySamples> given = ReadGiven("agencies { agency: 'a' }");
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->agencies(0).agency(), "a");
  EXPECT_EQ(SentenceOf(ReadGiven("rules { }").status()),
            "line 1, column 7: the name before this is no field here");
  EXPECT_EQ(SentenceOf(ReadGiven(std::string(model::kPolicyBytesMax + 1, ' ')).status()),
            "`given_text` is 131073 bytes; at most 131072");
}

}  // namespace
}  // namespace tearline::policy
