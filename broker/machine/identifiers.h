#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Whether a stored identifier is whole: a known type, a 32-byte index, something sealed.
///
/// Refuses: UNAPPLIABLE; the broker wrote it, so it should have been whole.
[[nodiscard]] Status CheckIdentifier(const stored::v1::StoredIdentifier& identifier);

/// Writes an identifier as this nominal's. Requires: nobody has it.
void WriteIdentifier(const std::string& nominal_id, const stored::v1::StoredIdentifier& identifier,
                     Step& step);

/// Writes whose the subject keys are that a record brings into use. `nominal_ids` are the command's
/// nominals in order; keys about nobody belong to nobody.
///
/// Refuses: UNAPPLIABLE  a key names a nominal that is not there.
[[nodiscard]] Status WriteSubjectKeys(
    const google::protobuf::RepeatedPtrField<stored::v1::SubjectKeyUse>& keys,
    const google::protobuf::RepeatedPtrField<std::string>& nominal_ids, Step& step);

}  // namespace tearline::machine
