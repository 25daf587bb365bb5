#include "broker/rpc/replay_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tearline/v1/audit_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

constexpr char kAuditor[] = "desk/auditor";

class ReplayStreamTest : public testing::Test {
 protected:
  struct Replayed {
    v1::ErrorReason refused = v1::ERROR_REASON_UNSPECIFIED;
    std::vector<v1::ReplayedDecision> decisions;
    v1::ReplaySummary summary;
    model::Position recorded_before = 0;  ///< The ledger's tip as the first frame came.
  };
  Replayed Ask(const std::string& post, v1::ReplayPolicy policy,
               const std::string& purpose = "inspection") {
    v1::ReplayDecisionsRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.mutable_acting()->set_purpose(purpose);
    request.set_policy(policy);
    grpc::ClientContext context;
    const auto stub = v1::AuditService::NewStub(door_.SystemOf(post));
    const auto reader = stub->ReplayDecisions(&context, request);
    Replayed replayed;
    v1::ReplayDecisionsResponse frame;
    while (reader->Read(&frame)) {
      if (replayed.recorded_before == 0) replayed.recorded_before = door_.ledger().Tip();
      if (frame.has_decision()) replayed.decisions.push_back(frame.decision());
      if (frame.has_summary()) replayed.summary = frame.summary();
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) replayed.refused = ReasonIn(status);
    return replayed;
  }

  RunningDoor door_;
};

/// P2: that somebody asked lies in the ledger before the first word of the answer.
TEST_F(ReplayStreamTest, RecordsTheQuestionBeforeItAnswers) {
  const std::string event = door_.Publish(door_.NominalWithCase("N17"), "first", "seen");
  for (const v1::ReplayPolicy policy : {v1::REPLAY_POLICY_UNSPECIFIED, v1::REPLAY_POLICY_AS_THEN,
                                        v1::REPLAY_POLICY_AS_NOW}) {
    const model::Position before = door_.ledger().Tip();
    const Replayed replayed = Ask(kAuditor, policy);
    ASSERT_EQ(replayed.refused, v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_GT(replayed.recorded_before, before);
    ASSERT_EQ(replayed.decisions.size(), 2U);
    EXPECT_EQ(replayed.decisions[0].event_id(), event);
    EXPECT_EQ(replayed.summary.same(), policy == v1::REPLAY_POLICY_UNSPECIFIED ? 0U : 2U);
  }
}

/// One after the other: the seat is free again, also after a refusal.
TEST_F(ReplayStreamTest, IsForAuditorsWhoSayWhy) {
  EXPECT_EQ(Ask("police/panel", v1::REPLAY_POLICY_AS_THEN).refused,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Ask(kAuditor, v1::REPLAY_POLICY_AS_THEN, "").refused,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(Ask(kAuditor, v1::REPLAY_POLICY_AS_THEN).refused, v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::rpc
