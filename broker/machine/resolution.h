#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "tearline/v1/nominal.pb.h"

namespace tearline::machine {

/// The version from which it is said what asking by numbers came to, and from whom the numbers are.
inline constexpr std::uint16_t kResolutionsSaidFrom = 7;

/// Numbers that may be asked about together: one, and eight that are said to be the same person's.
inline constexpr int kResolvedTogetherMax = 9;

/// What asking whose numbers are came to, as far as the asking post may know.
struct Resolution {
  v1::ResolutionOutcome outcome = v1::RESOLUTION_OUTCOME_UNSPECIFIED;
  bool disagree = false;           ///< They lead to different people.
  std::set<std::string> sources{};  ///< Agencies that asserted what is known, by name.
  bool other_sources = false;      ///< Others did, too, whom the post may not know.
};

}  // namespace tearline::machine
