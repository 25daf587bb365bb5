#include "broker/rpc/replay_stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
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

  void GoAwayAtOnce() {
    v1::ReplayDecisionsRequest request;
    *request.mutable_acting() = RunningDoor::As(kAuditor);
    request.mutable_acting()->set_purpose("inspection");
    grpc::ClientContext context;
    const auto stub = v1::AuditService::NewStub(door_.SystemOf(kAuditor));
    const auto reader = stub->ReplayDecisions(&context, request);
    context.TryCancel();
    (void)reader->Finish();
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

/// Many at once: each gets all of it, or hears that another is under way; whoever goes away at once
/// leaves the seat free. No stream is touched after its end, whoever ends first: the thread that
/// answers, the one that began it, or gRPC's.
TEST_F(ReplayStreamTest, StandsManyWhoComeAndGoAtOnce) {
  door_.Publish(door_.NominalWithCase("N17"), "first", "seen");
  ASSERT_EQ(Ask(kAuditor, v1::REPLAY_POLICY_UNSPECIFIED).decisions.size(), 2U);
  constexpr int kCallers = 6;
  constexpr int kCalls = 8;
  std::atomic<int> whole = 0;
  std::atomic<int> other = 0;
  const auto call = [&](int caller) {
    for (int i = 0; i < kCalls; ++i) {
      if ((caller + i) % 3 == 0) {
        GoAwayAtOnce();
        continue;
      }
      const Replayed replayed = Ask(kAuditor, v1::REPLAY_POLICY_UNSPECIFIED);
      if (replayed.refused == v1::ERROR_REASON_TOO_BUSY) continue;
      const bool all = replayed.refused == v1::ERROR_REASON_UNSPECIFIED &&
                       replayed.decisions.size() == 2 && replayed.summary.decisions() == 2;
      ++(all ? whole : other);
    }
  };
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) callers.emplace_back(call, caller);
  for (std::thread& each : callers) each.join();
  EXPECT_GT(whole, 0);
  EXPECT_EQ(other, 0);
  Replayed last = Ask(kAuditor, v1::REPLAY_POLICY_UNSPECIFIED);
  for (int i = 0; i < 1000 && last.refused == v1::ERROR_REASON_TOO_BUSY; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    last = Ask(kAuditor, v1::REPLAY_POLICY_UNSPECIFIED);
  }
  EXPECT_EQ(last.decisions.size(), 2U) << "the seat is free again";
}

}  // namespace
}  // namespace tearline::rpc
