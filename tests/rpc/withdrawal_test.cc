#include "broker/rpc/withdrawal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

namespace tearline::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kPanel[] = "police/panel";
constexpr char kChair[] = "probation/chair";

/// Does something once, just before the first withdrawal is proposed.
class Meddling final : public sequencer::Proposer {
 public:
  Meddling(sequencer::Proposer& behind, std::function<void()>& before)
      : behind_(behind), before_(before) {}

  void Propose(sequencer::Proposal proposal) override {
    if (proposal.command == stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT && !done_.exchange(true)) {
      before_();
    }
    behind_.Propose(std::move(proposal));
  }

 private:
  sequencer::Proposer& behind_;
  std::function<void()>& before_;
  std::atomic<bool> done_{false};
};

class WithdrawalTest : public testing::Test {
 protected:
  std::vector<std::string> Receivers() const {
    std::vector<std::string> posts;
    for (const v1::EventReceiver& each : withdrawn_.receivers()) posts.push_back(each.post());
    return posts;
  }
  grpc::Status Say(const std::string& event, v1::WithdrawalReason reason) {
    return Withdraw(door_, event, reason, withdrawn_);
  }

  std::function<void()> before_ = [] {};
  RunningDoor door_{Between{.vault = {}, .proposer = [this](sequencer::Proposer& behind) {
                              return std::make_unique<Meddling>(behind, before_);
                            }}};
  const std::string nominal_ = door_.NominalWithCase("N17");
  v1::WithdrawEventResponse withdrawn_;
};

/// The answer lists who had it; a stream that is open hears of it; what waits elsewhere vanishes.
TEST_F(WithdrawalTest, IsAnsweredWithWhoHadItAndReachesOpenStreams) {
  Follower panel(door_, kPanel);
  panel.Open(kPanel);
  const std::string event = door_.Publish(nominal_, "one", "the first report");
  const auto told = panel.NextDelivery();
  ASSERT_TRUE(told && told->has_event());
  ASSERT_TRUE(Say(event, v1::WITHDRAWAL_REASON_WRONG_PERSON).ok());
  EXPECT_EQ(withdrawn_.recorded().leaf_hash().size(), 32u);
  EXPECT_THAT(Receivers(), ElementsAre(kPanel)) << "the chair's waited";
  const auto notice = panel.NextDelivery();
  ASSERT_TRUE(notice && notice->has_access_withdrawn());
  EXPECT_EQ(notice->access_withdrawn().event_id(), event);
  EXPECT_EQ(notice->access_withdrawn().sequence(), told->sequence());
  EXPECT_EQ(notice->access_withdrawn().reason(), v1::WITHDRAWAL_REASON_WRONG_PERSON);
  const auto owed = panel.NextDelivery();
  ASSERT_TRUE(owed && owed->has_obligation());
  EXPECT_EQ(owed->obligation().type(), v1::OBLIGATION_TYPE_CONFIRM_DELETION);
  EXPECT_EQ(owed->obligation().event_id(), event);
  EXPECT_EQ(owed->obligation().nominal_id(), "");

  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  EXPECT_EQ(chair.pulled.deliveries_size(), 0);
  EXPECT_TRUE(chair.pulled.progress().caught_up());
}

/// Who confirmed that it is deleted is seen by whoever withdrew it.
TEST_F(WithdrawalTest, ShowsWhoDeletedIt) {
  Puller panel(door_, kPanel);
  const std::string event = door_.Publish(nominal_, "one", "the first report");
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_TRUE(Say(event, v1::WITHDRAWAL_REASON_INACCURATE).ok());
  ASSERT_TRUE(panel.Pull().ok());
  std::string obligation;
  for (const v1::Delivery& each : panel.pulled.deliveries()) {
    if (each.has_obligation()) obligation = each.obligation().obligation_id();
  }
  v1::DischargeObligationRequest discharge;
  *discharge.mutable_acting() = RunningDoor::As(kPanel);
  discharge.set_obligation_id(obligation);
  discharge.set_discharge(v1::DISCHARGE_DELETED);
  v1::DischargeObligationResponse discharged;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::CaseService::NewStub(door_.SystemOf(kPanel))
                  ->DischargeObligation(&context, discharge, &discharged)
                  .ok());
  v1::ListReceiversRequest list;
  *list.mutable_acting() = RunningDoor::As("police/intel");
  list.set_event_id(event);
  v1::ListReceiversResponse listed;
  grpc::ClientContext again;
  ASSERT_TRUE(v1::PublisherService::NewStub(door_.SystemOf("police/intel"))
                  ->ListReceivers(&again, list, &listed)
                  .ok());
  ASSERT_EQ(listed.receivers_size(), 1);
  EXPECT_TRUE(listed.receivers(0).has_deletion_confirmed_at());
  EXPECT_EQ(listed.withdrawn(), v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_TRUE(listed.has_withdrawn_at());
}

