#include "broker/rpc/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/rpc/examine_policy.h"
#include "broker/rpc/server_limits.h"
#include "tearline/v1/policy_service.grpc.pb.h"
#include "tests/doubles/sample_policy.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;
using testing::Contains;
using testing::HasSubstr;

std::string Granting(const std::string& seats) {
  return "id: 'other' version: 2\n"
         "rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL "
         "reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: [ " +
         seats + " ] } } }\n";
}

/// A policy under which chairs alone get anything; and one under which members do, too.
std::string ForChairs() { return Granting("SEAT_KIND_CHAIR") + doubles::ChairsAlone(); }
std::string ForMembers() {
  std::string text = Granting("SEAT_KIND_CHAIR, SEAT_KIND_MEMBER") + doubles::SamplesKeptOut();
  for (const char* event : {"open", "closed", "controlled", "source"}) {
    text += std::string("matrix { event: '") + event +
            "' full: [ 'north-probation/chair', 'north-police/panel' ] }\n";
  }
  return text;
}

class PoliciesTest : public testing::Test {
 protected:
  std::unique_ptr<v1::PolicyService::Stub> As(const std::string& post) {
    return v1::PolicyService::NewStub(door_.SystemOf(post));
  }

  template <typename Response, typename Request, typename Method>
  v1::ErrorReason Call(const std::string& post, Method method, Request request,
                       Response& response) {
    *request.mutable_acting() = RunningDoor::As(post);
    ClientContext context;
    const grpc::Status status = (*As(post).*method)(&context, request, &response);
    return status.ok() ? v1::ERROR_REASON_UNSPECIFIED : ReasonIn(status);
  }

  v1::ErrorReason Check(const std::string& post, const std::string& text,
                        v1::CheckPolicyResponse& response) {
    v1::CheckPolicyRequest request;
    request.set_policy_text(text);
    return Call(post, &v1::PolicyService::Stub::CheckPolicy, request, response);
  }
  v1::ErrorReason Propose(const std::string& text) {
    v1::ProposePolicyRequest request;
    v1::ProposePolicyResponse response;
    request.set_policy_text(text);
    return Call("desk/author", &v1::PolicyService::Stub::ProposePolicy, request, response);
  }
  v1::ErrorReason Approve(const std::string& text, const std::string& report = "") {
    v1::ApprovePolicyRequest request;
    v1::ApprovePolicyResponse response;
    request.set_policy_digest(crypto::Sha256(text).Bytes());
    request.set_acknowledged_report(report);
    return Call("desk/governance", &v1::PolicyService::Stub::ApprovePolicy, request, response);
  }

  struct Simulated {
    v1::ErrorReason refused = v1::ERROR_REASON_UNSPECIFIED;
    std::vector<v1::SimulatedChange> changes;
    v1::SimulationSummary summary;
    std::uint64_t replayed = 0;
  };
  Simulated Simulate(const std::string& post, const std::string& text,
                     const std::string& purpose = "policy-review", std::int64_t from_s = 0) {
    v1::SimulatePolicyRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.mutable_acting()->set_purpose(purpose);
    request.set_policy_text(text);
    if (from_s > 0) request.mutable_from()->set_seconds(from_s);
    ClientContext context;
    const auto stub = As(post);
    const auto reader = stub->SimulatePolicy(&context, request);
    Simulated simulated;
    v1::SimulatePolicyResponse frame;
    while (reader->Read(&frame)) {
      if (frame.has_change()) simulated.changes.push_back(frame.change());
      if (frame.has_progress()) simulated.replayed = frame.progress().replayed();
      if (frame.has_summary()) simulated.summary = frame.summary();
    }
    if (const grpc::Status status = reader->Finish(); !status.ok()) {
      simulated.refused = ReasonIn(status);
    }
    return simulated;
  }

  RunningDoor door_;
};

