#include "broker/status/status.h"

#include <gtest/gtest.h>

namespace tearline {
namespace {

TEST(Status, CarriesANumberAndASentence) {
  const Status refusal =
      Refuse(v1::ERROR_REASON_LABEL_INVALID, "`event.label` must have a marking");
  EXPECT_FALSE(refusal.ok());
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LABEL_INVALID);
  EXPECT_EQ(SentenceOf(refusal), "`event.label` must have a marking");
}

TEST(Status, IsOkWithoutAReason) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(ReasonOf(Status()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(SentenceOf(Status()), "");
}

/// Every reason survives its way through a status, and has a name programs can rely on.
TEST(Status, KeepsEveryReasonThereIs) {
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons->value(i)->number());
    if (reason == v1::ERROR_REASON_UNSPECIFIED) continue;
    EXPECT_EQ(ReasonOf(Refuse(reason, "a sentence")), reason);
    EXPECT_EQ("ERROR_REASON_" + ReasonName(reason), reasons->value(i)->name());
  }
}

TEST(Status, TellsAStatusMadeElsewhereFromARefusal) {
  EXPECT_EQ(ReasonOf(absl::InternalError("made elsewhere")), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_UNSPECIFIED), "UNSPECIFIED");
}

Status Twice(const Status& first, bool& reached) {
  TEARLINE_RETURN_IF_REFUSED(first);
  reached = true;
  return {};
}

TEST(Status, LeavesTheFunctionAtTheFirstRefusal) {
  bool reached = false;
  EXPECT_FALSE(Twice(Refuse(v1::ERROR_REASON_NOT_FOUND, "no"), reached).ok());
  EXPECT_FALSE(reached);
  EXPECT_TRUE(Twice({}, reached).ok());
  EXPECT_TRUE(reached);
}

TEST(StatusDeathTest, IsNeverRefusedWithoutAReason) {
  EXPECT_DEATH((void)Refuse(v1::ERROR_REASON_UNSPECIFIED, "why?"), "a refusal has a reason");
}

}  // namespace
}  // namespace tearline
