#include "broker/rpc/signing_keys.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/machine/signing_key.h"
#include "broker/model/limits.h"
#include "clients/signing/sign_event.h"
#include "clients/verifier/originator.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using Service = v1::DirectoryService;

constexpr char kGovernance[] = "police/governance";
constexpr char kOperator[] = "desk/operator";
constexpr char kIntel[] = "police/intel";
constexpr char kPanel[] = "police/panel";

class SigningKeysTest : public testing::Test {
 protected:
  v1::ListSigningKeysResponse Keys(const std::string& asked_by = "probation/chair") {
    v1::ListSigningKeysRequest request;
    *request.mutable_acting() = RunningDoor::As(asked_by);
    request.set_agency("police");
    v1::ListSigningKeysResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(Service::NewStub(door_.SystemOf(asked_by))
                    ->ListSigningKeys(&context, request, &response)
                    .ok());
    return response;
  }
  v1::EnrolSigningKeyRequest Enrolment(const signing::SigningKey& key) {
    v1::EnrolSigningKeyRequest request;
    *request.mutable_acting() = RunningDoor::As(kGovernance);
    request.mutable_key()->set_agency("police");
    request.mutable_key()->set_public_key(key.PublicKey());
    *request.mutable_key()->mutable_valid_until() =
        TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() + 1'000'000);
    *request.mutable_proof() = signing::ProveKey({Keys().log_origin(), "police", ""}, key);
    return request;
  }
  grpc::Status Ask(const v1::EnrolSigningKeyRequest& request,
                   v1::EnrolSigningKeyResponse& response) {
    grpc::ClientContext context;
    return Service::NewStub(door_.SystemOf(kGovernance))
        ->EnrolSigningKey(&context, request, &response);
  }
  void Confirm(const std::string& pending_id) {
    v1::GiveSecondHandRequest request;
    *request.mutable_acting() = RunningDoor::As(kOperator);
    request.set_pending_id(pending_id);
    v1::GiveSecondHandResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        Service::NewStub(door_.SystemOf(kOperator))->GiveSecondHand(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  void Enrol(const signing::SigningKey& key) {
    v1::EnrolSigningKeyResponse response;
    const grpc::Status status = Ask(Enrolment(key), response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_TRUE(response.recorded().awaits_second_hand());
    Confirm(response.recorded().made_id());
  }
  grpc::Status Revoke(const std::string& key_id) {
    v1::RevokeSigningKeyRequest request;
    *request.mutable_acting() = RunningDoor::As(kGovernance);
    request.set_agency("police");
    request.set_key_id(key_id);
    request.set_because(v1::SIGNING_KEY_END_COMPROMISED);
    v1::RevokeSigningKeyResponse response;
    grpc::ClientContext context;
    return Service::NewStub(door_.SystemOf(kGovernance))
        ->RevokeSigningKey(&context, request, &response);
  }
  v1::PublishResult Publish(const v1::PublishItem& item) {
    v1::PublishRequest request;
    *request.mutable_acting() = RunningDoor::As(kIntel);
    *request.add_items() = item;
    v1::PublishResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::PublisherService::NewStub(door_.SystemOf(kIntel))
                    ->Publish(&context, request, &response)
                    .ok());
    return response.results(0);
  }
  v1::PublishItem Signed(const std::string& request_id, const std::string& content) {
    v1::PublishItem item = RunningDoor::ItemAbout(nominal_, request_id, content);
    signing::SignItem({Keys().log_origin(), "police", kIntel}, key_, item);
    return item;
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  const signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
};

/// From the agency's key to the eyes of a panel, past a broker that is believed in nothing.
TEST_F(SigningKeysTest, WhatAnAgencySignedIsVerifiedByWhoeverGetsIt) {
  EXPECT_EQ(Publish(Signed("too-early", "words")).refusal_reason(), "SIGNING_KEY_UNKNOWN");
  Enrol(key_);
  const v1::PublishItem item = Signed("r1", "seen near the school");
  const v1::PublishResult result = Publish(item);
  ASSERT_EQ(result.refusal_reason(), "") << result.refusal_sentence();
  EXPECT_TRUE(Publish(item).repeated_request()) << "the same bytes are the same request";

  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  const std::optional<v1::Delivery> delivery = follower.NextDelivery();
  ASSERT_TRUE(delivery && delivery->event().has_signature());
  EXPECT_EQ(delivery->event().signature().envelope().payload(),
            item.event().signature().manifest().payload());
  const v1::ListSigningKeysResponse keys = Keys();
  const verifier::OriginatorKeys known{keys.log_origin(), {keys.keys().begin(), keys.keys().end()}};
  const verifier::OriginatorCheck check = verifier::CheckOriginator(delivery->event(), known);
  EXPECT_EQ(check.standing, verifier::Signed::kVerified) << check.sentence;
  EXPECT_EQ(check.agency, "police");

  v1::DeliveredEvent changed = delivery->event();
  changed.mutable_segments(0)->set_content("seen near the station");
  EXPECT_EQ(verifier::CheckOriginator(changed, known).standing, verifier::Signed::kOtherwise);
}

TEST_F(SigningKeysTest, WhatIsNotSignedIsDeliveredAsEver) {
  Enrol(key_);
  door_.Publish(nominal_, "plain", "words");
  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  const std::optional<v1::Delivery> delivery = follower.NextDelivery();
  ASSERT_TRUE(delivery);
  EXPECT_FALSE(delivery->event().has_signature());
  EXPECT_EQ(delivery->event().segments(0).salt(), "");
}

TEST_F(SigningKeysTest, WhatIsChangedOnItsWayIsRefusedBeforeItIsRecorded) {
  Enrol(key_);
  v1::PublishItem item = Signed("r1", "seen near the school");
  item.mutable_event()->mutable_segments(0)->set_content("seen near the station");
  const model::Position tip = door_.ledger().Tip();
  const v1::PublishResult result = Publish(item);
  EXPECT_EQ(result.refusal_reason(), "SIGNED_OTHERWISE");
  EXPECT_EQ(result.refusal_sentence().find("station"), std::string::npos);
  EXPECT_EQ(door_.ledger().Tip(), tip);
}

TEST_F(SigningKeysTest, ARevokedKeySignsNoMoreAndWhatItSignedStays) {
  Enrol(key_);
  ASSERT_EQ(Publish(Signed("r1", "words")).refusal_reason(), "");
  ASSERT_TRUE(Revoke(key_.KeyId()).ok());
  EXPECT_EQ(Publish(Signed("r2", "words")).refusal_reason(), "SIGNING_KEY_ENDED");
  const v1::ListSigningKeysResponse keys = Keys();
  ASSERT_EQ(keys.keys_size(), 1);
  EXPECT_EQ(keys.keys(0).revoked_because(), v1::SIGNING_KEY_END_COMPROMISED);
  Follower follower(door_, kPanel);
  follower.Open(kPanel);
  const std::optional<v1::Delivery> delivery = follower.NextDelivery();
  ASSERT_TRUE(delivery);
  const verifier::OriginatorCheck check = verifier::CheckOriginator(
      delivery->event(), {keys.log_origin(), {keys.keys().begin(), keys.keys().end()}});
  EXPECT_EQ(check.standing, verifier::Signed::kVerified) << check.sentence;
  EXPECT_TRUE(check.compromised);
}

TEST_F(SigningKeysTest, AKeyIsShownToWhoeverMayConfirmIt) {
  v1::EnrolSigningKeyResponse asked;
  ASSERT_TRUE(Ask(Enrolment(key_), asked).ok());
  v1::ListPendingRequest request;
  *request.mutable_acting() = RunningDoor::As(kOperator);
  v1::ListPendingResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(
      Service::NewStub(door_.SystemOf(kOperator))->ListPending(&context, request, &response).ok());
  ASSERT_EQ(response.commands_size(), 1);
  EXPECT_EQ(response.commands(0).command(), "enrol-signing-key");
  EXPECT_EQ(response.commands(0).enrol_signing_key().key_id(), key_.KeyId());
  EXPECT_EQ(response.commands(0).enrol_signing_key().agency(), "police");
}

struct Row {
  const char* what;
  void (*spoil)(v1::EnrolSigningKeyRequest& request);
  v1::ErrorReason reason;
};

const Row kRows[] = {
    {"a key of low order",
     [](v1::EnrolSigningKeyRequest& request) {
       request.mutable_key()->set_public_key(std::string(32, '\0'));
     },
     v1::ERROR_REASON_SIGNING_KEY_UNFIT},
    {"an id of the caller's own",
     [](v1::EnrolSigningKeyRequest& request) { request.mutable_key()->set_key_id("mine"); },
     v1::ERROR_REASON_FIELD_IS_BROKERS},
    {"no proof", [](v1::EnrolSigningKeyRequest& request) { request.clear_proof(); },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof too long to keep",
     [](v1::EnrolSigningKeyRequest& request) {
       request.mutable_proof()->set_payload(std::string(model::kSignedStatementBytesMax + 1, 'x'));
     },
     v1::ERROR_REASON_LIMIT_PASSED},
    {"no end",
     [](v1::EnrolSigningKeyRequest& request) { request.mutable_key()->clear_valid_until(); },
     v1::ERROR_REASON_TIME_INVALID},
    {"another's agency",
     [](v1::EnrolSigningKeyRequest& request) { request.mutable_key()->set_agency("probation"); },
     v1::ERROR_REASON_NOT_PERMITTED},
};

TEST_F(SigningKeysTest, RefusesWithAReason) {
  for (const Row& row : kRows) {
    v1::EnrolSigningKeyRequest request = Enrolment(key_);
    row.spoil(request);
    v1::EnrolSigningKeyResponse response;
    EXPECT_EQ(ReasonIn(Ask(request, response)), row.reason) << row.what;
  }
  EXPECT_EQ(ReasonIn(Revoke("12ab")), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(Revoke(std::string(64, 'g'))), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(Revoke(std::string(64, 'a'))), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::rpc
