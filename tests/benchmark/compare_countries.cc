#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/benchmark/country.h"
#include "tests/benchmark/process.h"

namespace tearline::benchmark {
namespace {

constexpr std::size_t kFewNominals = 1'000;
constexpr std::size_t kEventsANominal = 4;
/// Enough that rows are written out of memory and merged while they happen.
constexpr std::size_t kEventsTimed = 100'000;
constexpr std::uint64_t kSeed = 1;

double BytesBelow(const std::filesystem::path& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

struct Cost {
  double cpu_us_an_event = 0;
  double state_bytes_a_nominal = 0;
  double broker_kb = 0;  ///< Resident, of a broker that has started on it.
};

Cost CostOf(const end_to_end::StagePlace& place, std::size_t nominals) {
  end_to_end::Stage stage(place);
  stage.Stop();
  const population::Population population(population::Proportional(nominals), kSeed);
  Country country(population);
  {
    Growth growth(stage.Config());
    country.Settle(growth);
    country.Happen(growth, nominals * kEventsANominal);
  }
  Cost cost;
  stage.Start();
  cost.broker_kb = static_cast<double>(ResidentKb(stage.process()));
  stage.Stop();
  cost.state_bytes_a_nominal =
      BytesBelow(stage.directory() / "state") / static_cast<double>(nominals);
  Growth growth(stage.Config());
  const double before = CpuUsOf(getpid());
  country.Happen(growth, kEventsTimed);
  cost.cpu_us_an_event = (CpuUsOf(getpid()) - before) / static_cast<double>(kEventsTimed);
  return cost;
}

end_to_end::StagePlace Beside(const Scene& scene, std::size_t nominals) {
  end_to_end::StagePlace place = scene.place;
  place.directory += "-country-" + std::to_string(nominals);
  return place;
}

}  // namespace

void CompareCountries(const Scene& beside, std::size_t people, std::vector<Row>& rows) {
  const Cost few = CostOf(Beside(beside, kFewNominals), kFewNominals);
  const Cost many = CostOf(Beside(beside, people), people);
  const std::string count = std::to_string(people);
  const auto add = [&](const char* name, const std::string& says, double ours, double other,
                       const char* unit) {
    Rounds rounds;
    rounds.Add(ours, other);
    rows.push_back(rounds.AsRow(std::string(name) + "_in_a_country_of_" + count + "_over_1000",
                                says + ", a country of " + count + " over one of 1,000", false,
                                unit));
  };
  add("cpu_an_event", "CPU an event", many.cpu_us_an_event, few.cpu_us_an_event, "us");
  add("state_a_nominal", "state a nominal", many.state_bytes_a_nominal, few.state_bytes_a_nominal,
      "B");
  add("memory", "memory of a broker that has started", many.broker_kb, few.broker_kb, "kB");
}

}  // namespace tearline::benchmark
