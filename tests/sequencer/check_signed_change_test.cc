#include <gtest/gtest.h>

#include <string>

#include "broker/crypto/digest.h"
#include "broker/machine/signing_key.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "tests/sequencer/signed_item.h"

namespace tearline::sequencer {
namespace {

/// What changes an event later: what clients sign, and what becomes of it here.
class CheckSignedChange : public CheckSignedTest {
 protected:
  static constexpr std::int64_t kSignedMs = Station::kStartMs - 5000;

  CheckSignedChange() {
    published_ = Plain();
    published_.set_event_id(std::string(16, 'e'));
    v1::ReleaseTerms& terms = *amendment_.mutable_terms();
    terms.add_released_to_posts("police/panel");
    terms.set_pointer_post("ct-police/intel");
    terms.set_holder_may_be_named(true);
    amendment_.add_retired_tear_lines(0);
    *amendment_.add_tear_lines() = item_.event().tear_lines(0);
    signing::SignLaterTearLine(Us(), key_, item_.event(), EventId(), 0,
                               *amendment_.mutable_tear_lines(0));
    signing::SignAmendment(Us(), key_, EventId(), kSignedMs, amendment_);
    withdrawal_.set_event_id(EventId());
    withdrawal_.set_reason(v1::WITHDRAWAL_REASON_WRONG_PERSON);
    *withdrawal_.mutable_signature() =
        signing::SignWithdrawal(Us(), key_, EventId(), withdrawal_.reason(), kSignedMs);
  }

  static signing::Speaker Us() { return {kOrigin, "ct-police", "ct-police/intel"}; }
  std::string EventId() const { return model::EventId::FromBytes(published_.event_id())->Text(); }
  v1::ErrorReason Amending() const {
    return ReasonOf(CheckSigned(amendment_, published_, originator_).status());
  }
  v1::ErrorReason Withdrawing() const {
    return ReasonOf(CheckSigned(withdrawal_, published_, originator_).status());
  }

  stored::v1::Publish published_;
  v1::EventAmendment amendment_;
  v1::WithdrawEventRequest withdrawal_;
};

TEST_F(CheckSignedChange, KeepsTheBytesThatCameAndWhenTheyWereSigned) {
  const auto amendment = CheckSigned(amendment_, published_, originator_);
  ASSERT_TRUE(amendment.ok()) << SentenceOf(amendment.status());
  ASSERT_TRUE(amendment->change && amendment->pointer);
  EXPECT_EQ(amendment->change->signature.payload(), amendment_.signature().envelope().payload());
  EXPECT_EQ(amendment->change->signature.key_id(), crypto::Sha256(key_.PublicKey()).Bytes());
  EXPECT_EQ(amendment->change->signed_ms, kSignedMs);
  EXPECT_EQ(amendment->pointer->payload(), amendment_.signature().pointer().payload());
  ASSERT_EQ(amendment->tear_lines.size(), 1u);
  EXPECT_TRUE(amendment->tear_lines[0].has_value());
  const auto withdrawal = CheckSigned(withdrawal_, published_, originator_);
  ASSERT_TRUE(withdrawal.ok()) << SentenceOf(withdrawal.status());
  ASSERT_TRUE(withdrawal->has_value());
  EXPECT_EQ((*withdrawal)->signature.payload(), withdrawal_.signature().payload());
  EXPECT_EQ((*withdrawal)->signed_ms, kSignedMs);
}

TEST_F(CheckSignedChange, FindsWhateverWasChangedAfterwards) {
  void (*const changes[])(v1::EventAmendment&) = {
      [](v1::EventAmendment& a) { a.clear_terms(); },
      [](v1::EventAmendment& a) { a.mutable_terms()->add_released_to_posts("prison/desk"); },
      [](v1::EventAmendment& a) { a.mutable_terms()->set_originator_controlled(true); },
      [](v1::EventAmendment& a) { a.clear_retired_tear_lines(); },
      [](v1::EventAmendment& a) { a.set_retired_tear_lines(0, 1); },
      [](v1::EventAmendment& a) { a.clear_tear_lines(); },
      [](v1::EventAmendment& a) {
        a.mutable_tear_lines(0)->mutable_audience()->add_posts("prison/desk");
      },
      [](v1::EventAmendment& a) {
        a.mutable_tear_lines(0)->mutable_marking()->set_tier(v1::TIER_SECRET);
      },
      [](v1::EventAmendment& a) { a.mutable_tear_lines(0)->set_text("another"); },
      [](v1::EventAmendment& a) { a.mutable_tear_lines(0)->clear_signature(); },
      [](v1::EventAmendment& a) { a.mutable_signature()->set_salt(std::string(16, 'x')); }};
  const v1::EventAmendment sound = amendment_;
  int number = 0;
  for (const auto change : changes) {
    amendment_ = sound;
    change(amendment_);
    EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNED_OTHERWISE) << number;
    ++number;
  }
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_UNSPECIFIED);
  withdrawal_.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNED_OTHERWISE);
}

