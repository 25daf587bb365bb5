#pragma once

#include <cstddef>
#include <string>

#include "broker/machine/rows.h"
#include "broker/machine/step.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Goes through an index of events by position: from `row.from()`, which it moves on, up to but not
/// including `row.until()`; `visit` is given each EventRow, and says whether it is through with it:
/// where not, it is given it again by the next record. Every row costs a look; what it is judged
/// for is the visitor's to count. False if this record has no room left.
///
/// `index` is a table's key that a position (8) follows, with the event's id behind it.
template <typename Row, typename Visit>
[[nodiscard]] bool ForEachOfThePast(const state::Key& index, Row& row, Step& step, Visit visit) {
  constexpr std::size_t kScanRows = 64;
  while (true) {
    const auto rows = step.batch.Scan(index, state::Key(index).U64(row.from()), kScanRows);
    for (const auto& [key, event_id] : rows) {
      const model::Position position = state::ReadBigEndian(key, key.size() - 8, 8);
      if (position >= row.until()) return true;
      if (step.rows_left <= 0 || step.looks_left <= 0) return false;
      --step.looks_left;
      row.set_from(position + 1);
      const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (!visit(*event)) {
        row.set_from(position);
        return false;
      }
    }
    if (rows.size() < kScanRows) return true;
  }
}

}  // namespace tearline::machine
