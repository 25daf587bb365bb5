#include "broker/machine/signing_key.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/machine/signing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

SealedTearLine TearLineBy(std::optional<int> letter) {
  SealedTearLine line;
  line.mutable_text()->set_ciphertext("sealed");
  line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  line.mutable_audience()->set_panels(true);
  if (letter) *line.mutable_signature() = SigningWorld::SignedBy(*letter, "tear-line");
  return line;
}

TEST(SigningKey, NobodyMustSignUnlessTheDirectorySaysSo) {
  SigningWorld world;
  EXPECT_EQ(world.Publish(world.Event(world.nominal)).outcome, audit::Outcome::kApplied);
  world.RequireSignatures();
  EXPECT_EQ(world.Publish(world.Event(world.nominal)).reason, v1::ERROR_REASON_SIGNATURE_REQUIRED);
  world.Enrol('a');
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).outcome, audit::Outcome::kApplied);
}

TEST(SigningKey, EachTearLineMustBeSignedWhereTheEventMust) {
  SigningWorld world;
  world.Enrol('a');
  Publish event = world.SignedEventBy('a');
  *event.add_tear_lines() = TearLineBy('a');
  *event.add_tear_lines() = TearLineBy({});
  EXPECT_EQ(world.Publish(event).outcome, audit::Outcome::kApplied);
  world.RequireSignatures();
  event.set_request_id("another");
  const Applied refused = world.Publish(event);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_SIGNATURE_REQUIRED);
  EXPECT_NE(refused.sentence.find("tear_lines[1]"), std::string::npos) << refused.sentence;
}

/// Looked at when it was prepared; a key may end between that and the record.
TEST(SigningKey, AKeyThatEndedMeanwhileSignsNothing) {
  SigningWorld world;
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).reason, v1::ERROR_REASON_SIGNING_KEY_UNKNOWN);
  world.Enrol('a');
  world.Enrol('b');
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).outcome, audit::Outcome::kApplied);
  world.Revoke('a');
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).reason, v1::ERROR_REASON_SIGNING_KEY_ENDED);
  Publish mixed = world.SignedEventBy('b');
  *mixed.mutable_signed_event()->mutable_pointer() = SigningWorld::SignedBy('a', "pointer");
  EXPECT_EQ(world.Publish(mixed).reason, v1::ERROR_REASON_SIGNING_KEY_ENDED);
  mixed = world.SignedEventBy('b');
  *mixed.add_tear_lines() = TearLineBy('a');
  EXPECT_EQ(world.Publish(mixed).reason, v1::ERROR_REASON_SIGNING_KEY_ENDED);
}

TEST(SigningKey, AKeyEndsAtItsTimeAndNotBefore) {
  SigningWorld world;
  world.Enrol('a');
  world.now_ms += SigningWorld::kYearMs - 1;
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).outcome, audit::Outcome::kApplied);
  world.now_ms += 1;
  EXPECT_EQ(world.Publish(world.SignedEventBy('a')).reason, v1::ERROR_REASON_SIGNING_KEY_ENDED);
}

TEST(SigningKey, AnotherAgencysKeyIsNone) {
  SigningWorld world;
  world.Enrol('a');
  EXPECT_TRUE(SigningKeysOf("police", world.state).empty());
  EXPECT_EQ(SigningKeysOf("ct-police", world.state).size(), 1u);
}

TEST(SigningKey, WhatIsWrittenLaterIsSignedToo) {
  SigningWorld world;
  world.Enrol('a');
  const std::string event_id = world.PublishOne();
  world.RequireSignatures();
  AmendEvent amend = world.Writing(event_id);
  EXPECT_EQ(world.Amend(amend).reason, v1::ERROR_REASON_SIGNATURE_REQUIRED);
  *amend.mutable_tear_lines(0)->mutable_signature() = SigningWorld::SignedBy('a', "tear-line");
  world.behaviour_version = kChangesSignedFrom - 1;
  EXPECT_EQ(world.Amend(amend).outcome, audit::Outcome::kApplied) << "as it was";
  amend = world.Writing(event_id);
  *amend.mutable_tear_lines(0)->mutable_signature() = SigningWorld::SignedBy('a', "tear-line");
  world.behaviour_version = kChangesSignedFrom;
  const Applied refused = world.Amend(amend);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_SIGNATURE_REQUIRED);
  EXPECT_NE(refused.sentence.find("`amendment.signature`"), std::string::npos);
  EXPECT_EQ(world.Amend(world.SignedChange(amend, 'a')).outcome, audit::Outcome::kApplied);
}

