#pragma once

#include <string>

#include "broker/state/reader.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Of whom an auditor may ask. A post that names areas asks of nominals whose case lies in one of
/// them; one that names none, of everybody. What is outside looks to it as if it were not there.

/// Whether the post names areas. A post nobody knows is bound to none, and sees nothing.
[[nodiscard]] bool IsBoundToAreas(const stored::v1::Actor& actor, const state::Reader& reader);

/// Whether the post may ask of what lies in an area; "" is no area.
[[nodiscard]] bool MayAskOfArea(const std::string& area, const stored::v1::Actor& actor,
                                const state::Reader& reader);

/// Whether the post may ask of a nominal; "" of nobody in particular.
[[nodiscard]] bool MayAskOfNominal(const std::string& nominal_id, const stored::v1::Actor& actor,
                                   const state::Reader& reader);

/// Whether the post may ask of an event: of everybody it concerns.
[[nodiscard]] bool MayAskOfEvent(const stored::v1::EventRow& event, const stored::v1::Actor& actor,
                                 const state::Reader& reader);

}  // namespace tearline::machine
