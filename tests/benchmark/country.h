#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/benchmark/growth.h"
#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"
#include "tests/population/population.h"

namespace tearline::benchmark {

/// Puts an invented country into the ledger of a broker that is stopped, and lets its year go by.
///
/// Throws std::runtime_error.
class Country {
 public:
  explicit Country(const population::Population& population);

  /// Posts with their lines, people, supervisors, cases and seats.
  void Settle(Growth& growth);
  /// The next of what happens. Requires: Settle.
  void Happen(Growth& growth, std::size_t count);

 private:
  void SetPosts(Growth& growth);
  void AddPeople(Growth& growth);
  void WatchPeople(Growth& growth);
  void OpenCases(Growth& growth);
  void SeatPanels(Growth& growth, const std::vector<std::size_t>& panels,
                  const std::vector<std::string>& case_ids);

  const population::Population& population_;
  std::vector<std::string> nominal_ids_;
  std::uint64_t happened_ = 0;
};

/// What an event costs of the cores, and what is kept of a nominal, in a country of a thousand and
/// in one of `people`. A quarter of a year has gone by in each, four events a nominal, when the
/// state and a broker that starts on it are weighed; then the same number of events, turn by turn,
/// happens in each, so that nothing differs but how many people they are about.
///
/// Throws std::runtime_error, std::system_error.
void CompareCountries(const Scene& beside, std::size_t people, std::vector<Row>& rows);

}  // namespace tearline::benchmark
