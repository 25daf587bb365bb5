#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/machine/signing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

std::optional<SigningKeyRow> RowOf(const SigningWorld& world, int letter) {
  return world.state.Find<SigningKeyRow>(SigningKeyKey("ct-police", SigningWorld::KeyId(letter)));
}

TEST(ApplySigningKey, EnrolsByTwoHandsTheFirstTheAgencysOwn) {
  SigningWorld world;
  const Applied first = world.Ask(world.Enrolment('a'));
  EXPECT_EQ(first.outcome, audit::Outcome::kAwaitsSecondHand) << first.sentence;
  EXPECT_FALSE(RowOf(world, 'a')) << "nothing holds yet";
  EXPECT_EQ(world.Confirm(first, SigningWorld::kGovernance).reason,
            v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  const Applied second = world.Confirm(first, "desk/operator");
  ASSERT_EQ(second.outcome, audit::Outcome::kApplied) << second.sentence;
  ASSERT_TRUE(RowOf(world, 'a'));
  EXPECT_EQ(RowOf(world, 'a')->from_position(), world.records.size());
  std::vector<SigningKeyDetail> told;
  for (const Detail& detail : world.Details()) {
    if (detail.has_signing_key()) told.push_back(detail.signing_key());
  }
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].agency(), "ct-police");
  EXPECT_EQ(told[0].key_id(), SigningWorld::KeyId('a'));
}

/// Two of the broker's own operators cannot enrol a key between them in an agency's name. They could
/// admit an authority and a post of that agency first, which the log shows.
TEST(ApplySigningKey, NobodyElseAsksForAnAgencysKeys) {
  SigningWorld world;
  EXPECT_EQ(world.Ask(world.Enrolment('a'), "desk/operator").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Ask(world.Enrolment('a'), "desk/governance").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Ask(world.Enrolment('a'), "ct-police/intel").reason,
            v1::ERROR_REASON_NOT_PERMITTED)
      << "no role for it";
}

struct Row {
  const char* what;
  void (*spoil)(SigningWorld& world, EnrolSigningKey& command);
  v1::ErrorReason reason;
};

v1::KeyEnrolment Said(const EnrolSigningKey& command) {
  v1::KeyEnrolment said;
  EXPECT_TRUE(said.ParseFromString(command.proof().payload()));
  return said;
}

