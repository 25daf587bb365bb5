#pragma once

#include <cstdint>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which a case that is led by another agency, or lies in another area, is judged
/// anew for everybody whom it brings in.
inline constexpr std::uint16_t kMovedCasesWidenFrom = 7;

/// A case is managed otherwise, so that policy may let whom it brings in see more: originators hear
/// of it, and what was recorded before is judged for each of them, late.
///
/// Requires: `row` is written.
void Widen(const stored::v1::CaseRow& row, Step& step);

}  // namespace tearline::machine
