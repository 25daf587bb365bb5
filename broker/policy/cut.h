#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "broker/policy/facts.h"
#include "broker/policy/judgement.h"

namespace tearline::policy {

/// What happens to one segment.
enum class SegmentFate {
  kBelow,   ///< Some nominal it concerns is not at full.
  kHidden,  ///< It would be given, but a mask hides it.
  kGiven,
};

/// An event's segments, after judgement.
struct Cut {
  std::vector<SegmentFate> fates;    ///< One per segment, in order.
  std::vector<std::uint32_t> given;  ///< The places of those given, rising.
  std::set<std::string> masks;       ///< Ids of the masks that hid something.

  /// Full if any segment is given; otherwise the lowest over the nominals, at most tear-line.
  v1::Level level = v1::LEVEL_WITHHELD;
};

/// The places of the nominals `segment` concerns. A segment that names nobody concerns all of the
/// event's `nominals`: it may not be told where any of them is withheld.
[[nodiscard]] std::vector<std::size_t> Concerned(const EventFacts::Segment& segment,
                                                 std::size_t nominals);

/// Cuts the segments: one is below full if any nominal it concerns is; hidden if, for any of them,
/// a mask speaks that hides one of its flags.
///
/// Requires: `judgements` is not empty; the segments' nominals are places in it.
[[nodiscard]] Cut CutSegments(const EventFacts& event, const std::vector<Judgement>& judgements);

/// Whether what is told at `level` meets a duty of `owed` about the nominal at `place`.
///
/// Below full, the level is all there is to it. At full it must also reach the nominal: some
/// segment about it is given, and for a duty of full each one that no mask hides; if no segment is
/// about it, its own level decides.
///
/// Requires: `cut` is of this event and these judgements.
[[nodiscard]] bool Meets(v1::Level level, v1::Level owed, std::size_t place,
                         const EventFacts& event, const std::vector<Judgement>& judgements,
                         const Cut& cut);

}  // namespace tearline::policy
