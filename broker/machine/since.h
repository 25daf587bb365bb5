#pragma once

#include <cstdint>

#include "broker/model/ids.h"
#include "broker/state/reader.h"

namespace tearline::machine {

/// The stamp of one record, ms since 1970. Requires: the record is applied.
[[nodiscard]] std::int64_t StampOf(model::Position position, const state::Reader& reader);

/// The first record up to `tip` that is not before a time, in ms since 1970; `tip` + 1 if all are.
/// Stamps never go back. Reads as many leaves as `tip` has bits.
///
/// Requires: every record up to `tip` is applied.
[[nodiscard]] model::Position FirstSince(std::int64_t time_ms, model::Position tip,
                                         const state::Reader& reader);

}  // namespace tearline::machine
