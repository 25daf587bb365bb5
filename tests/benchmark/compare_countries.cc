#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "tests/benchmark/country.h"
#include "tests/benchmark/process.h"

namespace tearline::benchmark {
namespace {

constexpr std::size_t kFewNominals = 1'000;
constexpr std::size_t kEventsANominal = 4;
/// Rows are written out of memory after some 75,000 events, and merged after four times as many:
/// all of that happens in either country, and turn by turn, so that a machine's moods fall on both
/// alike.
constexpr std::size_t kEventsATurn = 100'000;
constexpr int kTurns = 4;
constexpr std::uint64_t kSeed = 1;
/// Threads that used less of the cores during a while stand still.
constexpr std::chrono::milliseconds kWhile{500};
constexpr double kStillUs = 20'000;

double BytesBelow(const std::filesystem::path& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

/// What this process has used of the cores, once nothing is written out or merged any more.
double CpuUsOnceStill() {
  double before = 0;
  double now = CpuUsOf(getpid());
  do {
    before = now;
    std::this_thread::sleep_for(kWhile);
    now = CpuUsOf(getpid());
  } while (now - before > kStillUs);
  return now;
}

/// A broker's stores with a country in them, of which a quarter of a year has gone by.
class Inhabited {
 public:
  Inhabited(const end_to_end::StagePlace& place, std::size_t nominals)
      : stage_(place), population_(population::Proportional(nominals), kSeed) {
    stage_.Stop();
    {
      Growth growth(stage_.Config());
      country_.Settle(growth);
      country_.Happen(growth, nominals * kEventsANominal);
    }
    stage_.Start();
    broker_kb_ = static_cast<double>(ResidentKb(stage_.process()));
    stage_.Stop();
    state_bytes_ = BytesBelow(stage_.directory() / "state");
    growth_.emplace(stage_.Config());
  }

  /// What a turn takes of the cores, with all that it leaves to be done behind.
  double Turn() {
    const double before = CpuUsOnceStill();
    country_.Happen(*growth_, kEventsATurn);
    return CpuUsOnceStill() - before;
  }
  double broker_kb() const { return broker_kb_; }
  double StateBytesANominal() const {
    return state_bytes_ / static_cast<double>(population_.size().nominals);
  }

 private:
  end_to_end::Stage stage_;
  const population::Population population_;
  Country country_{population_};
  double broker_kb_ = 0;
  double state_bytes_ = 0;
  std::optional<Growth> growth_;
};

}  // namespace

void CompareCountries(const Scene& beside, std::size_t people, std::vector<Row>& rows) {
  Inhabited few(beside.Beside("-country-" + std::to_string(kFewNominals)), kFewNominals);
  Inhabited many(beside.Beside("-country-" + std::to_string(people)), people);
  double few_us = 0;
  double many_us = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    few_us += few.Turn();
    many_us += many.Turn();
  }
  const std::string count = std::to_string(people);
  const auto add = [&](const char* name, const std::string& says, double ours, double other,
                       const char* unit) {
    Rounds rounds;
    rounds.Add(ours, other);
    rows.push_back(rounds.AsRow(std::string(name) + "_in_a_country_of_" + count + "_over_1000",
                                says + ", a country of " + count + " over one of 1,000", false,
                                unit));
  };
  const double events = static_cast<double>(kEventsATurn) * kTurns;
  add("cpu_an_event", "CPU an event", many_us / events, few_us / events, "us");
  add("state_a_nominal", "state a nominal", many.StateBytesANominal(), few.StateBytesANominal(),
      "B");
  add("memory", "memory of a broker that has started", many.broker_kb(), few.broker_kb(), "kB");
}

}  // namespace tearline::benchmark
