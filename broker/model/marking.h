#pragma once

#include <string>

#include "broker/status/status.h"
#include "tearline/v1/label.pb.h"

namespace tearline::model {

/// True if who holds `clearance` may hold what bears `marking`: the tier is as high, it is
/// sensitive wherever the marking is, and it holds every caveat of the marking. Instructions and
/// descriptors narrow nothing. A tier or caveat
/// this broker does not know, or no tier, on the side of either is never dominated and never
/// dominates.
///
/// Source: Government Security Classifications Policy, August 2024; docs/policy.md.
[[nodiscard]] bool Dominates(const v1::Marking& clearance, const v1::Marking& marking);

/// Whether `marking` may stand on an event, segment or tear-line: a known tier, -SENSITIVE only
/// with OFFICIAL, known caveats, instructions and descriptors, each in rising order and at most
/// kCaveatsMax. `path` names it in the refusal.
///
/// Refuses: LABEL_INVALID; LIMIT_PASSED for too many of one kind.
[[nodiscard]] Status CheckMarking(const v1::Marking& marking, const std::string& path);

/// The same for what a post may hold, where sensitive goes with any tier, and instructions and
/// descriptors, which say what to do with a thing and not who may hold it, go with none.
///
/// Refuses: as CheckMarking.
[[nodiscard]] Status CheckClearance(const v1::Marking& clearance, const std::string& path);

/// The marking as it is written on paper: "OFFICIAL-SENSITIVE, POLICE ONLY". "UNMARKED" without a
/// known tier.
[[nodiscard]] std::string MarkingText(const v1::Marking& marking);

}  // namespace tearline::model
