#include "broker/machine/signing_key.h"

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::OriginatorSignature;
using stored::v1::SealedTearLine;
using stored::v1::SigningKeyRow;

Status Missing(const std::string& path) {
  return Refuse(
      v1::ERROR_REASON_SIGNATURE_REQUIRED,
      "`" + path + "` is required: the directory says that what this agency originates is signed");
}

Status CheckStands(const OriginatorSignature& signature, const std::string& agency,
                   std::int64_t now_ms, const state::Reader& reader) {
  const auto key = reader.See<SigningKeyRow>(SigningKeyKey(agency, signature.key_id()));
  if (!key) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNKNOWN,
                  "the signature must be by a key that is enrolled for the originating agency");
  }
  if (IsInForce(*key, now_ms)) return {};
  return Refuse(v1::ERROR_REASON_SIGNING_KEY_ENDED,
                "the signing key has ended; sign with one that is in force");
}

template <typename Command>
Status CheckTearLines(const Command& command, const std::string& path, bool required,
                      const std::string& agency, std::int64_t now_ms, const state::Reader& reader) {
  for (int i = 0; i < command.tear_lines_size(); ++i) {
    const SealedTearLine& line = command.tear_lines(i);
    if (line.has_signature()) {
      TEARLINE_RETURN_IF_REFUSED(CheckStands(line.signature(), agency, now_ms, reader));
    } else if (required) {
      return Missing(path + ".tear_lines[" + std::to_string(i) + "].signature");
    }
  }
  return {};
}

}  // namespace

bool IsInForce(const SigningKeyRow& key, std::int64_t now_ms) {
  return key.revoked_ms() == 0 && now_ms < key.until_ms();
}

std::vector<SigningKeyRow> SigningKeysOf(const std::string& agency, const state::Reader& reader) {
  std::vector<SigningKeyRow> keys;
  const state::Key all = state::Key(state::Table::kSigningKey).Name(agency);
  for (const auto& [key, bytes] : reader.Scan(all, model::kSigningKeysEverMax)) {
    TEARLINE_INVARIANT(keys.emplace_back().ParseFromString(bytes), "a signing key's row parses");
  }
  return keys;
}

bool RequiresSignatures(const std::string& agency, const state::Reader& reader) {
  const auto row = reader.See<stored::v1::AgencyRow>(AgencyKey(agency));
  return row && row->agency().signatures_required();
}

Status CheckSignaturesStand(const stored::v1::Publish& command, std::int64_t now_ms,
                            const state::Reader& reader) {
  const std::string& agency = command.originating_agency();
  const bool required = RequiresSignatures(agency, reader);
  if (command.has_signed_event()) {
    const stored::v1::SignedEvent& signed_event = command.signed_event();
    TEARLINE_RETURN_IF_REFUSED(CheckStands(signed_event.manifest(), agency, now_ms, reader));
    if (signed_event.has_pointer()) {
      TEARLINE_RETURN_IF_REFUSED(CheckStands(signed_event.pointer(), agency, now_ms, reader));
    }
  } else if (required) {
    return Missing("event.signature");
  }
  return CheckTearLines(command, "event", required, agency, now_ms, reader);
}

Status CheckSignaturesStand(const stored::v1::AmendEvent& command,
                            const std::string& originating_agency, std::int64_t now_ms,
                            const state::Reader& reader) {
  const bool required = RequiresSignatures(originating_agency, reader);
  return CheckTearLines(command, "amendment", required, originating_agency, now_ms, reader);
}

}  // namespace tearline::machine
