#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which what travels fast and nobody has read holds a case where it is, also
/// where no rule has anybody read it.
inline constexpr std::uint16_t kUnreadHoldsFrom = 7;

/// An event, 16 bytes, that a post has not read.
struct UnreadUrgent {
  std::string event_id;
  std::string post;
};

/// What is looked at for who has not read it.
struct UnreadWithin {
  const std::set<std::string>& posts;
  std::function<bool(const stored::v1::EventRow&)> counts;
  std::size_t most;  ///< Events; whoever asks for more could not override each.
};

/// The newest events about a person that travel urgently or immediately, count, were let go to the
/// inbox of one of the posts, still are told to it, and were read by no person of it; less those of
/// which a READ is open, which says so itself. Not of what came by a subscription, which the post
/// wished for and nobody must know of; nor of what was erased, and opens no more; nor of posts that
/// nobody holds or deputises, and for which nobody can read.
///
/// Looks at the newest model::kLookedAtRowsMax events about the person at most, shared out among
/// the nominals that are the person. In order of posts, of each the newest first.
[[nodiscard]] std::vector<UnreadUrgent> UnreadUrgentOf(const UnreadWithin& within,
                                                       const std::string& nominal_id,
                                                       const state::Reader& reader);

}  // namespace tearline::machine
