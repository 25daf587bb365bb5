#pragma once

#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Whether the actor may say this in the name it is said in: its own agency's and the post acted
/// for; another's, if the directory says that the agency publishes for it; as history, which opens
/// no deadlines, only for an intake post. Looks at origin and `imported`, at nothing else.
///
/// Refuses: NOT_YOUR_POST, NOT_PERMITTED, NOT_FOUND, SUSPENDED.
[[nodiscard]] Status CheckOrigin(const stored::v1::Publish& command, const stored::v1::Actor& actor,
                                 const state::Reader& reader);

/// Whether the actor may speak of what an agency published: its own, or one that the directory says
/// its own publishes for.
///
/// Refuses: NOT_PERMITTED, NOT_FOUND, SUSPENDED.
[[nodiscard]] Status CheckMaySpeakFor(const std::string& agency, const stored::v1::Actor& actor,
                                      const state::Reader& reader);

}  // namespace tearline::machine
