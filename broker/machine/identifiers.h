#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Whether a stored identifier is whole: a known type, a 32-byte index, something sealed.
///
/// Refuses: UNAPPLIABLE; the broker wrote it, so it should have been whole.
[[nodiscard]] Status CheckIdentifier(const stored::v1::StoredIdentifier& identifier);

/// Where a nominal finds its numbers. The row lies with the number, and here once that is in error.
[[nodiscard]] state::Key NumberOfKey(const std::string& nominal_id, v1::IdentifierType type,
                                     const std::string& index);

/// The version from which a number keeps for when it holds and how it was read, and is asserted by
/// the agency that an event is published for.
inline constexpr std::uint16_t kReadingsKeptFrom = 7;

/// Writes an identifier as this nominal's, as `agency` asserts it. (Before kReadingsKeptFrom, as
/// the actor's agency did.) Requires: nobody has it.
void WriteIdentifier(const std::string& nominal_id, const stored::v1::StoredIdentifier& identifier,
                     const std::string& agency, Step& step);

/// What an identifier that is known says of when it holds is kept, if the actor's agency asserted
/// it (from kReadingsKeptFrom on). What it says nothing of stands. False if nothing changes.
bool KeepValidity(const stored::v1::StoredIdentifier& identifier, stored::v1::IdentifierRow row,
                  Step& step);

/// The version from which it counts for when a number holds.
inline constexpr std::uint16_t kValidityJudgedFrom = 7;

/// Whether a number is its person's at a time, ms since 1970, as far as its agency says for when it
/// holds: from then on, and until then without that moment. Always, where nothing is said, and
/// before kValidityJudgedFrom.
[[nodiscard]] bool HoldsAt(const stored::v1::IdentifierRow& row, std::int64_t time_ms,
                           const Step& step);

/// Writes whose the subject keys are that a record brings into use. `nominal_ids` are the command's
/// nominals in order; keys about nobody belong to nobody.
///
/// Refuses: UNAPPLIABLE  a key names a nominal that is not there.
[[nodiscard]] Status WriteSubjectKeys(
    const google::protobuf::RepeatedPtrField<stored::v1::SubjectKeyUse>& keys,
    const google::protobuf::RepeatedPtrField<std::string>& nominal_ids, Step& step);

}  // namespace tearline::machine
