#include "broker/rpc/receipts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/asking_for_receipts.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

namespace tearline::rpc {
namespace {

class ReceiptsTest : public testing::Test, protected AskingForReceipts {};

TEST_F(ReceiptsTest, APublishersOpensTheLeafAndThatItWasThey) {
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  SignCheckpoint();
  v1::GetReceiptsRequest by_leaf;
  by_leaf.set_leaf_hash(told.leaf_hash());
  for (const v1::GetReceiptsRequest& about : {OfEvent(told.event_id()), by_leaf}) {
    const auto receipts = Receipts(kIntel, about);
    ASSERT_EQ(receipts.size(), 1u);
    EXPECT_EQ(receipts[0].leaf.kind, stored::v1::COMMAND_NUMBER_PUBLISH);
    EXPECT_EQ(receipts[0].leaf.outcome, verifier::kApplied);
    ASSERT_EQ(receipts[0].facts.size(), 2u);
    EXPECT_EQ(receipts[0].facts[0].actor().post(), kIntel);
    const stored::v1::AcceptedDetail& accepted = receipts[0].facts[1].accepted();
    EXPECT_EQ(model::EventId::FromBytes(accepted.event_id())->Text(), told.event_id());
    EXPECT_EQ(accepted.originating_post(), kIntel);
    EXPECT_EQ(accepted.manifest_digest().size(), 32u);
    EXPECT_EQ(accepted.signed_digest(), "") << "it was not signed";
  }
}

TEST_F(ReceiptsTest, ARecipientsOpensWhatWasLetGoToItAndTheDecisionThatAllowedIt) {
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  SignCheckpoint();
  v1::GetReceiptsResponse none;
  EXPECT_EQ(ReasonIn(Ask(kPanel, OfEvent(told.event_id()), none)), v1::ERROR_REASON_NOT_FOUND)
      << "it was judged, and not let go yet";
  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  ASSERT_TRUE(follower.NextDelivery().has_value());
  SignCheckpoint();
  const auto receipts = Receipts(kPanel, OfEvent(told.event_id()));
  std::size_t decisions = 0;
  std::size_t releases = 0;
  for (const verifier::Receipt& receipt : receipts) {
    for (const stored::v1::Detail& fact : receipt.facts) {
      if (fact.has_decision()) {
        ++decisions;
        EXPECT_EQ(fact.decision().post(), kPanel);
      } else {
        ASSERT_TRUE(fact.has_released()) << fact.ShortDebugString();
        ++releases;
        EXPECT_EQ(fact.released().feed(), kPanel);
      }
    }
  }
  EXPECT_EQ(decisions, 1u);
  EXPECT_EQ(releases, 1u);
}

/// Whoever was told through a subscription was told as much as through its inbox.
TEST_F(ReceiptsTest, WhatWasLetGoToASubscriptionOfTheRecipientIsOpenedToIt) {
  const std::string nominal = door_.NominalWithCase("N17");
  const std::string subscription = door_.Subscribe(kSupervisor, nominal);
  const v1::PublishResult told = PublishOne(nominal, false);
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 0, subscription);
  ASSERT_TRUE(follower.NextDelivery().has_value());
  SignCheckpoint();
  const auto receipts = Receipts(kSupervisor, OfEvent(told.event_id()));
  std::vector<stored::v1::Detail> facts;
  for (const verifier::Receipt& receipt : receipts) {
    facts.insert(facts.end(), receipt.facts.begin(), receipt.facts.end());
  }
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].decision().post(), kSupervisor);
  EXPECT_EQ(facts[1].released().feed(), std::string(kSupervisor) + "/" + subscription);
}

