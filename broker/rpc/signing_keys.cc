#include "broker/rpc/signing_keys.h"

#include <google/protobuf/util/time_util.h>

#include <cstdint>
#include <optional>

#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/rpc/form.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::optional<int> DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

Result<crypto::Digest> ReadKeyId(const std::string& text) {
  crypto::Digest digest;
  bool reads = text.size() == 2 * digest.octets.size();
  for (std::size_t i = 0; reads && i < digest.octets.size(); ++i) {
    const std::optional<int> high = DigitOf(text[2 * i]);
    const std::optional<int> low = DigitOf(text[2 * i + 1]);
    reads = high && low;
    if (reads) digest.octets[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  if (reads) return digest;
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`key_id` must be 64 digits of 0-9 and a-f");
}

v1::SigningKey Shown(const std::string& agency, const stored::v1::SigningKeyRow& row) {
  v1::SigningKey key;
  key.set_agency(agency);
  key.set_public_key(row.public_key());
  key.set_key_id(crypto::Sha256(row.public_key()).Hex());
  *key.mutable_valid_from() = TimeUtil::MillisecondsToTimestamp(row.from_ms());
  *key.mutable_valid_until() = TimeUtil::MillisecondsToTimestamp(row.until_ms());
  if (row.revoked_ms() != 0) {
    *key.mutable_revoked_at() = TimeUtil::MillisecondsToTimestamp(row.revoked_ms());
    key.set_revoked_because(row.revoked_because());
  }
  return key;
}

}  // namespace

Result<stored::v1::EnrolSigningKey> ReadEnrolment(const v1::EnrolSigningKeyRequest& request) {
  const v1::SigningKey& key = request.key();
  if (!key.key_id().empty() || key.has_valid_from() || key.has_revoked_at() ||
      key.revoked_because() != v1::SIGNING_KEY_END_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_IS_BROKERS,
                  "of `key` only `agency`, `public_key` and `valid_until` are the caller's to set");
  }
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(key.agency(), "key.agency"));
  if (request.proof().payload().size() > model::kSignedStatementBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`proof.payload` is " + std::to_string(request.proof().payload().size()) +
                      " bytes; at most " + std::to_string(model::kSignedStatementBytesMax));
  }
  const Result<std::int64_t> until = ReadTime(key.valid_until(), "key.valid_until");
  if (!until.ok()) return until.status();
  stored::v1::EnrolSigningKey command;
  command.set_agency(key.agency());
  command.set_public_key(key.public_key());
  command.set_until_ms(*until);
  *command.mutable_proof() = request.proof();
  return command;
}

Result<stored::v1::RevokeSigningKey> ReadRevocation(const v1::RevokeSigningKeyRequest& request) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.agency(), "agency"));
  const Result<crypto::Digest> key_id = ReadKeyId(request.key_id());
  if (!key_id.ok()) return key_id.status();
  stored::v1::RevokeSigningKey command;
  command.set_agency(request.agency());
  command.set_key_id(key_id->Bytes());
  command.set_because(request.because());
  return command;
}

Status ListSigningKeys(const v1::ListSigningKeysRequest& request, const state::Reader& view,
                       v1::ListSigningKeysResponse& response) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.agency(), "agency"));
  if (!view.Get(machine::AgencyKey(request.agency()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "the directory knows no such agency");
  }
  for (const stored::v1::SigningKeyRow& row : machine::SigningKeysOf(request.agency(), view)) {
    *response.add_keys() = Shown(request.agency(), row);
  }
  const auto ledger = view.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (ledger) response.set_log_origin(ledger->log_origin());
  return {};
}

v1::SigningKey AskedKey(const stored::v1::EnrolSigningKey& command) {
  v1::SigningKey key;
  key.set_agency(command.agency());
  key.set_public_key(command.public_key());
  key.set_key_id(crypto::Sha256(command.public_key()).Hex());
  *key.mutable_valid_until() = TimeUtil::MillisecondsToTimestamp(command.until_ms());
  return key;
}

}  // namespace tearline::rpc
