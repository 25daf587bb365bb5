#include "broker/sequencer/identifier_index.h"

#include <optional>
#include <utility>

#include "broker/crypto/hmac.h"
#include "broker/model/civil_time.h"
#include "broker/model/identifier.h"
#include "broker/model/limits.h"
#include "broker/sequencer/check_publish.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

std::string BigEndian4(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
  }
  return bytes;
}

Status CheckForm(const v1::Identifier& identifier, const std::string& path) {
  if (!v1::IdentifierType_IsValid(identifier.type()) ||
      identifier.type() == v1::IDENTIFIER_TYPE_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`" + path + ".type` must be one of the known identifier types");
  }
  if (identifier.value().size() > model::kIdentifierBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + ".value` is " + std::to_string(identifier.value().size()) +
                      " bytes; at most " + std::to_string(model::kIdentifierBytesMax));
  }
  return {};
}

Status CheckValidity(const v1::Identifier& identifier, const std::string& path) {
  if (identifier.has_valid_from()) {
    TEARLINE_RETURN_IF_REFUSED(CheckYears(identifier.valid_from(), path + ".valid_from"));
  }
  if (identifier.has_valid_until()) {
    TEARLINE_RETURN_IF_REFUSED(CheckYears(identifier.valid_until(), path + ".valid_until"));
  }
  if (identifier.has_valid_from() && identifier.has_valid_until() &&
      MillisecondsOf(identifier.valid_until()) <= MillisecondsOf(identifier.valid_from())) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`" + path + ".valid_until` must be after `" + path + ".valid_from`");
  }
  return {};
}

}  // namespace

Result<IndexedIdentifier> IndexIdentifier(const v1::Identifier& identifier,
                                          const std::string& agency, const std::string& path,
                                          const Workbench& bench) {
  TEARLINE_RETURN_IF_REFUSED(CheckForm(identifier, path));
  TEARLINE_RETURN_IF_REFUSED(CheckValidity(identifier, path));
  model::CanonicalIdentifier read =
      model::Canonicalise(identifier.type(), identifier.value(), model::YearOf(bench.now_ms));
  if (read.canonical.empty()) {
    return Refuse(v1::ERROR_REASON_IDENTIFIER_INVALID, "`" + path + ".value` must not be blank");
  }
  if (identifier.type() == v1::IDENTIFIER_TYPE_OTHER) {
    read.canonical = agency + "/" + read.canonical;
  }
  IndexedIdentifier indexed;
  indexed.stored.set_type(identifier.type());
  indexed.stored.set_verified(read.verified);
  indexed.stored.set_index(
      crypto::HmacSha256(
          bench.vault.IndexKey().View(),
          {BigEndian4(static_cast<std::uint32_t>(identifier.type())), read.canonical})
          .Bytes());
  if (identifier.has_valid_from()) {
    indexed.stored.set_valid_from_ms(MillisecondsOf(identifier.valid_from()));
  }
  if (identifier.has_valid_until()) {
    indexed.stored.set_valid_until_ms(MillisecondsOf(identifier.valid_until()));
  }
  indexed.stored.set_read_ms(bench.now_ms);
  for (const v1::IdentifierNote note : read.notes) indexed.stored.add_notes(note);
  indexed.plain.set_raw(identifier.value());
  indexed.plain.set_canonical(std::move(read.canonical));
  return indexed;
}

Result<stored::v1::StoredIdentifier> IndexQuestion(const v1::Identifier& identifier,
                                                   const std::string& agency,
                                                   const std::string& path,
                                                   const Workbench& bench) {
  v1::Identifier asked;
  asked.set_type(identifier.type());
  asked.set_value(identifier.value());
  Result<IndexedIdentifier> indexed = IndexIdentifier(asked, agency, path, bench);
  if (!indexed.ok()) return indexed.status();
  indexed->stored.clear_read_ms();
  indexed->stored.clear_notes();
  return std::move(indexed->stored);
}

vault::Place PlaceOfIdentifier(const model::LedgerId& ledger_id, v1::IdentifierType type,
                               const std::string& index) {
  vault::Place place;
  place.ledger_id = ledger_id;
  place.owner = index.substr(0, model::EventId::kBytes);
  place.kind = stored::v1::CONTENT_CLASS_IDENTIFIER;
  place.index = static_cast<std::uint32_t>(type);
  return place;
}

Status SealIdentifier(const model::LedgerId& ledger_id, const model::SubjectKeyId& key,
                      const Workbench& bench, IndexedIdentifier& identifier) {
  Result<vault::Sealed> sealed = vault::Seal(
      bench.vault,
      PlaceOfIdentifier(ledger_id, identifier.stored.type(), identifier.stored.index()), {key},
      identifier.plain.SerializeAsString());
  if (!sealed.ok()) return sealed.status();
  stored::v1::SealedValue& value = *identifier.stored.mutable_sealed();
  value.set_ciphertext(std::move(sealed->ciphertext));
  for (stored::v1::WrappedKey& wrapped : sealed->keys) *value.add_keys() = std::move(wrapped);
  return {};
}

std::string OwnerOf(const stored::v1::StoredIdentifier& identifier, const Workbench& bench) {
  const auto row = bench.view.See<stored::v1::IdentifierRow>(
      state::Key(state::Table::kIdentifier)
          .U32(static_cast<std::uint32_t>(identifier.type()))
          .Fixed(identifier.index()));
  return row ? row->nominal_id() : std::string();
}

Result<model::LedgerId> LedgerIdOf(const Workbench& bench) {
  const auto row = bench.view.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (!row || row->log_origin().empty()) {
    return Refuse(v1::ERROR_REASON_GENESIS_MISSING, "the ledger has no genesis yet");
  }
  return model::LedgerId::FromBytes(row->ledger_id());
}

}  // namespace tearline::sequencer