/// P6. What is withheld, what is another's, and what does not exist are answered alike.
TEST_F(ReceiptsTest, NothingTellsThatSomethingIsWithheld) {
  const std::string nominal = door_.NominalWithCase("N17");
  const v1::PublishResult withheld = PublishOne(nominal, true);
  SignCheckpoint();
  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  v1::GetReceiptsResponse response;
  const grpc::Status unknown = Ask(kPanel, OfEvent("ev_" + std::string(32, '0')), response);
  EXPECT_EQ(ReasonIn(unknown), v1::ERROR_REASON_NOT_FOUND);
  v1::GetReceiptsRequest by_leaf;
  by_leaf.set_leaf_hash(withheld.leaf_hash());
  for (const auto& about : {OfEvent(withheld.event_id()), by_leaf}) {
    const grpc::Status status = Ask(kPanel, about, response);
    EXPECT_EQ(status.error_code(), unknown.error_code());
    EXPECT_EQ(status.error_message(), unknown.error_message());
    EXPECT_EQ(status.error_details(), unknown.error_details());
  }
  EXPECT_EQ(response.receipts_size(), 0);
  EXPECT_FALSE(Receipts(kIntel, OfEvent(withheld.event_id())).empty()) << "its publisher's own";
}

TEST_F(ReceiptsTest, AnAuditorsOpensAllAndNeedsAPurpose) {
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  SignCheckpoint();
  const auto receipts = Receipts(kAuditor, OfEvent(told.event_id()));
  ASSERT_EQ(receipts.size(), 1u);
  std::set<std::string> posts;
  for (const stored::v1::Detail& fact : receipts[0].facts) {
    if (fact.has_decision()) posts.insert(fact.decision().post());
  }
  EXPECT_TRUE(posts.contains(kPanel) && posts.contains(kChair));
  EXPECT_TRUE(receipts[0].facts[0].has_actor());
  EXPECT_EQ(receipts[0].facts[1].published().originating_post(), kIntel);

  v1::GetReceiptsRequest silent = OfEvent(told.event_id());
  *silent.mutable_acting() = RunningDoor::As(kAuditor);
  silent.mutable_acting()->clear_purpose();
  v1::GetReceiptsResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(ReasonIn(v1::AuditService::NewStub(door_.SystemOf(kAuditor))
                         ->GetReceipts(&context, silent, &response)),
            v1::ERROR_REASON_PURPOSE_REQUIRED);
}

/// Of an obligation an auditor is opened each record that changed it, who asked for it, and nothing
/// else; all others are told nothing of it.
TEST_F(ReceiptsTest, AnObligationsOwnRecordsAreAnAuditorsToOpen) {
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  ASSERT_TRUE(follower.NextDelivery().has_value());
  v1::WithdrawEventResponse withdrawn;
  ASSERT_TRUE(Withdraw(door_, told.event_id(), v1::WITHDRAWAL_REASON_WRONG_PERSON, withdrawn).ok());
  SignCheckpoint();
  std::string id;
  for (const verifier::Receipt& receipt : Receipts(kAuditor, OfEvent(told.event_id()))) {
    for (const stored::v1::Detail& fact : receipt.facts) {
      if (fact.has_obligation()) id = fact.obligation().obligation_id();
    }
  }
  ASSERT_FALSE(id.empty());
  v1::GetReceiptsRequest about;
  about.set_obligation_id(model::ObligationId::FromBytes(id)->Text());
  const auto receipts = Receipts(kAuditor, about);
  ASSERT_EQ(receipts.size(), 1u);
  ASSERT_EQ(receipts[0].facts.size(), 2u);
  EXPECT_EQ(receipts[0].facts[0].actor().post(), kIntel);
  EXPECT_EQ(receipts[0].facts[1].obligation().obligation_id(), id);
  EXPECT_EQ(receipts[0].facts[1].obligation().change(), stored::v1::OBLIGATION_CHANGE_OPENED);
  v1::GetReceiptsResponse response;
  for (const char* post : {kIntel, kChair, kPanel}) {
    EXPECT_EQ(ReasonIn(Ask(post, about, response)), v1::ERROR_REASON_NOT_FOUND) << post;
  }
  about.set_obligation_id("ob_" + std::string(32, '0'));
  EXPECT_EQ(ReasonIn(Ask(kAuditor, about, response)), v1::ERROR_REASON_NOT_FOUND);
}

