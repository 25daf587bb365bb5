#include "broker/machine/identifiers.h"

#include <cstdint>
#include <string>
#include <utility>

#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

/// SubjectKeyUse.nominal_index of a key about nobody.
constexpr std::uint32_t kNobody = 0xffffffff;

Status Unappliable(const char* sentence) { return Refuse(v1::ERROR_REASON_UNAPPLIABLE, sentence); }

/// For when it holds, as far as it says.
void KeepWhen(const stored::v1::StoredIdentifier& identifier, stored::v1::IdentifierRow& row) {
  if (identifier.has_valid_from_ms()) row.set_valid_from_ms(identifier.valid_from_ms());
  if (identifier.has_valid_until_ms()) row.set_valid_until_ms(identifier.valid_until_ms());
}

/// For when it holds, and how it was read.
void KeepReading(const stored::v1::StoredIdentifier& identifier, stored::v1::IdentifierRow& row) {
  KeepWhen(identifier, row);
  row.set_read_ms(identifier.read_ms());
  *row.mutable_notes() = identifier.notes();
}

}  // namespace

Status CheckIdentifier(const stored::v1::StoredIdentifier& identifier) {
  if (!v1::IdentifierType_IsValid(identifier.type()) ||
      identifier.type() == v1::IDENTIFIER_TYPE_UNSPECIFIED ||
      identifier.index().size() != crypto::Digest::kBytes) {
    return Unappliable("a recorded identifier must have a known type and a 32-byte index");
  }
  return {};
}

state::Key NumberOfKey(const std::string& nominal_id, v1::IdentifierType type,
                       const std::string& index) {
  return state::Key(state::Table::kNominalIdentifier)
      .Fixed(nominal_id)
      .U32(static_cast<std::uint32_t>(type))
      .Fixed(index);
}

void WriteIdentifier(const std::string& nominal_id, const stored::v1::StoredIdentifier& identifier,
                     const std::string& agency, Step& step) {
  stored::v1::IdentifierRow row;
  row.set_nominal_id(nominal_id);
  row.set_verified(identifier.verified());
  const bool kept = step.header.behaviour_version >= kReadingsKeptFrom;
  row.set_asserted_by(kept ? agency : step.actor.agency());
  *row.mutable_sealed() = identifier.sealed();
  if (kept) KeepReading(identifier, row);
  step.batch.PutRow(IdentifierKey(identifier.type(), identifier.index()), row);
  step.batch.Put(NumberOfKey(nominal_id, identifier.type(), identifier.index()), "");
}

bool KeepValidity(const stored::v1::StoredIdentifier& identifier, stored::v1::IdentifierRow row,
                  Step& step) {
  if (step.header.behaviour_version < kReadingsKeptFrom ||
      row.asserted_by() != step.actor.agency()) {
    return false;
  }
  const std::string before = row.SerializeAsString();
  KeepWhen(identifier, row);
  if (row.SerializeAsString() == before) return false;
  step.batch.PutRow(IdentifierKey(identifier.type(), identifier.index()), std::move(row));
  return true;
}

bool HoldsAt(const stored::v1::IdentifierRow& row, std::int64_t time_ms, const Step& step) {
  if (step.header.behaviour_version < kValidityJudgedFrom) return true;
  return (!row.has_valid_from_ms() || time_ms >= row.valid_from_ms()) &&
         (!row.has_valid_until_ms() || time_ms < row.valid_until_ms());
}

Status WriteSubjectKeys(const google::protobuf::RepeatedPtrField<stored::v1::SubjectKeyUse>& keys,
                        const google::protobuf::RepeatedPtrField<std::string>& nominal_ids,
                        Step& step) {
  for (const stored::v1::SubjectKeyUse& key : keys) {
    stored::v1::SubjectKeyRow row;
    if (key.nominal_index() != kNobody) {
      if (key.nominal_index() >= static_cast<std::uint32_t>(nominal_ids.size())) {
        return Unappliable("a subject key must belong to a nominal of its record");
      }
      row.set_nominal_id(nominal_ids[static_cast<int>(key.nominal_index())]);
    }
    if (key.subject_key_id().size() != model::SubjectKeyId::kBytes) {
      return Unappliable("a subject key's id must be 16 bytes");
    }
    row.set_content_class(key.content_class());
    row.set_quarter(key.quarter());
    step.batch.PutRow(SubjectKeyKey(key.subject_key_id()), row);
    step.batch.Put(SubjectKeyOfKey(row, key.subject_key_id()), "");
  }
  return {};
}

}  // namespace tearline::machine
