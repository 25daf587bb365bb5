#pragma once

#include <string>

#include "broker/state/key.h"

namespace tearline::machine {

/// Records whose details speak of an event about a nominal: all rows of kTrailOfNominal below this
/// key, by position and event id.
inline state::Key TrailOfNominal(const std::string& nominal_id) {
  return state::Key(state::Table::kTrailOfNominal).Fixed(nominal_id);
}

}  // namespace tearline::machine