TEST_F(CheckSignedChange, IsForOneEventInOneLogByItsOriginator) {
  published_.set_event_id(std::string(16, 'f'));
  EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  published_.set_event_id(std::string(16, 'e'));
  originator_.log_origin = "another.example.org/audit";
  EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  originator_.log_origin = kOrigin;
  published_.set_originating_agency("police");
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNED_OTHERWISE);
}

/// A statement of one kind is none of another, and no bit of it may change.
TEST_F(CheckSignedChange, OnlyTheVeryStatementCounts) {
  v1::Envelope other = amendment_.signature().envelope();
  *withdrawal_.mutable_signature() = other;
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNATURE_INVALID);
  withdrawal_.mutable_signature()->set_payload_type(std::string(machine::kWithdrawalType));
  EXPECT_NE(Withdrawing(), v1::ERROR_REASON_UNSPECIFIED);
  v1::EnvelopeSignature& signature =
      *amendment_.mutable_signature()->mutable_envelope()->mutable_signatures(0);
  signature.mutable_sig()->front() ^= 1;
  EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNATURE_INVALID);
}

TEST_F(CheckSignedChange, DemandsWhatTheDirectorySays) {
  originator_.required = true;
  EXPECT_EQ(Amending(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_UNSPECIFIED);
  amendment_.clear_signature();
  withdrawal_.clear_signature();
  EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNATURE_REQUIRED);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_SIGNATURE_REQUIRED);
  originator_.required = false;
  EXPECT_EQ(Amending(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Withdrawing(), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(CheckSignedChange, APointerGoesWithTermsThatNameTheHolder) {
  amendment_.mutable_terms()->set_holder_may_be_named(false);
  const v1::Envelope pointer = amendment_.signature().pointer();
  signing::SignAmendment(Us(), key_, EventId(), kSignedMs, amendment_);
  EXPECT_FALSE(amendment_.signature().has_pointer());
  EXPECT_EQ(Amending(), v1::ERROR_REASON_UNSPECIFIED);
  *amendment_.mutable_signature()->mutable_pointer() = pointer;
  EXPECT_EQ(Amending(), v1::ERROR_REASON_FIELD_INVALID);
  amendment_.mutable_terms()->set_holder_may_be_named(true);
  amendment_.mutable_terms()->set_pointer_post("ct-police/accountable");
  signing::SignAmendment(Us(), key_, EventId(), kSignedMs, amendment_);
  *amendment_.mutable_signature()->mutable_pointer() = pointer;
  EXPECT_EQ(Amending(), v1::ERROR_REASON_SIGNED_OTHERWISE);
}

/// A statement that is longest: every name as long as names may be.
TEST_F(CheckSignedChange, TheLargestStatementFits) {
  const std::string origin(255, 'o');
  const std::string agency(model::kNameBytesMax, 'a');
  const v1::Envelope envelope = signing::SignWithdrawal(
      {origin, agency, ""}, key_, EventId(), v1::WITHDRAWAL_REASON_SPILLAGE, 1'800'000'000'000);
  EXPECT_LE(envelope.payload().size(), model::kSignedStatementBytesMax);
}

}  // namespace
}  // namespace tearline::sequencer
