#include "broker/machine/subject_key.h"

#include <algorithm>

#include "broker/machine/rows.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::SubjectKeyRow;
using WrappedKeys = google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>;

bool AnyErased(const WrappedKeys& keys, const state::Reader& reader) {
  return std::any_of(keys.begin(), keys.end(), [&reader](const stored::v1::WrappedKey& key) {
    const auto row = reader.See<SubjectKeyRow>(SubjectKeyKey(key.subject_key_id()));
    return row && row->erased_position() != 0;
  });
}

Status ErasedMeanwhile() {
  return Refuse(
      v1::ERROR_REASON_UNAVAILABLE,
      "a key was erased while this was on its way; send it again with the same request id");
}

}  // namespace

void EraseKey(const std::string& subject_key_id, Step& step) {
  auto row = step.batch.Find<SubjectKeyRow>(SubjectKeyKey(subject_key_id));
  TEARLINE_INVARIANT(row.has_value(), "a key that is erased is known");
  if (row->erased_position() != 0) return;
  row->set_erased_position(step.header.position);
  step.batch.PutRow(SubjectKeyKey(subject_key_id), *row);
  step.batch.Erase(SubjectKeyOfKey(*row, subject_key_id));
  step.applied.erased_keys.push_back(subject_key_id);
}

Status CheckKeysStand(const stored::v1::Publish& command, const state::Reader& reader) {
  for (const stored::v1::SealedSegment& segment : command.segments()) {
    if (AnyErased(segment.keys(), reader)) return ErasedMeanwhile();
  }
  for (const stored::v1::SealedTearLine& tear_line : command.tear_lines()) {
    if (AnyErased(tear_line.text().keys(), reader)) return ErasedMeanwhile();
  }
  for (const stored::v1::StoredNominal& nominal : command.nominals()) {
    for (const stored::v1::StoredIdentifier& identifier : nominal.identifiers()) {
      if (AnyErased(identifier.sealed().keys(), reader)) return ErasedMeanwhile();
    }
  }
  return {};
}

Status CheckKeysStand(const stored::v1::LinkIdentifier& command, const state::Reader& reader) {
  if (AnyErased(command.identifier().sealed().keys(), reader)) return ErasedMeanwhile();
  return {};
}

}  // namespace tearline::machine
