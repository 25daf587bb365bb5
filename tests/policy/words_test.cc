#include "broker/policy/words.h"

#include <gtest/gtest.h>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

TEST(Words, SayTheLargestUnitThatIsWhole) {
  EXPECT_EQ(DurationWords(4 * 3'600'000), "4 hours");
  EXPECT_EQ(DurationWords(90 * 60'000), "90 minutes");
  EXPECT_EQ(DurationWords(86'400'000), "1 day");
  EXPECT_EQ(DurationWords(90'000), "90 seconds");
}

TEST(Words, ListAsPeopleDo) {
  EXPECT_EQ(Listed({}), "");
  EXPECT_EQ(Listed({"a"}), "a");
  EXPECT_EQ(Listed({"a", "b"}), "a and b");
  EXPECT_EQ(Listed({"a", "b", "c"}), "a, b and c");
}

/// A reason that a decision may give and that has no words would leave "because ." in a sentence.
TEST(Words, EveryReasonHasWords) {
  const auto* reasons = v1::RuleReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::RuleReason>(reasons->value(i)->number());
    EXPECT_EQ(BecauseWords(reason).empty(), reason == v1::RULE_REASON_UNSPECIFIED)
        << reasons->value(i)->name();
  }
}

TEST(Words, SayValuesWithoutTheirPrefix) {
  EXPECT_EQ(FlagWords(v1::CONTENT_FLAG_VICTIM_ADDRESS), "victim address");
  EXPECT_EQ(ReasonWords(v1::RULE_REASON_ORIGINATOR_CONTROL), "originator control");
}

TEST(Words, SayAConditionAsAPolicyWritesIt) {
  EXPECT_EQ(ConditionWords({}), "always");
  EXPECT_EQ(ConditionWords(Read<v1::Condition>("recipient { cleared: true }")),
            "recipient { cleared: true }");
}

}  // namespace
}  // namespace tearline::policy
