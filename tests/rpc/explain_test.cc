#include "broker/rpc/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/change_access.h"
#include "tests/rpc/inquiry.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

namespace tearline::rpc {
namespace {

using testing::HasSubstr;

constexpr char kPanel[] = "police/panel";
constexpr char kChair[] = "probation/chair";
constexpr char kIntel[] = "police/intel";
constexpr char kAuditor[] = "desk/auditor";

/// Counts what is read of the state, and how.
class CountingReader final : public state::Reader {
 public:
  explicit CountingReader(const state::Reader& below) : below_(below) {}
  std::optional<std::string> Get(const state::Key& key) const override {
    reads.push_back("get " + std::to_string(key.bytes().size()));
    return below_.Get(key);
  }
  std::vector<std::pair<std::string, std::string>> Scan(const state::Key& prefix,
                                                        const state::Key& from,
                                                        std::size_t rows_max) const override {
    reads.push_back("scan " + std::to_string(prefix.bytes().size()));
    return below_.Scan(prefix, from, rows_max);
  }
  mutable std::vector<std::string> reads;

 private:
  const state::Reader& below_;
};

class ExplainTest : public testing::Test {
 protected:
  grpc::Status Item(const std::string& event) {
    v1::ExplainItemRequest request;
    *request.mutable_acting() = RunningDoor::As(kPanel);
    request.set_event_id(event);
    grpc::ClientContext context;
    item_.Clear();
    return v1::SubscriberService::NewStub(door_.SystemOf(kPanel))
        ->ExplainItem(&context, request, &item_);
  }
  grpc::Status Decision(const std::string& as, const std::string& event, const std::string& post) {
    v1::ExplainDecisionRequest request;
    *request.mutable_acting() = RunningDoor::As(as);
    request.set_event_id(event);
    request.set_post(post);
    grpc::ClientContext context;
    decision_.Clear();
    return v1::AuditService::NewStub(door_.SystemOf(as))
        ->ExplainDecision(&context, request, &decision_);
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  const std::string nowhere_ = "ev_" + std::string(32, '0');
  v1::ExplainItemResponse item_;
  v1::ExplainDecisionResponse decision_;
};

TEST_F(ExplainTest, ARecipientLearnsByWhichRulesItWasTold) {
  const std::string event = door_.Publish(nominal_, "first", "part");
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  const v1::Delivery told = panel.pulled.deliveries(0);
  const auto expect_explained = [&](const char* when) {
    const grpc::Status status = Item(event);
    ASSERT_TRUE(status.ok()) << when << ": " << status.error_message();
    EXPECT_EQ(item_.sequence(), 1u) << when;
    EXPECT_EQ(item_.lane(), v1::URGENCY_URGENT) << when;
    EXPECT_EQ(item_.level(), told.event().level()) << when;
    ASSERT_EQ(item_.rules_size(), told.rules_size()) << when;
    EXPECT_EQ(item_.rules(0), told.rules(0)) << when;
    EXPECT_EQ(item_.policy_digest(), told.policy_digest()) << when;
    EXPECT_TRUE(item_.has_released_at()) << when;
    EXPECT_THAT(item_.sentences(),
                testing::ElementsAre("police/panel gets everything.",
                                     "Rule G1 allows everything, because its work needs it."))
        << when;
  };
  expect_explained("let go");
  ASSERT_TRUE(panel.Acknowledge({1}).ok());
  expect_explained("acknowledged");
}

/// Each time is of what had been let go by then; and what waits is told beside what was given.
TEST(Explain, WhatWasLetGoAnewIsReadAnew) {
  Inquiry inquiry;
  inquiry.world.OpenSession(Inquiry::kChair);
  const std::string event = inquiry.Publish(/*withheld=*/true);
  v1::ExplainDecisionRequest request;
  request.set_event_id(Inquiry::EventText(event));
  request.set_post(Inquiry::kChair);
  const auto explained = [&] {
    v1::ExplainDecisionResponse response;
    const auto looked = ExplainDecision(request, Inquiry::As(Inquiry::kAuditor),
                                        inquiry.world.state, response);
    EXPECT_TRUE(looked.ok());
    return response;
  };
  inquiry.WriteTearLine(event);
  inquiry.Read(Inquiry::kChair, 1);
  EXPECT_TRUE(explained().has_read_at());
  EXPECT_EQ(explained().given(), v1::LEVEL_TEAR_LINE);
  EXPECT_FALSE(explained().waits());
  inquiry.world.now_ms += 1000;
  inquiry.Control(event, false);
  v1::ExplainDecisionResponse raised = explained();
  EXPECT_EQ(raised.given(), v1::LEVEL_FULL);
  EXPECT_EQ(raised.released_anew_at().seconds(), raised.released_at().seconds() + 1);
  EXPECT_FALSE(raised.has_read_at());
  EXPECT_TRUE(raised.has_read_before_at());
  inquiry.Withdraw(event);
  EXPECT_TRUE(explained().has_taken_back_at());
}

/// By which name whoever caused a decision knows it is for auditors: not for the originator's post,
/// which may ask why, too.
TEST(Explain, TellsAuditorsByWhichNameADecisionWasAskedFor) {
  Inquiry inquiry;
  const std::string event = inquiry.world.NextEventId();
  stored::v1::Actor intel = Inquiry::As("ct-police/intel");
  intel.set_correlation_id("import-7");
  stored::v1::Publish command = inquiry.world.Event(inquiry.nominal);
  command.set_originating_agency("ct-police");
  command.set_originating_post("ct-police/intel");
  command.set_event_id(event);
  ASSERT_EQ(inquiry.world
                .Say(intel, stored::v1::COMMAND_NUMBER_PUBLISH, command.SerializeAsString(),
                     static_cast<std::uint16_t>(command.segments_size()))
                .outcome,
            audit::Outcome::kApplied);
  v1::ExplainDecisionRequest request;
  request.set_event_id(Inquiry::EventText(event));
  request.set_post(Inquiry::kChair);
  for (const auto& [post, told] :
       {std::pair(Inquiry::kAuditor, "import-7"), std::pair("ct-police/intel", "")}) {
    v1::ExplainDecisionResponse response;
    ASSERT_TRUE(
        ExplainDecision(request, Inquiry::As(post), inquiry.world.state, response).ok());
    ASSERT_EQ(response.decisions_size(), 1);
    EXPECT_EQ(response.decisions(0).correlation_id(), told) << post;
  }
}

/// P6. Withheld, waiting and non-existent: byte for byte the same answer.
TEST_F(ExplainTest, ARecipientCantTellWithheldFromWaitingFromNothing) {
  const std::string waits = door_.Publish(nominal_, "waits", "part");
  const std::string withheld = PublishWithheld(door_, nominal_, "withheld");
  const grpc::Status nothing = Item(nowhere_);
  EXPECT_EQ(ReasonIn(nothing), v1::ERROR_REASON_NOT_FOUND);
  for (const std::string& event : {waits, withheld}) {
    const grpc::Status status = Item(event);
    EXPECT_EQ(status.error_code(), nothing.error_code());
    EXPECT_EQ(status.error_message(), nothing.error_message());
    EXPECT_EQ(status.error_details(), nothing.error_details());
    EXPECT_EQ(item_.ByteSizeLong(), 0u);
  }
}

/// P6. The same reads are made for all three, so there is no longer work to be timed.
TEST_F(ExplainTest, ARecipientsQuestionCostsTheSameWhateverTheAnswerHides) {
  const std::string waits = door_.Publish(nominal_, "waits", "part");
  const std::string withheld = PublishWithheld(door_, nominal_, "withheld");
  stored::v1::Actor actor;
  actor.set_agency("police");
  actor.set_post(kPanel);
  const auto view = door_.writer().View();
  const auto reads = [&](const std::string& event) {
    const CountingReader reader(*view);
    v1::ExplainItemRequest request;
    request.set_event_id(event);
    const Result<Looked> looked = ExplainItem(request, actor, reader, item_);
    EXPECT_TRUE(looked.ok());
    EXPECT_EQ(ReasonOf(looked->answer), v1::ERROR_REASON_NOT_FOUND);
    const CountingReader checker(*view);
    EXPECT_TRUE(machine::CheckConsult(looked->consulted, actor, checker).ok());
    std::vector<std::string> all = reader.reads;
    all.insert(all.end(), checker.reads.begin(), checker.reads.end());
    return all;
  };
  const std::vector<std::string> nothing = reads(nowhere_);
  EXPECT_FALSE(nothing.empty());
  EXPECT_EQ(reads(waits), nothing);
  EXPECT_EQ(reads(withheld), nothing);
}

/// P2. What was let go, not taken in, and would be judged otherwise now, is not spoken of.
TEST_F(ExplainTest, WhatMustBeJudgedAgainIsNotSpokenOf) {
  const std::string event = door_.Publish(nominal_, "first", "part");
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(Item(event).ok());
  LeaveThePanel(door_, kPanel);
  const grpc::Status status = Item(event);
  EXPECT_EQ(status.error_details(), Item(nowhere_).error_details());
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(ExplainTest, AnAuditorLearnsWhyAPostHasNotReceivedAnEvent) {
  const std::string event = PublishWithheld(door_, nominal_, "withheld");
  const grpc::Status status = Decision(kAuditor, event, kPanel);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(decision_.decisions_size(), 1);
  const v1::ExplainedDecision& decision = decision_.decisions(0);
  EXPECT_EQ(decision.level(), v1::LEVEL_WITHHELD);
  EXPECT_THAT(decision.rules(), testing::ElementsAre("A1"));
  EXPECT_EQ(decision.shortfall(), v1::RULE_REASON_ORIGINATOR_CONTROL);
  EXPECT_FALSE(decision_.has_released_at());
  EXPECT_THAT(decision.sentences(),
              testing::ElementsAre(
                  "police/panel gets nothing, and no sign that anything is held.",
                  "Rule A1 allows never more than nothing, because the originator controls it.",
                  "It is not more, because the originator controls it."));
  EXPECT_THAT(decision_.sentences(),
              testing::ElementsAre("It has not been let go to police/panel."));
}

TEST_F(ExplainTest, AnAuditorLearnsHowFarItCame) {
  const std::string event = door_.Publish(nominal_, "first", "part");
  ASSERT_TRUE(Decision(kAuditor, event, kPanel).ok());
  EXPECT_THAT(decision_.sentences(decision_.sentences_size() - 1),
              HasSubstr("It waits in the feed"));
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(panel.Acknowledge({1}).ok());
  ASSERT_TRUE(Decision(kAuditor, event, kPanel).ok());
  EXPECT_TRUE(decision_.has_released_at());
  EXPECT_TRUE(decision_.has_acknowledged_at());
  EXPECT_FALSE(decision_.has_read_at());
  ASSERT_TRUE(Decision(kAuditor, event, "desk/operator").ok());
  EXPECT_EQ(decision_.decisions_size(), 0);
  EXPECT_THAT(decision_.sentences(0), HasSubstr("never judged for desk/operator"));
}

/// What a duty demanded and did not get is explained with who answers for it.
TEST_F(ExplainTest, AnUnmetDutyComesWithItsObligation) {
  const std::string event = door_.Publish(nominal_, "first", "part");
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(panel.Park(1).ok());
  ASSERT_TRUE(Decision(kAuditor, event, kPanel).ok());
  ASSERT_EQ(decision_.obligations_size(), 1);
  EXPECT_EQ(decision_.obligations(0).type(), v1::OBLIGATION_TYPE_PARKED);
  EXPECT_EQ(decision_.obligations(0).debtor_post(), kPanel);
  EXPECT_TRUE(decision_.obligations(0).open());
  ASSERT_TRUE(Decision(kAuditor, event, kChair).ok());
  EXPECT_EQ(decision_.obligations_size(), 0) << "another post's";
}

/// The post that answers for an event may ask; everybody else can't tell whether it exists.
TEST_F(ExplainTest, TheOriginatorMayAskAndNobodyElseCanTell) {
  const std::string event = PublishWithheld(door_, nominal_, "withheld");
  ASSERT_TRUE(Decision(kIntel, event, kPanel).ok());
  EXPECT_EQ(decision_.decisions(0).level(), v1::LEVEL_WITHHELD);
  for (const char* stranger : {kPanel, kChair, "police/coordinator", "desk/operator"}) {
    const grpc::Status status = Decision(stranger, event, kPanel);
    const grpc::Status nothing = Decision(stranger, nowhere_, kPanel);
    EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_NOT_FOUND) << stranger;
    EXPECT_EQ(status.error_code(), nothing.error_code()) << stranger;
    EXPECT_EQ(status.error_message(), nothing.error_message()) << stranger;
    EXPECT_EQ(status.error_details(), nothing.error_details()) << stranger;
    EXPECT_EQ(decision_.ByteSizeLong(), 0u);
  }
}

TEST_F(ExplainTest, SaysWhatIsWrongWithAQuestion) {
  EXPECT_EQ(ReasonIn(Item("ev_1")), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(Decision(kAuditor, "ev_1", kPanel)), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(Decision(kAuditor, nowhere_, "panel")), v1::ERROR_REASON_NAME_INVALID);
  EXPECT_EQ(ReasonIn(Decision(kAuditor, nowhere_, kPanel)), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::rpc
