#include "broker/sequencer/open_identifier.h"

#include <string>

#include "broker/machine/rows.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/telemetry/log.h"
#include "broker/vault/envelope.h"

namespace tearline::sequencer {

using stored::v1::PlainIdentifier;

Result<std::optional<PlainIdentifier>> OpenIdentifier(const machine::Number& number,
                                                      const model::LedgerId& ledger_id,
                                                      const Workbench& bench) {
  google::protobuf::RepeatedPtrField<stored::v1::WrappedKey> keys;
  for (const stored::v1::WrappedKey& key : number.row.sealed().keys()) {
    const auto row =
        bench.view.See<stored::v1::SubjectKeyRow>(machine::SubjectKeyKey(key.subject_key_id()));
    if (!row || row->erased_position() == 0) *keys.Add() = key;
  }
  if (keys.empty()) return std::optional<PlainIdentifier>();
  const Result<std::string> opened =
      vault::Open(bench.vault, PlaceOfIdentifier(ledger_id, number.type, number.index),
                  number.row.sealed().ciphertext(), keys);
  if (ReasonOf(opened.status()) == v1::ERROR_REASON_KEY_MISSING) {
    telemetry::Log(telemetry::Event::kKeyMissing);
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                  "the vault lacks a subject key that nobody erased; restore the vault's copy that "
                  "is as new as the ledger");
  }
  if (!opened.ok()) return opened.status();
  PlainIdentifier plain;
  if (!plain.ParseFromString(*opened)) {
    return Refuse(v1::ERROR_REASON_SEAL_BROKEN, "what a number was sealed from does not read");
  }
  return std::optional<PlainIdentifier>(std::move(plain));
}

}  // namespace tearline::sequencer
