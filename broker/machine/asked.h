#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Whoever answers for an event can alone write what may be told of it to those who are told too
/// little, and is asked to, whoever else must see to it. An obligation counts events of several, and
/// each learns only of its own (P6): how many of them it counts, since when, and when they must be
/// seen to. (From behaviour version kDutiesKeptFrom on. Before, only who answered for the first event
/// of an obligation was told, once, and like its debtor.)

/// Asks whoever answers for an event that an obligation counts: by a notice, and by having it
/// listed. Asked again of the same event, it is told once more.
void Ask(const std::string& post, const std::string& event_id, std::int64_t due_ms,
         const std::string& id, const stored::v1::ObligationRow& row, Step& step);

/// Whether what a notice asks is still owed, in `row`, which its obligation is; `notice` then says
/// what it is to say. Requires: it was made by Ask, for `post`.
[[nodiscard]] bool IsStillAsked(const std::string& post, const stored::v1::ObligationRow& row,
                                stored::v1::ItemRow& notice, const state::Reader& reader);

/// What a post is asked in an obligation.
struct Asked {
  std::uint64_t events = 0;   ///< Those of its own that the obligation counts.
  std::int64_t first_ms = 0;  ///< Since when, ms since 1970.
  std::int64_t due_ms = 0;    ///< The earliest of their times, ms since 1970.
};

/// Null if the obligation counts none of the post's events, or it was not asked.
[[nodiscard]] std::optional<Asked> AskedOf(const std::string& id,
                                           const stored::v1::ObligationRow& row,
                                           const std::string& post, const state::Reader& reader);

}  // namespace tearline::machine
