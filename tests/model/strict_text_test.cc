#include "broker/model/strict_text.h"

#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/label.pb.h"

namespace tearline::model {
namespace {

constexpr FaultWords kKinds[] = {{"has no field named", "no such field"}};

std::optional<std::string> Fault(const std::string& text, int depth_max = 8) {
  v1::Label label;
  return ReadStrictText(text, depth_max, kKinds, label);
}

TEST(StrictText, ReadsWhatIsRight) {
  v1::Label label;
  ASSERT_EQ(ReadStrictText("marking { tier: TIER_SECRET }", 8, kKinds, label), std::nullopt);
  EXPECT_EQ(label.marking().tier(), v1::TIER_SECRET);
}

TEST(StrictText, SaysWhereAndWhatKindAndQuotesNothing) {
  EXPECT_EQ(Fault("\n  secret_word: 1"), "line 2, column 14: no such field");
  EXPECT_EQ(Fault("marking { tier: TIER_SECRET } }"),
            "line 1, column 31: this is not protobuf text");
}

/// Only the first: what follows is often its consequence.
TEST(StrictText, SaysTheFirstFault) {
  EXPECT_EQ(Fault("unknown: 1\nother: 2"), "line 1, column 8: no such field");
}

TEST(StrictText, IsAsDeepAsItMayBe) {
  EXPECT_EQ(Fault("marking { tier: TIER_SECRET }", 1), std::nullopt);
  EXPECT_NE(Fault("marking { tier: TIER_SECRET }", 0), std::nullopt);
}

}  // namespace
}  // namespace tearline::model