TEST(SigningKey, AWithdrawalIsSignedWhereTheEventMust) {
  for (const bool required : {false, true}) {
    SigningWorld world;
    world.Enrol('a');
    const std::string event_id = world.PublishOne();
    if (required) world.RequireSignatures();
    const WithdrawEvent plain = SigningWorld::Withdrawing(event_id);
    world.behaviour_version = kChangesSignedFrom;
    EXPECT_EQ(world.Withdraw(plain).reason,
              required ? v1::ERROR_REASON_SIGNATURE_REQUIRED : v1::ERROR_REASON_UNSPECIFIED);
    if (required) {
      world.behaviour_version = kChangesSignedFrom - 1;
      EXPECT_EQ(world.Withdraw(plain).outcome, audit::Outcome::kApplied) << "as it was";
    }
  }
  SigningWorld world;
  world.Enrol('a');
  const std::string event_id = world.PublishOne();
  world.RequireSignatures();
  const WithdrawEvent command = world.SignedChange(SigningWorld::Withdrawing(event_id), 'a');
  EXPECT_EQ(world.Withdraw(command).outcome, audit::Outcome::kApplied);
}

/// Nobody but whoever may withdraw it learns from a refusal that there is such an event (P6).
TEST(SigningKey, WhoMayNotWithdrawIsToldNothingOfSignatures) {
  SigningWorld world;
  const std::string event_id = world.PublishOne();
  world.RequireSignatures();
  const WithdrawEvent command = SigningWorld::Withdrawing(event_id);
  EXPECT_EQ(world.Withdraw(command, "police/panel").reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST(SigningKey, AKeyThatEndedChangesNothing) {
  SigningWorld world;
  world.Enrol('a');
  world.Enrol('b');
  const std::string event_id = world.PublishOne();
  world.Revoke('b');
  const WithdrawEvent plain = SigningWorld::Withdrawing(event_id);
  EXPECT_EQ(world.Withdraw(world.SignedChange(plain, 'c')).reason,
            v1::ERROR_REASON_SIGNING_KEY_UNKNOWN);
  EXPECT_EQ(world.Withdraw(world.SignedChange(plain, 'b')).reason,
            v1::ERROR_REASON_SIGNING_KEY_ENDED);
  AmendEvent amend = world.SignedChange(EventWorld::Controlling(event_id, true), 'a');
  *amend.mutable_pointer() = SigningWorld::SignedBy('b', "pointer");
  EXPECT_EQ(world.Amend(amend).reason, v1::ERROR_REASON_SIGNING_KEY_ENDED);
  EXPECT_EQ(world.Withdraw(world.SignedChange(plain, 'a')).outcome, audit::Outcome::kApplied);
}

TEST(SigningKey, WhatWasSignedIsAcceptedOnce) {
  SigningWorld world;
  world.Enrol('a');
  const std::string event_id = world.PublishOne();
  const AmendEvent on = world.SignedChange(EventWorld::Controlling(event_id, true), 'a');
  EXPECT_EQ(world.Amend(on).outcome, audit::Outcome::kApplied);
  world.now_ms += 1;
  const AmendEvent off = world.SignedChange(EventWorld::Controlling(event_id, false), 'a');
  EXPECT_EQ(world.Amend(off).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Amend(on).reason, v1::ERROR_REASON_SIGNED_ALREADY)
      << "again, though not the last";
  AmendEvent at_once = world.SignedChange(EventWorld::Controlling(event_id, true), 'a');
  EXPECT_EQ(world.Amend(at_once).reason, v1::ERROR_REASON_SIGNED_ALREADY)
      << "no later than another";
  at_once.set_signed_ms(at_once.signed_ms() + 1);
  EXPECT_EQ(world.Amend(at_once).outcome, audit::Outcome::kApplied);
}

TEST(SigningKey, WhatWasSignedIsAcceptedADayLongAndTenMinutesAhead) {
  const std::int64_t before = model::kSignedBeforeMax.count();
  const std::int64_t ahead = model::kSignedAheadMax.count();
  EXPECT_EQ(before, 24 * 3'600'000);
  EXPECT_EQ(ahead, 600'000);
  for (const auto& [from_now, reason] :
       {std::pair(-before - 1, v1::ERROR_REASON_SIGNED_AT_ANOTHER_TIME),
        std::pair(-before, v1::ERROR_REASON_UNSPECIFIED),
        std::pair(ahead, v1::ERROR_REASON_UNSPECIFIED),
        std::pair(ahead + 1, v1::ERROR_REASON_SIGNED_AT_ANOTHER_TIME)}) {
    SigningWorld world;
    world.Enrol('a');
    const std::string event_id = world.PublishOne();
    WithdrawEvent command = world.SignedChange(SigningWorld::Withdrawing(event_id), 'a');
    command.set_signed_ms(world.now_ms + from_now);
    EXPECT_EQ(world.Withdraw(command).reason, reason) << from_now;
  }
}

/// What the receipt of whoever changed an event opens: what they signed, and by which key.
TEST(SigningKey, AnAcceptedChangeTellsWhatWasSigned) {
  SigningWorld world;
  world.Enrol('a');
  const std::string event_id = world.PublishOne();
  AmendEvent amend = world.Writing(event_id);
  *amend.mutable_tear_lines(0)->mutable_signature() = SigningWorld::SignedBy('a', "tear-line");
  world.Amend(world.SignedChange(amend, 'a'));
  std::vector<AcceptedChangeDetail> accepted = world.AcceptedChanges();
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].event_id(), event_id);
  EXPECT_EQ(accepted[0].originating_agency(), "ct-police");
  EXPECT_EQ(accepted[0].withdrawn(), v1::WITHDRAWAL_REASON_UNSPECIFIED);
  EXPECT_EQ(accepted[0].signed_digest(), crypto::Sha256("change").Bytes());
  EXPECT_EQ(accepted[0].key_id(), SigningWorld::KeyId('a'));
  ASSERT_EQ(accepted[0].tear_line_digests_size(), 1);
  EXPECT_EQ(accepted[0].tear_line_digests(0), crypto::Sha256("tear-line").Bytes());
  EXPECT_EQ(accepted[0].pointer_digest(), "");

  world.now_ms += 1;
  world.Withdraw(world.SignedChange(SigningWorld::Withdrawing(event_id), 'a'));
  accepted = world.AcceptedChanges();
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].withdrawn(), v1::WITHDRAWAL_REASON_INACCURATE);
  const EventRow row = world.RowOf(event_id);
  ASSERT_EQ(row.signed_withdrawals_size(), 1);
  EXPECT_EQ(row.signed_withdrawals(0).signature().payload(), "change");
  EXPECT_EQ(row.change_signed_ms(), world.now_ms);
}

