#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Looking at what is held about people: who may look at what, and how it is found again who
/// looked. The door asks before it looks, the machine again when it records.

/// Whether a question of this kind is of what is the asking post's own, or waits for it, and says
/// itself whom the answer was about (`nominal_ids`).
[[nodiscard]] bool SaysWhomItIsAbout(stored::v1::ConsultationKind kind);

/// Whether the actor may ask this. Of what it may not look at, and of what is not there, the answer
/// is the same.
///
/// Refuses: FIELD_INVALID  a kind, id or range without the form its kind needs;
///          NOT_PERMITTED  it is for auditors;
///          NOT_FOUND      nothing by that id that this post may look at.
[[nodiscard]] Status CheckConsult(const stored::v1::Consult& command,
                                  const stored::v1::Actor& actor, const state::Reader& reader);

/// Remembers that the record looked at a nominal, so that "who looked" finds it.
void IndexLook(const std::string& nominal_id, Step& step);

/// Records that were shown what concerns a nominal or an event: all rows of kConsultation below
/// this key, by position. Whoever asks who looked at a nominal asks for EverybodyLooked too.
[[nodiscard]] state::Key NominalLooked(const std::string& nominal_id);
[[nodiscard]] state::Key EventLooked(const std::string& event_id);
[[nodiscard]] state::Key EverybodyLooked();

}  // namespace tearline::machine