const Row kRows[] = {
    {"a key of 31 bytes",
     [](SigningWorld&, EnrolSigningKey& command) { command.mutable_public_key()->pop_back(); },
     v1::ERROR_REASON_SIGNING_KEY_UNFIT},
    {"the neutral point",
     [](SigningWorld&, EnrolSigningKey& command) {
       command.set_public_key("\x01" + std::string(31, '\0'));
     },
     v1::ERROR_REASON_SIGNING_KEY_UNFIT},
    {"the neutral point, written with p added",
     [](SigningWorld&, EnrolSigningKey& command) {
       command.set_public_key("\xee" + std::string(30, '\xff') + "\x7f");
     },
     v1::ERROR_REASON_SIGNING_KEY_UNFIT},
    {"no time left",
     [](SigningWorld& world, EnrolSigningKey& command) { command.set_until_ms(world.now_ms); },
     v1::ERROR_REASON_TIME_INVALID},
    {"longer than three years",
     [](SigningWorld& world, EnrolSigningKey& command) {
       command.set_until_ms(world.now_ms + model::kSigningKeyLastsMax.count() + 1);
     },
     v1::ERROR_REASON_TIME_INVALID},
    {"an agency nobody knows",
     [](SigningWorld&, EnrolSigningKey& command) { command.set_agency("ghosts"); },
     v1::ERROR_REASON_NOT_FOUND},
    {"no proof", [](SigningWorld&, EnrolSigningKey& command) { command.clear_proof(); },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof by another key",
     [](SigningWorld&, EnrolSigningKey& command) {
       SigningWorld::Prove(Said(command), 'z', command);
     },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof for another agency",
     [](SigningWorld&, EnrolSigningKey& command) {
       v1::KeyEnrolment said = Said(command);
       said.set_agency("police");
       SigningWorld::Prove(said, 'a', command);
     },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof for another log",
     [](SigningWorld&, EnrolSigningKey& command) {
       v1::KeyEnrolment said = Said(command);
       said.set_log_origin("elsewhere.example.org/audit");
       SigningWorld::Prove(said, 'a', command);
     },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof of another kind",
     [](SigningWorld&, EnrolSigningKey& command) {
       command.mutable_proof()->set_payload_type(std::string(kManifestType));
     },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
    {"a proof that holds more than it should",
     [](SigningWorld&, EnrolSigningKey& command) {
       *command.mutable_proof()->mutable_payload() += "\x7a\x01x";
     },
     v1::ERROR_REASON_SIGNING_KEY_UNPROVEN},
};

TEST(ApplySigningKey, RefusesWhatNobodyCouldBeHeldTo) {
  SigningWorld world;
  for (const Row& row : kRows) {
    EnrolSigningKey command = world.Enrolment('a');
    row.spoil(world, command);
    EXPECT_EQ(world.Ask(command).reason, row.reason) << row.what;
  }
  EnrolSigningKey longest = world.Enrolment('a');
  longest.set_until_ms(world.now_ms + model::kSigningKeyLastsMax.count());
  EXPECT_EQ(world.Ask(longest).outcome, audit::Outcome::kAwaitsSecondHand);
}

TEST(ApplySigningKey, AKeyIsEnrolledOnceEver) {
  SigningWorld world;
  ASSERT_EQ(world.Enrol('a').outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Ask(world.Enrolment('a')).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  ASSERT_EQ(world.Revoke('a').outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Ask(world.Enrolment('a')).reason, v1::ERROR_REASON_ALREADY_EXISTS);
}

TEST(ApplySigningKey, KeysInForceHaveAnEnd) {
  SigningWorld world;
  for (int i = 0; i < model::kSigningKeysInForceMax; ++i) {
    ASSERT_EQ(world.Enrol('a' + i).outcome, audit::Outcome::kApplied) << i;
  }
  EXPECT_EQ(world.Ask(world.Enrolment('z')).reason, v1::ERROR_REASON_LIMIT_PASSED);
  ASSERT_EQ(world.Revoke('a').outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Enrol('z').outcome, audit::Outcome::kApplied);
}

TEST(ApplySigningKey, KeysEverHaveAnEnd) {
  SigningWorld world;
  for (int i = 0; i < model::kSigningKeysEverMax; ++i) {
    ASSERT_EQ(world.Enrol(i).outcome, audit::Outcome::kApplied) << i;
    ASSERT_EQ(world.Revoke(i).outcome, audit::Outcome::kApplied) << i;
  }
  EXPECT_EQ(world.Ask(world.Enrolment(model::kSigningKeysEverMax)).reason,
            v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(ApplySigningKey, TheAgencyOrAnOperatorRevokes) {
  SigningWorld world;
  world.Enrol('a');
  world.Enrol('b');
  EXPECT_EQ(world.Revoke('a', v1::SIGNING_KEY_END_SUPERSEDED, "desk/governance").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Revoke('c').reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world.Revoke('a', v1::SIGNING_KEY_END_UNSPECIFIED).reason,
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(world.Revoke('a').outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Revoke('b', v1::SIGNING_KEY_END_COMPROMISED, "desk/operator").outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(RowOf(world, 'a')->revoked_ms(), world.now_ms);
}

/// What was superseded may turn out to be compromised; when it ended stays.
TEST(ApplySigningKey, ARevokedKeyOnlyGetsWorse) {
  SigningWorld world;
  world.Enrol('a');
  world.Revoke('a');
  const std::int64_t ended = world.now_ms;
  EXPECT_EQ(world.Revoke('a').reason, v1::ERROR_REASON_WRONG_STATE);
  world.now_ms += 1000;
  EXPECT_EQ(world.Revoke('a', v1::SIGNING_KEY_END_COMPROMISED).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(RowOf(world, 'a')->revoked_ms(), ended);
  EXPECT_EQ(RowOf(world, 'a')->revoked_because(), v1::SIGNING_KEY_END_COMPROMISED);
  EXPECT_EQ(world.Revoke('a').reason, v1::ERROR_REASON_WRONG_STATE);
}

}  // namespace
}  // namespace tearline::machine