/// Ledgers from before keep their roots.
TEST(SigningKey, AChangeThatIsNotSignedRemembersNoSignature) {
  SigningWorld world;
  const std::string event_id = world.PublishOne();
  world.Withdraw(SigningWorld::Withdrawing(event_id));
  EXPECT_TRUE(world.AcceptedChanges().empty());
  EXPECT_EQ(world.RowOf(event_id).signed_withdrawals_size(), 0);
}

/// A pointer is signed for the terms under which it is shown.
TEST(SigningKey, APointersSignatureGoesWithItsTerms) {
  SigningWorld world;
  world.Enrol('a');
  const std::string event_id = world.PublishOne();
  AmendEvent amend = EventWorld::Controlling(event_id, true);
  amend.mutable_terms()->set_pointer_post("ct-police/intel");
  amend.mutable_terms()->set_holder_may_be_named(true);
  *amend.mutable_pointer() = SigningWorld::SignedBy('a', "pointer");
  world.Amend(world.SignedChange(amend, 'a'));
  EXPECT_EQ(world.RowOf(event_id).signed_pointer().payload(), "pointer");
  world.Amend(world.Writing(event_id));
  EXPECT_TRUE(world.RowOf(event_id).has_signed_pointer()) << "the terms stay";
  world.Amend(EventWorld::Controlling(event_id, false));
  EXPECT_FALSE(world.RowOf(event_id).has_signed_pointer());
}

/// What a publisher's receipt opens: no more than it said and was answered with.
TEST(SigningKey, AnAcceptanceTellsWhatWasSignedAndNotWhomItTurnedOutToConcern) {
  SigningWorld world;
  world.behaviour_version = kAcceptanceRememberedFrom;
  world.Enrol('a');
  Publish event = world.SignedEventBy('a');
  *event.add_tear_lines() = TearLineBy({});
  *event.add_tear_lines() = TearLineBy('a');
  const std::string event_id = world.NextEventId();
  ASSERT_EQ(world.Publish(event).outcome, audit::Outcome::kApplied);
  std::vector<AcceptedDetail> accepted;
  for (const Detail& detail : world.Details()) {
    if (detail.has_accepted()) accepted.push_back(detail.accepted());
  }
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].event_id(), event_id);
  EXPECT_EQ(accepted[0].originating_post(), "ct-police/intel");
  EXPECT_EQ(accepted[0].signed_digest(), crypto::Sha256("manifest").Bytes());
  EXPECT_EQ(accepted[0].key_id(), SigningWorld::KeyId('a'));
  ASSERT_EQ(accepted[0].tear_line_digests_size(), 2);
  EXPECT_EQ(accepted[0].tear_line_digests(0), "");
  EXPECT_EQ(accepted[0].tear_line_digests(1), crypto::Sha256("tear-line").Bytes());
  EXPECT_EQ(accepted[0].SerializeAsString().find(world.nominal), std::string::npos);
}

/// Ledgers from before keep their roots: their records remember what they remembered.
TEST(SigningKey, RecordsOfEarlierVersionsRememberNoAcceptance) {
  SigningWorld world;
  world.behaviour_version = kAcceptanceRememberedFrom - 1;
  world.PublishOne();
  for (const Detail& detail : world.Details()) EXPECT_FALSE(detail.has_accepted());
}

}  // namespace
}  // namespace tearline::machine
