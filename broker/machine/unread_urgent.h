#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/state/reader.h"

namespace tearline::machine {

/// The version from which what travels fast and nobody has read holds a case where it is, also
/// where no rule has anybody read it.
inline constexpr std::uint16_t kUnreadHoldsFrom = 7;

/// The events about a person, 16 bytes each, that travel urgently or immediately, were let go to
/// the post's inbox, still are told to it, and were read by no person of it; less those of which a
/// READ is open, which says so itself. Looks at what lies unread in two lanes of the inbox, at nothing
/// else: what came by a subscription the post wished for, and nobody must know of.
[[nodiscard]] std::set<std::string> UnreadUrgentOf(const std::string& post,
                                                   const std::string& nominal_id,
                                                   const state::Reader& reader);

}  // namespace tearline::machine
