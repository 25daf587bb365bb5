#include "clients/cli/bind_change.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/signing/sign_event.h"
#include "clients/verifier/tree.h"

namespace tearline::cli {
namespace {

using stored::v1::AcceptedChangeDetail;
using testing::HasSubstr;
using verifier::Bytes;
using verifier::Sha256;

const signing::Speaker kSpeaker{"log", "police", "police/intel"};
const std::string kEvent = "ev_" + std::string(32, '4');  // 16 bytes of "D"

std::string DigestOf(const v1::Envelope& envelope) { return Bytes(Sha256(envelope.payload())); }

/// Changes that were signed and kept, and the receipts of a log that accepted them.
class BindChangeTest : public testing::Test {
 protected:
  BindChangeTest() {
    v1::WithdrawEventRequest& withdrawal = changes_.withdrawals.emplace_back();
    withdrawal.set_event_id(kEvent);
    withdrawal.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
    *withdrawal.mutable_signature() =
        signing::SignWithdrawal(kSpeaker, key_, kEvent, withdrawal.reason(), 2);
    v1::AmendEventRequest& amendment = changes_.amendments.emplace_back();
    amendment.set_event_id(kEvent);
    amendment.mutable_amendment()->mutable_terms()->set_originator_controlled(true);
    amendment.mutable_amendment()->add_tear_lines()->set_text("ask the desk");
    signing::SignLaterTearLine(kSpeaker, key_, v1::Event(), kEvent, 0,
                               *amendment.mutable_amendment()->mutable_tear_lines(0));
    signing::SignAmendment(kSpeaker, key_, kEvent, 1, *amendment.mutable_amendment());
    receipt_.checkpoint.origin = "log";
    receipt_.facts.emplace_back().mutable_actor()->set_post("police/intel");
    AcceptedChangeDetail& accepted = *receipt_.facts.emplace_back().mutable_accepted_change();
    accepted.set_event_id(std::string(16, 'D'));
    accepted.set_originating_agency("police");
    accepted.set_key_id(Bytes(Sha256(key_.PublicKey())));
    keys_.emplace_back().set_agency("police");
    keys_[0].set_public_key(key_.PublicKey());
  }
  void OfTheWithdrawal() {
    Accepted().set_withdrawn(v1::WITHDRAWAL_REASON_SPILLAGE);
    Accepted().set_signed_digest(DigestOf(changes_.withdrawals[0].signature()));
  }
  void OfTheAmendment() {
    const v1::EventAmendment& amendment = changes_.amendments[0].amendment();
    Accepted().set_signed_digest(DigestOf(amendment.signature().envelope()));
    Accepted().add_tear_line_digests(DigestOf(amendment.tear_lines(0).signature().envelope()));
  }
  AcceptedChangeDetail& Accepted() { return *receipt_.facts[1].mutable_accepted_change(); }
  std::string Wrong() const {
    return std::string(ChangeBound(receipt_, keys_, changes_).status().message());
  }

  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  std::vector<v1::SigningKey> keys_;
  KeptChanges changes_;
  verifier::Receipt receipt_;
};

TEST_F(BindChangeTest, FindsTheChangeThatWasAccepted) {
  OfTheWithdrawal();
  EXPECT_EQ(ChangeBound(receipt_, keys_, changes_).value_or(""), "withdrawal of " + kEvent);
  changes_.withdrawals.clear();
  EXPECT_THAT(Wrong(), HasSubstr("none of the changes"));
  Accepted().clear_withdrawn();
  OfTheAmendment();
  EXPECT_EQ(ChangeBound(receipt_, keys_, changes_).value_or(""), "amendment of " + kEvent);
  Accepted().set_pointer_digest("another");
  EXPECT_THAT(Wrong(), HasSubstr("none of the changes"));
  receipt_.facts.pop_back();
  EXPECT_THAT(Wrong(), HasSubstr("opens no change"));
}

/// The envelopes alone say nothing of what lies beside them.
TEST_F(BindChangeTest, WhatWasChangedBesideItsEnvelopesIsNotWhatWasAccepted) {
  OfTheAmendment();
  v1::EventAmendment& amendment = *changes_.amendments[0].mutable_amendment();
  amendment.mutable_terms()->add_released_to_posts("prison/desk");
  EXPECT_THAT(Wrong(), HasSubstr("is not what the log accepted"));
  EXPECT_THAT(Wrong(), testing::Not(HasSubstr("prison")));
  amendment.mutable_terms()->clear_released_to_posts();
  EXPECT_EQ(Wrong(), "");
  amendment.mutable_tear_lines(0)->set_text("ask nobody");
  EXPECT_THAT(Wrong(), HasSubstr("is not what the log accepted"));
}

TEST_F(BindChangeTest, TheSignatureVerifiesByTheKeyThatTheLogNames) {
  OfTheWithdrawal();
  Accepted().set_key_id(Bytes(Sha256("another")));
  EXPECT_THAT(Wrong(), HasSubstr("another key"));
  receipt_.checkpoint.origin = "another";
  EXPECT_FALSE(Wrong().empty());
  receipt_.checkpoint.origin = "log";
  keys_.clear();
  EXPECT_THAT(Wrong(), HasSubstr("no key given"));
}

TEST_F(BindChangeTest, ReadsTheLinesThatKeepWrites) {
  std::string text;
  std::string line;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(changes_.withdrawals[0], &line).ok());
  text += line + "\n";
  line.clear();
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(changes_.amendments[0], &line).ok());
  text += line + "\n";
  const std::string item = "{\"request_id\":\"one\",\"event\":{}}\n";
  std::string others;
  const KeptChanges read = TakeChanges(text + item, others);
  ASSERT_EQ(read.withdrawals.size(), 1u);
  ASSERT_EQ(read.amendments.size(), 1u);
  EXPECT_EQ(read.amendments[0].SerializeAsString(), changes_.amendments[0].SerializeAsString());
  EXPECT_EQ(others, item);
}

}  // namespace
}  // namespace tearline::cli