/// The other events of the same person are there for whoever comes next.
TEST_F(WithdrawalTest, ASpillageLeavesEveryOtherEventAsItWas) {
  const std::string first = door_.Publish(nominal_, "one", "the first report");
  const std::string spilled = door_.Publish(nominal_, "two", "above what may be held here");
  door_.Publish(nominal_, "three", "the third report");
  ASSERT_TRUE(Say(spilled, v1::WITHDRAWAL_REASON_SPILLAGE).ok());
  EXPECT_THAT(Receivers(), IsEmpty());
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  std::vector<std::string> contents;
  for (const v1::Delivery& each : panel.pulled.deliveries()) {
    ASSERT_TRUE(each.has_event());
    EXPECT_FALSE(each.event().erased());
    contents.push_back(each.event().segments(0).content());
  }
  EXPECT_THAT(contents, ElementsAre("the first report", "the third report"));
}

/// Something is published about the same person while the rest is wrapped anew: it is tried again,
/// and nothing is lost.
TEST_F(WithdrawalTest, ASpillageIsPreparedAgainIfSomethingWasSealedMeanwhile) {
  const std::string spilled = door_.Publish(nominal_, "one", "above what may be held here");
  before_ = [this] { door_.Publish(nominal_, "two", "meanwhile"); };
  ASSERT_TRUE(Say(spilled, v1::WITHDRAWAL_REASON_SPILLAGE).ok());
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_EQ(panel.pulled.deliveries_size(), 1);
  EXPECT_EQ(panel.pulled.deliveries(0).event().segments(0).content(), "meanwhile");
}

TEST_F(WithdrawalTest, IsRefusedTwiceAndToStrangers) {
  const std::string event = door_.Publish(nominal_, "one", "the first report");
  EXPECT_EQ(ReasonIn(Say("ev_" + std::string(32, '0'), v1::WITHDRAWAL_REASON_INACCURATE)),
            v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(ReasonIn(Say(event, v1::WITHDRAWAL_REASON_UNSPECIFIED)),
            v1::ERROR_REASON_FIELD_INVALID);
  ASSERT_TRUE(Say(event, v1::WITHDRAWAL_REASON_INACCURATE).ok());
  EXPECT_EQ(ReasonIn(Say(event, v1::WITHDRAWAL_REASON_INACCURATE)),
            v1::ERROR_REASON_EVENT_WITHDRAWN);
}

/// The amended event comes again over the wire, and says what it supersedes.
TEST_F(WithdrawalTest, AnAmendmentSendsTheEventAgain) {
  Follower chair(door_, kChair);
  chair.Open(kChair);
  Follower panel(door_, kPanel);
  panel.Open(kPanel);
  const std::string event = PublishWithheld(door_, nominal_, "withheld");
  const auto first = chair.NextDelivery();
  ASSERT_TRUE(first && first->has_event());
  v1::AmendEventRequest amend;
  *amend.mutable_acting() = RunningDoor::As("police/intel");
  amend.set_event_id(event);
  amend.mutable_amendment()->mutable_terms()->set_originator_controlled(false);
  v1::AmendEventResponse amended;
  grpc::ClientContext context;
  const grpc::Status status = v1::PublisherService::NewStub(door_.SystemOf("police/intel"))
                                  ->AmendEvent(&context, amend, &amended);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto raised = panel.NextDelivery();
  ASSERT_TRUE(raised && raised->has_event());
  EXPECT_EQ(raised->event().event_id(), event);
  EXPECT_EQ(raised->event().level(), v1::LEVEL_FULL);
  EXPECT_FALSE(raised->event().superseding()) << "it had nothing of it before";
  EXPECT_EQ(raised->sequence(), 1u);
}

}  // namespace
}  // namespace tearline::rpc