/// An author sees all that is wrong at once; nothing of it is recorded.
TEST_F(PoliciesTest, CheckingTellsEveryFindingAndRecordsNothing) {
  const model::Position before = door_.writer().View()->position();
  v1::CheckPolicyResponse right;
  EXPECT_EQ(Check("desk/author", ForChairs(), right), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(right.rules(), 3U);
  EXPECT_EQ(right.cells(), 35U);
  EXPECT_TRUE(right.findings().empty());
  v1::CheckPolicyResponse wrong;
  EXPECT_EQ(Check("desk/governance", Granting("SEAT_KIND_CHAIR"), wrong),
            v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(wrong.findings_size(), 4);
  EXPECT_EQ(wrong.findings(0).kind(), v1::POLICY_FINDING_KIND_NOT_COVERED);
  EXPECT_EQ(wrong.findings(0).about(), "G1");
  EXPECT_EQ(Check("desk/author", "id: ", wrong), v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_EQ(door_.writer().View()->position(), before);
}

TEST_F(PoliciesTest, CheckingIsForAuthorsAndApproversAndOnlySoOften) {
  v1::CheckPolicyResponse response;
  EXPECT_EQ(Check("police/intel", ForChairs(), response), v1::ERROR_REASON_NOT_PERMITTED);
  int allowed = 0;
  // A minute may end on the way: twice as many are certainly too many for it.
  for (std::uint32_t i = 0; i < 2 * kPolicyChecksPerMinute + 1; ++i) {
    if (Check("desk/author", ForChairs(), response) == v1::ERROR_REASON_UNSPECIFIED) ++allowed;
  }
  EXPECT_GE(allowed, static_cast<int>(kPolicyChecksPerMinute));
  EXPECT_LE(allowed, static_cast<int>(2 * kPolicyChecksPerMinute));
}

TEST_F(PoliciesTest, ExplainsWhatItsSamplesGet) {
  v1::ExplainPolicyRequest request;
  v1::ExplainPolicyResponse response;
  request.set_policy_text(ForChairs());
  request.set_event("open");
  request.set_post("north-probation/chair");
  const auto method = &v1::PolicyService::Stub::ExplainPolicy;
  ASSERT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(response.level(), v1::LEVEL_FULL);
  EXPECT_THAT(response.sentences(), Contains("north-probation/chair gets everything."));
  request.set_event("ghost");
  EXPECT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_NOT_FOUND);
  request.set_event("open");
  request.set_post("north-probation/ghost");
  EXPECT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_NOT_FOUND);
}

/// What if: the same rules in a world that the asker describes.
TEST_F(PoliciesTest, ExplainsAHypotheticalWorld) {
  v1::ExplainPolicyRequest request;
  v1::ExplainPolicyResponse response;
  request.set_policy_text(ForChairs());
  request.set_event("what-if");
  request.set_post("south-police/newcomer");
  const auto method = &v1::PolicyService::Stub::ExplainPolicy;
  EXPECT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_NOT_FOUND)
      << "the policy's own samples know neither";
  request.set_given_text(R"(
    agencies { agency: "south-police" kind: AGENCY_KIND_POLICE }
    posts { post: "south-police/newcomer" roles: POST_ROLE_CHAIR clearance { tier: TIER_OFFICIAL } }
    cases { nominal_id: "eve" category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_2
            lead_agency: "south-police"
            seats { post: "south-police/newcomer" kind: SEAT_KIND_CHAIR } }
    events { name: "what-if" originating_post: "south-police/newcomer" event {
      event_type: "intelligence.report.submitted" urgency: URGENCY_ROUTINE
      label { marking { tier: TIER_OFFICIAL } } nominals { nominal_id: "eve" } segments {} } })");
  ASSERT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(response.level(), v1::LEVEL_FULL);
  EXPECT_THAT(response.sentences(), Contains("south-police/newcomer gets everything."));
  request.set_given_text("agencies { agency: 'south police' }");
  EXPECT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_POLICY_INVALID);
  request.set_given_text("nobody { }");
  EXPECT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_POLICY_INVALID);
}

