#pragma once

#include <string>
#include <vector>

#include "broker/state/reader.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {

/// Whom a command that waits is about: nominals, 16 bytes each; the one of its case. A merge and a
/// moved booking have two; what is about agencies and posts alone has none.
[[nodiscard]] std::vector<std::string> PeopleOf(const stored::v1::PendingRow& row,
                                                const state::Reader& view);

/// Whether the actor's post may not learn that this waits (P6): it is kept out of one of them, or
/// will be if it is confirmed. Never the post that asked for it.
[[nodiscard]] bool IsKeptOutOf(const stored::v1::PendingRow& row, const stored::v1::Actor& actor,
                               const state::Reader& view);

/// Whether the actor is shown what it says, and not only that it waits. What a third party is to be
/// told, who is in conflict with a person and who supervises it is for the post that asked, and for
/// whoever the machine would take a second hand from; `confirms` is whether the actor may give one
/// to commands of this number.
[[nodiscard]] bool MayReadWhole(const stored::v1::PendingRow& row, const stored::v1::Actor& actor,
                                bool confirms, const state::Reader& view);

}  // namespace tearline::rpc
