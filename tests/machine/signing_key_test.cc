#include "broker/machine/signing_key.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

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
  EXPECT_EQ(world.Amend(amend).outcome, audit::Outcome::kApplied);
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
