#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tearline::benchmark {

/// Durations of single operations, in microseconds, in the order in which they ended.
using Durations = std::vector<double>;

/// The one that so many hundredths are not above; 0 if there is none.
inline double Percentile(Durations durations, double percent) {
  if (durations.empty()) return 0;
  const auto place =
      static_cast<std::size_t>(percent / 100 * static_cast<double>(durations.size()));
  const auto at =
      durations.begin() + static_cast<std::ptrdiff_t>(std::min(place, durations.size() - 1));
  std::nth_element(durations.begin(), at, durations.end());
  return *at;
}

inline double Median(const Durations& durations) { return Percentile(durations, 50); }

}  // namespace tearline::benchmark
