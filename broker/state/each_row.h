#pragma once

#include <cstddef>
#include <string>

#include "broker/state/reader.h"

namespace tearline::state {

/// Rows read at once: bounds what a look at many holds in memory.
inline constexpr std::size_t kRowsAtOnce = 256;

/// The least key above one as it lies in the state, table byte included.
[[nodiscard]] inline Key JustAbove(const std::string& key) {
  return Key(static_cast<Table>(key.front())).Fixed(key.substr(1)).U8(0);
}

/// Calls `visit(key, value)` for each row under `prefix` from `from` on (itself within the prefix),
/// in key order, until it says false. Keys come whole, table byte included.
template <typename Visit>
void ForEachRow(const Reader& reader, const Key& prefix, Key from, Visit visit) {
  while (true) {
    const auto rows = reader.Scan(prefix, from, kRowsAtOnce);
    for (const auto& [key, value] : rows) {
      if (!visit(key, value)) return;
    }
    if (rows.size() < kRowsAtOnce) return;
    from = JustAbove(rows.back().first);
  }
}

/// The same from the first on.
template <typename Visit>
void ForEachRow(const Reader& reader, const Key& prefix, Visit visit) {
  ForEachRow(reader, prefix, prefix, visit);
}

}  // namespace tearline::state
