#pragma once

#include <string>

#include "tearline/v1/policy_service.pb.h"

namespace tearline::cli {

/// One decision that a candidate would have made otherwise, as a line; of one that could not be
/// judged again, why.
[[nodiscard]] std::string ChangeText(const v1::SimulatedChange& change);

/// What came of a simulation: how many of each level then are of each level now, the counts, and
/// how the candidate is approved where something must be signed off.
[[nodiscard]] std::string SummaryText(const v1::SimulationSummary& summary);

}  // namespace tearline::cli
