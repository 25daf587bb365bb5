#include "broker/rpc/publish_result.h"

#include <gtest/gtest.h>

namespace tearline::rpc {
namespace {

machine::Applied Outcome(audit::Outcome outcome) {
  machine::Applied applied;
  applied.outcome = outcome;
  applied.made_id = "ev_1";
  applied.stamp_ms = 1'500;
  applied.reason = v1::ERROR_REASON_REQUEST_ID_REUSED;
  applied.sentence = "take a new one";
  return applied;
}

TEST(PublishResult, SaysWhatBecameOfAnEvent) {
  v1::PublishResult accepted;
  EXPECT_TRUE(FillResult(Outcome(audit::Outcome::kApplied), accepted).ok());
  EXPECT_EQ(accepted.event_id(), "ev_1");
  EXPECT_EQ(accepted.accepted_at().seconds(), 1);
  EXPECT_EQ(accepted.accepted_at().nanos(), 500'000'000);
  EXPECT_EQ(accepted.leaf_hash().size(), 32u);
  EXPECT_FALSE(accepted.repeated_request());

  v1::PublishResult repeated;
  EXPECT_TRUE(FillResult(Outcome(audit::Outcome::kRepeated), repeated).ok());
  EXPECT_TRUE(repeated.repeated_request());

  machine::Applied odd = Outcome(audit::Outcome::kApplied);
  odd.numbers_disagree = true;
  v1::PublishResult warned;
  EXPECT_TRUE(FillResult(odd, warned).ok());
  ASSERT_EQ(warned.warnings_size(), 1);
  EXPECT_EQ(warned.warnings(0), v1::PUBLISH_WARNING_NUMBERS_DISAGREE);
  EXPECT_EQ(warned.event_id(), "ev_1") << "accepted all the same";
  EXPECT_TRUE(accepted.warnings().empty());

  v1::PublishResult refused;
  EXPECT_TRUE(FillResult(Outcome(audit::Outcome::kRefused), refused).ok());
  EXPECT_EQ(refused.event_id(), "");
  EXPECT_EQ(refused.refusal_reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(refused.refusal_sentence(), "take a new one");
}

/// A full queue is one event's matter; a broker that can't write, or does not know, is the call's.
TEST(PublishResult, OnlyWhatTheBrokerCouldNotTakeEndsTheCall) {
  struct Row {
    v1::ErrorReason reason;
    bool ends;
  };
  for (const Row& row :
       {Row{v1::ERROR_REASON_UNAVAILABLE, true}, Row{v1::ERROR_REASON_UNKNOWN_OUTCOME, true},
        Row{v1::ERROR_REASON_TOO_BUSY, false}, Row{v1::ERROR_REASON_CLOCK_PARTED, false}}) {
    v1::PublishResult result;
    EXPECT_EQ(FillResult(Refuse(row.reason, "no"), result).ok(), !row.ends)
        << ReasonName(row.reason);
    EXPECT_EQ(result.refusal_reason(), ReasonName(row.reason));
  }
}

}  // namespace
}  // namespace tearline::rpc
