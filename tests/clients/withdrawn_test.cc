#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "clients/signing/sign_event.h"
#include "clients/signing/signing_key.h"
#include "clients/verifier/originator.h"
#include "clients/verifier/statement.h"

namespace tearline::verifier {
namespace {

constexpr std::int64_t kAccepted = 1'800'000'000;

/// A notice that an event was withdrawn, as police/intel signed it.
class WithdrawnTest : public testing::Test {
 protected:
  WithdrawnTest() {
    known_.log_origin = "log";
    v1::SigningKey& known = known_.keys.emplace_back();
    known.set_agency("police");
    known.set_public_key(key_.PublicKey());
    known.mutable_valid_from()->set_seconds(kAccepted - 1000);
    known.mutable_valid_until()->set_seconds(kAccepted + 1000);
    notice_.set_event_id("ev_00000000000000000000000000000001");
    notice_.set_sequence(7);
    notice_.set_reason(v1::WITHDRAWAL_REASON_WRONG_PERSON);
    Sign(kAccepted * 1000);
  }
  void Sign(std::int64_t signed_ms) {
    *notice_.mutable_signature() = signing::SignWithdrawal(
        {"log", "police", "police/intel"}, key_, notice_.event_id(), notice_.reason(), signed_ms);
  }
  Signed Standing() const { return CheckWithdrawn(notice_, known_).standing; }

  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  OriginatorKeys known_;
  v1::DeliveredAccessWithdrawn notice_;
};

TEST_F(WithdrawnTest, IsVerifiedByItsOriginatorsKey) {
  EXPECT_EQ(WithdrawnBy(notice_), "police");
  const OriginatorCheck check = CheckWithdrawn(notice_, known_);
  EXPECT_EQ(check.standing, Signed::kVerified) << check.sentence;
  EXPECT_EQ(check.agency, "police");
  EXPECT_EQ(check.key_id, key_.KeyId());
  EXPECT_FALSE(check.time_told);
  known_.keys[0].set_agency("probation");
  EXPECT_EQ(Standing(), Signed::kKeyUnknown);
  known_.keys.clear();
  EXPECT_EQ(Standing(), Signed::kKeyUnknown);
  notice_.clear_signature();
  EXPECT_EQ(Standing(), Signed::kNot);
  EXPECT_EQ(WithdrawnBy(notice_), "");
}

TEST_F(WithdrawnTest, WhateverWasChangedIsFound) {
  const v1::DeliveredAccessWithdrawn sound = notice_;
  notice_.set_event_id("ev_00000000000000000000000000000002");
  EXPECT_EQ(Standing(), Signed::kOtherwise);
  notice_ = sound;
  notice_.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_EQ(Standing(), Signed::kOtherwise);
  notice_.set_reason(v1::WITHDRAWAL_REASON_UNSPECIFIED);
  EXPECT_EQ(Standing(), Signed::kOtherwise) << "that access ended is nobody's signed word";
  notice_ = sound;
  known_.log_origin = "another";
  EXPECT_EQ(Standing(), Signed::kOtherwise);
  known_.log_origin = "log";
  notice_.mutable_signature()->mutable_payload()->append("\x78\x01", 2);
  EXPECT_EQ(Standing(), Signed::kOtherwise) << "a field that is not told of";
  notice_ = sound;
  notice_.mutable_signature()->mutable_signatures(0)->mutable_sig()->front() ^= 1;
  EXPECT_EQ(Standing(), Signed::kKeyUnknown);
  notice_.mutable_signature()->clear_signatures();
  EXPECT_EQ(Standing(), Signed::kOtherwise);
  *notice_.mutable_signature() = key_.Sign(kManifestType, sound.signature().payload());
  EXPECT_EQ(Standing(), Signed::kOtherwise) << "of another kind";
}

/// A withdrawal is recorded at most ten minutes before its time, and a day after.
TEST_F(WithdrawnTest, AKeyCountsWhileItMayHaveSigned) {
  constexpr std::int64_t kFromMs = (kAccepted - 1000) * 1000;
  constexpr std::int64_t kUntilMs = (kAccepted + 1000) * 1000;
  for (const auto& [signed_ms, standing] :
       {std::pair(kFromMs - 86'400'000 - 1, Signed::kOtherwise),
        std::pair(kFromMs - 86'400'000, Signed::kVerified),
        std::pair(kUntilMs + 600'000 - 1, Signed::kVerified),
        std::pair(kUntilMs + 600'000, Signed::kOtherwise),
        std::pair(std::numeric_limits<std::int64_t>::max(), Signed::kOtherwise),
        std::pair(std::numeric_limits<std::int64_t>::min(), Signed::kOtherwise)}) {
    Sign(signed_ms);
    EXPECT_EQ(Standing(), standing) << signed_ms;
  }
}

TEST_F(WithdrawnTest, APointerUnderAmendedTermsBelongsToItsEvent) {
  v1::DeliveredEvent event;
  event.set_event_id(notice_.event_id());
  event.set_level(v1::LEVEL_POINTER);
  event.set_originating_agency("police");
  event.set_ask_post("police/desk");
  const auto standing = [this](const v1::DeliveredEvent& shown) {
    return CheckOriginator(shown, known_).standing;
  };
  v1::EventAmendment amendment;
  amendment.mutable_terms()->set_pointer_post("police/duty");
  amendment.mutable_terms()->set_holder_may_be_named(true);
  signing::SignAmendment({"log", "police", "police/intel"}, key_, event.event_id(), 1, amendment);
  *event.mutable_signature()->mutable_envelope() = amendment.signature().pointer();
  EXPECT_EQ(standing(event), Signed::kOtherwise) << "it is not whom the delivery says to ask";
  event.set_ask_post("police/duty");
  EXPECT_EQ(standing(event), Signed::kVerified);
  event.set_event_id("ev_00000000000000000000000000000002");
  EXPECT_EQ(standing(event), Signed::kOtherwise);
}

}  // namespace
}  // namespace tearline::verifier