/// An event that was changed again and again: the answers follow one another, and each leaf comes
/// once, to an auditor and to whoever was told.
TEST_F(ReceiptsTest, WhatOneAnswerCannotHoldComesInTheNext) {
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  Follower follower(door_, kPanel);
  follower.Open(kPanel, 1000);
  ASSERT_TRUE(follower.NextDelivery().has_value());
  // Every second one gives it to the panel again.
  for (int i = 0; i < 2 * (kReceiptsMax + 5); ++i) {
    v1::AmendEventRequest amend;
    *amend.mutable_acting() = RunningDoor::As(kIntel);
    amend.set_event_id(told.event_id());
    amend.mutable_amendment()->mutable_terms()->set_originator_controlled(i % 2 == 0);
    v1::AmendEventResponse amended;
    grpc::ClientContext context;
    const grpc::Status status = v1::PublisherService::NewStub(door_.SystemOf(kIntel))
                                    ->AmendEvent(&context, amend, &amended);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  SignCheckpoint();
  const auto key = verifier::ReadVerifierKey(KeyText());
  for (const std::string post : {kAuditor, kPanel}) {
    v1::GetReceiptsRequest about = OfEvent(told.event_id());
    std::vector<std::uint64_t> leaves;
    std::vector<int> answers;
    do {
      v1::GetReceiptsResponse response;
      ASSERT_TRUE(Ask(post, about, response).ok()) << post;
      for (const std::string& text : response.receipts()) {
        leaves.push_back(verifier::OpenReceipt(text, *key)->index);
      }
      answers.push_back(response.receipts_size());
      ASSERT_TRUE(response.next_index() == 0 || response.next_index() > leaves.back());
      about.set_first_index(response.next_index());
    } while (about.first_index() != 0 && answers.size() < 5);
    ASSERT_EQ(answers.size(), post == kAuditor ? 3u : 2u) << post;
    EXPECT_EQ(answers[0], kReceiptsMax) << post;
    EXPECT_EQ(std::set<std::uint64_t>(leaves.begin(), leaves.end()).size(), leaves.size()) << post;
    EXPECT_TRUE(std::is_sorted(leaves.begin(), leaves.end())) << post;
    for (const std::uint64_t behind :
         {leaves.back() + 1, std::numeric_limits<std::uint64_t>::max()}) {
      about.set_first_index(behind);
      v1::GetReceiptsResponse none;
      EXPECT_EQ(ReasonIn(Ask(post, about, none)), v1::ERROR_REASON_NOT_FOUND) << post;
    }
  }
}

TEST_F(ReceiptsTest, ASameLeafComesUnderTheNextCheckpoint) {
  SignCheckpoint();
  const v1::PublishResult told = PublishOne(door_.NominalWithCase("N17"), false);
  v1::GetReceiptsResponse response;
  EXPECT_EQ(ReasonIn(Ask(kIntel, OfEvent(told.event_id()), response)), v1::ERROR_REASON_NOT_FOUND);
  SignCheckpoint();
  EXPECT_EQ(Receipts(kIntel, OfEvent(told.event_id())).size(), 1u);
}

TEST_F(ReceiptsTest, OneThingIsAskedAtATime) {
  SignCheckpoint();
  v1::GetReceiptsResponse response;
  v1::GetReceiptsRequest both = OfEvent("ev_" + std::string(32, '0'));
  both.set_leaf_hash(std::string(32, 'x'));
  v1::GetReceiptsRequest bad;
  bad.set_leaf_hash("short");
  v1::GetReceiptsRequest two = OfEvent("ev_" + std::string(32, '0'));
  two.set_obligation_id("ob_" + std::string(32, '0'));
  v1::GetReceiptsRequest nonsense;
  nonsense.set_obligation_id("ob_nonsense");
  for (const auto& about :
       {v1::GetReceiptsRequest(), both, bad, OfEvent("ev_nonsense"), two, nonsense}) {
    EXPECT_EQ(ReasonIn(Ask(kIntel, about, response)), v1::ERROR_REASON_FIELD_INVALID);
  }
}

}  // namespace
}  // namespace tearline::rpc
