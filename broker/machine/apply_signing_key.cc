#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/crypto/dsse.h"
#include "broker/crypto/signer.h"
#include "broker/machine/apply.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/model/limits.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::machine {
namespace {

using stored::v1::EnrolSigningKey;
using stored::v1::RevokeSigningKey;
using stored::v1::SigningKeyRow;

/// Whoever holds the key must have said, with it, that it is to be enrolled here for this agency:
/// so nobody has another's key enrolled, or one that nobody holds.
Status CheckProof(const EnrolSigningKey& command, const Step& step) {
  v1::KeyEnrolment expected;
  expected.set_log_origin(step.ledger.log_origin());
  expected.set_agency(command.agency());
  expected.set_public_key(command.public_key());
  const v1::Envelope& proof = command.proof();
  v1::KeyEnrolment said;
  const bool proved =
      proof.payload_type() == kEnrolmentType && proof.signatures_size() == 1 &&
      said.ParseFromString(proof.payload()) &&
      said.SerializeAsString() == expected.SerializeAsString() &&
      crypto::VerifyEd25519(command.public_key(),
                            crypto::PreAuthentication(kEnrolmentType, proof.payload()),
                            proof.signatures(0).sig());
  if (proved) return {};
  return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNPROVEN,
                "`proof` must be a KeyEnrolment with this log's origin, `key.agency` and "
                "`key.public_key`, signed by that key itself");
}

Status CheckEnrolment(const EnrolSigningKey& command, const Step& step) {
  if (!step.batch.Get(AgencyKey(command.agency()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "the directory must know the agency first");
  }
  if (step.actor.agency() != command.agency()) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "a post of the agency itself must ask for its keys; others only confirm");
  }
  if (!crypto::IsFitPublicKey(command.public_key())) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNFIT,
                  "`key.public_key` must be an Ed25519 public key of 32 bytes, written canonically "
                  "and not of low order");
  }
  const std::int64_t latest =
      step.now_ms() + std::chrono::milliseconds(model::kSigningKeyLastsMax).count();
  if (command.until_ms() <= step.now_ms() || command.until_ms() > latest) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`key.valid_until` must be ahead, by 1,096 days at most");
  }
  return CheckProof(command, step);
}

Status CheckRoom(const std::string& agency, const Step& step) {
  const std::vector<SigningKeyRow> keys = SigningKeysOf(agency, step.batch);
  if (keys.size() >= model::kSigningKeysEverMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "an agency has at most 256 signing keys ever");
  }
  const auto in_force = std::count_if(keys.begin(), keys.end(), [&step](const SigningKeyRow& key) {
    return IsInForce(key, step.now_ms());
  });
  if (in_force < model::kSigningKeysInForceMax) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                "at most 8 signing keys of an agency are in force at once; revoke one that is not "
                "needed");
}

void Remember(const std::string& agency, const std::string& key_id, const SigningKeyRow& row,
              Step& step) {
  stored::v1::SigningKeyDetail& detail = *step.AddDetail().mutable_signing_key();
  detail.set_agency(agency);
  detail.set_key_id(key_id);
  detail.set_until_ms(row.until_ms());
  detail.set_revoked_because(row.revoked_because());
}

}  // namespace

Status ApplyEnrolSigningKey(const EnrolSigningKey& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckEnrolment(command, step));
  const std::string key_id = crypto::Sha256(command.public_key()).Bytes();
  const state::Key key = SigningKeyKey(command.agency(), key_id);
  if (step.batch.Get(key)) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS,
                  "the agency has, or had, this key; a key that ended is not enrolled again");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckRoom(command.agency(), step));

  SigningKeyRow row;
  row.set_public_key(command.public_key());
  row.set_from_ms(step.now_ms());
  row.set_from_position(step.header.position);
  row.set_until_ms(command.until_ms());
  step.batch.PutRow(key, row);
  Remember(command.agency(), key_id, row, step);
  return {};
}

Status ApplyRevokeSigningKey(const RevokeSigningKey& command, Step& step) {
  if (step.actor.agency() != command.agency() &&
      !HasRole(step.actor, v1::POST_ROLE_OPERATOR, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "an agency's keys are revoked by the agency itself, or by an operator");
  }
  const state::Key key = SigningKeyKey(command.agency(), command.key_id());
  auto row = step.batch.Find<SigningKeyRow>(key);
  if (!row) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "the agency has no signing key with that id");
  }
  if (!v1::SigningKeyEnd_IsValid(command.because()) ||
      command.because() == v1::SIGNING_KEY_END_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`because` must be superseded or compromised");
  }
  // A key that was superseded may turn out to be compromised; never the other way.
  const bool graver = row->revoked_because() == v1::SIGNING_KEY_END_SUPERSEDED &&
                      command.because() == v1::SIGNING_KEY_END_COMPROMISED;
  if (row->revoked_ms() != 0 && !graver) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the key is revoked already");
  }

  if (row->revoked_ms() == 0) row->set_revoked_ms(step.now_ms());
  row->set_revoked_because(command.because());
  step.batch.PutRow(key, *row);
  Remember(command.agency(), command.key_id(), *row, step);
  return {};
}

}  // namespace tearline::machine
