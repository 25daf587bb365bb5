#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which one record ends as many of these as it has room for.
inline constexpr std::uint16_t kErasedReadsBoundedFrom = 7;

/// Nobody is chased to read an event of which nothing opens any more. What this record has no room
/// for of the nominal's events is left to pulses, as a history of nobody's (history.h); of each
/// event whoever has it is seen to at once. (Before kErasedReadsBoundedFrom one record did it all.)
void EndErasedReads(const std::string& nominal_id, Step& step);

/// Ends what this record has room for, from `row.from()` on, which it moves on. False if it has no
/// room left.
[[nodiscard]] bool EndMoreErasedReads(const std::string& nominal_id, stored::v1::HistoryRow& row,
                                      Step& step);

}  // namespace tearline::machine
