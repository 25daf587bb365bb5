#pragma once

#include <cstddef>

#include "broker/state/reader.h"
#include "broker/telemetry/exposition.h"

namespace tearline {

/// Waiting items that are counted for one look: many times what waits in good order. Sums that
/// stand at this number together say at least.
inline constexpr std::size_t kWaitingCountedMax = 20'000;

/// Adds how full the feeds are, by lane: items let go and not settled, and items that wait to be
/// let go. Of all feeds together; none is named.
void MeasureFeeds(const state::Reader& reader, telemetry::Exposition& exposition);

}  // namespace tearline
