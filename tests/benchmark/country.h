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
  Country(Growth& growth, const population::Population& population);

  /// Posts with their lines, people, supervisors, cases and seats.
  void Settle();
  /// The next of what happens.
  void Happen(std::size_t count);

 private:
  void SetPosts();
  void AddPeople();
  void WatchPeople();
  void OpenCases();
  void SeatPanels(const std::vector<std::size_t>& panels, const std::vector<std::string>& case_ids);

  Growth& growth_;
  const population::Population& population_;
  std::vector<std::string> nominal_ids_;
  std::uint64_t happened_ = 0;
};

/// What an event costs of the cores, and what is kept of a nominal, in a country of a thousand and
/// in one of `people`, four events a nominal in each: a quarter of a year.
///
/// Throws std::runtime_error, std::system_error.
void CompareCountries(const Scene& beside, std::size_t people, std::vector<Row>& rows);

}  // namespace tearline::benchmark