TEST_F(PoliciesTest, ComparesWithThePolicyInForce) {
  v1::DiffPoliciesRequest request;
  v1::DiffPoliciesResponse response;
  request.set_after_text(ForChairs());
  const auto method = &v1::PolicyService::Stub::DiffPolicies;
  ASSERT_EQ(Call("desk/author", method, request, response), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(response.changes_size(), 7) << "A1, A2, D1 and G2 go, G1 changes, K1 and K2 come";
  EXPECT_EQ(response.changes(0).rule(), "A1");
  EXPECT_EQ(response.changes(0).kind(), v1::RULE_CHANGE_KIND_REMOVED);
  EXPECT_EQ(response.changes(3).rule(), "G1");
  EXPECT_EQ(response.changes(3).kind(), v1::RULE_CHANGE_KIND_CHANGED);
  EXPECT_THAT(response.changes(3).sentences(0), HasSubstr("When it speaks was:"));
}

/// What would be refused is refused before it is recorded.
TEST_F(PoliciesTest, ProposesNothingUntested) {
  const model::Position before = door_.writer().View()->position();
  EXPECT_EQ(Propose(Granting("SEAT_KIND_CHAIR")), v1::ERROR_REASON_POLICY_NOT_COVERED);
  EXPECT_EQ(door_.writer().View()->position(), before);
}

/// The whole way of two policies: the first tells less, so nobody need sign off anything; the
/// second tells more, and is not approved before somebody has read by how much.
TEST_F(PoliciesTest, APolicyThatTellsMoreIsSignedOffByTheReportThatSaysSo) {
  const std::string event = door_.Publish(door_.NominalWithCase("N17"), "first", "seen");
  ASSERT_EQ(Propose(ForChairs()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Approve(ForChairs()), v1::ERROR_REASON_SIMULATION_REQUIRED);
  const Simulated less = Simulate("desk/author", ForChairs());
  ASSERT_EQ(less.refused, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(less.summary.decisions(), 2U);
  EXPECT_EQ(less.summary.levels(3 * 4 + 0), 1U)
      << "the member had everything and would get nothing";
  EXPECT_EQ(less.summary.levels(3 * 4 + 3), 1U) << "the chair keeps it";
  EXPECT_EQ(less.summary.raises(), 0U);
  EXPECT_EQ(less.summary.not_replayed(), 0U);
  EXPECT_GT(less.replayed, 0U);
  EXPECT_FALSE(less.summary.recorded().leaf_hash().empty()) << "it is noted in the ledger";
  EXPECT_EQ(Approve(ForChairs()), v1::ERROR_REASON_UNSPECIFIED);

  door_.Publish(door_.NominalWithCase("N18"), "second", "seen again");
  ASSERT_EQ(Propose(ForMembers()), v1::ERROR_REASON_UNSPECIFIED);
  const Simulated more = Simulate("desk/governance", ForMembers());
  ASSERT_EQ(more.refused, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(more.summary.raises(), 1U);
  ASSERT_EQ(more.changes.size(), 1U);
  EXPECT_EQ(more.changes[0].kind(), v1::SIMULATED_CHANGE_KIND_RAISE);
  EXPECT_EQ(more.changes[0].post(), "police/panel");
  EXPECT_NE(more.changes[0].event_id(), event) << "of the first it was told everything, as now";
  EXPECT_EQ(Approve(ForMembers()), v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF);
  EXPECT_EQ(Approve(ForMembers(), less.summary.report_digest()),
            v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF);

  v1::GetPolicyRequest show;
  v1::GetPolicyResponse shown;
  show.set_policy_digest(crypto::Sha256(ForMembers()).Bytes());
  ASSERT_EQ(Call("desk/governance", &v1::PolicyService::Stub::GetPolicy, show, shown),
            v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(shown.simulation().raises(), 1U);
  EXPECT_EQ(Approve(ForMembers(), shown.simulation().report_digest()),
            v1::ERROR_REASON_UNSPECIFIED);
}

/// Every count of what was noted, each its own: what could not be judged again among them.
TEST(SummaryOf, SaysWhatWasNoted) {
  stored::v1::NoteSimulation note;
  note.set_policy_digest("candidate");
  note.set_in_force_digest("in force");
  note.set_report_digest("report");
  for (std::uint64_t cell = 0; cell < 16; ++cell) note.add_levels(100 + cell);
  note.set_decisions(1);
  note.set_raises(2);
  note.set_newly_unmet(3);
  note.set_not_replayed(4);
  note.set_masked(5);
  note.set_obligations(6);
  note.set_left_out(7);
  const v1::SimulationSummary summary = SummaryOf(note);
  EXPECT_EQ(summary.policy_digest(), "candidate");
  EXPECT_EQ(summary.in_force_digest(), "in force");
  EXPECT_EQ(summary.report_digest(), "report");
  EXPECT_THAT(summary.levels(), testing::ElementsAreArray(note.levels()));
  EXPECT_EQ(summary.decisions(), 1U);
  EXPECT_EQ(summary.raises(), 2U);
  EXPECT_EQ(summary.newly_unmet(), 3U);
  EXPECT_EQ(summary.not_replayed(), 4U);
  EXPECT_EQ(summary.masked(), 5U);
  EXPECT_EQ(summary.obligations(), 6U);
  EXPECT_EQ(summary.left_out(), 7U);
}

/// A period in which nothing was decided shows no raise. It is a look, and brings nothing into force.
TEST_F(PoliciesTest, APolicyIsNotSignedOffByAPeriodThatHoldsNothing) {
  const std::int64_t in_2099 = 4'070'908'800;
  door_.Publish(door_.NominalWithCase("N17"), "first", "seen");
  ASSERT_EQ(Propose(ForChairs()), v1::ERROR_REASON_UNSPECIFIED);
  const Simulated look = Simulate("desk/author", ForChairs(), "policy-review", in_2099);
  ASSERT_EQ(look.refused, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(look.summary.raises(), 0U);
  EXPECT_EQ(look.summary.left_out(), 2U);
  EXPECT_FALSE(look.summary.recorded().leaf_hash().empty()) << "it is noted in the ledger";
  EXPECT_EQ(Approve(ForChairs()), v1::ERROR_REASON_SIMULATION_REQUIRED);
}

/// It tells who was told of what: only to those who answer for policy, who say why; and it is noted
/// even if nobody proposed the candidate.
TEST_F(PoliciesTest, SimulatingIsAConsultation) {
  EXPECT_EQ(Simulate("police/intel", ForChairs()).refused, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Simulate("desk/author", ForChairs(), "").refused, v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(Simulate("desk/author", "id: ").refused, v1::ERROR_REASON_POLICY_INVALID);
  const model::Position before = door_.writer().View()->position();
  EXPECT_EQ(Simulate("desk/author", ForChairs()).refused, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_GT(door_.writer().View()->position(), before);
}

/// The second state is gone when it is done.
TEST_F(PoliciesTest, SimulatingLeavesNothingBehind) {
  Simulate("desk/author", ForChairs());
  for (const auto& entry : std::filesystem::directory_iterator(door_.home())) {
    EXPECT_THAT(entry.path().filename().string(), testing::Not(HasSubstr("scratch")));
  }
}

}  // namespace
}  // namespace tearline::rpc
