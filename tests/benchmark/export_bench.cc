#include "tests/benchmark/export_bench.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "tests/benchmark/process.h"

namespace tearline::benchmark {
namespace {

namespace fs = std::filesystem;

constexpr char kAuditor[] = "inspectorate/auditor";
constexpr std::chrono::milliseconds kBetweenLooks{20};

/// What somebody saw of an export that was under way.
struct Look {
  std::uintmax_t written = 0;  ///< Bytes so far.
  double exporter_mib = 0;
  double broker_mib = 0;
};

double Mib(std::uint64_t kb) { return static_cast<double>(kb) / 1024; }

/// Has the shipped command line export the whole log, and looks at it until it has.
std::vector<Look> WatchExport(const Scene& scene, const fs::path& file) {
  fs::remove(file);
  const pid_t exporter = StartProgram({scene.place.broker.parent_path() / "tearline", "audit",
                                       "replay", "--out", file, "--purpose", "audit", "--profile",
                                       scene.stage.ProfileOf(kAuditor, kAuditor)});
  std::vector<Look> looks;
  while (true) {
    Look look;
    look.broker_mib = Mib(ResidentKb(scene.stage.process()));
    // One that has ended, but was not waited for, has no memory any more.
    const std::uint64_t exporter_kb = ResidentKbIfAny(exporter);
    if (HasEnded(exporter)) break;
    look.exporter_mib = Mib(exporter_kb);
    std::error_code none_yet;
    look.written = fs::file_size(file, none_yet);
    // Before it makes its file, it may still be a copy of this process.
    if (!none_yet) looks.push_back(look);
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return looks;
}

std::uint64_t LinesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

/// Exports until a checkpoint covers all that was written before the broker started.
void ExportUntilWhole(const Scene& scene, const fs::path& file, std::uint64_t leaves) {
  for (int i = 0; i < 60; ++i) {
    (void)WatchExport(scene, file);
    if (LinesOf(file) > leaves) return;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  throw std::runtime_error("no checkpoint came to cover the log");
}

/// The most that was seen until so many bytes were written.
double MostOf(const std::vector<Look>& looks, double Look::* memory, std::uintmax_t written) {
  double most = 0;
  for (const Look& look : looks) {
    if (look.written <= written) most = std::max(most, look.*memory);
  }
  return most;
}

}  // namespace

void CompareExporting(Scene& scene, std::size_t records, std::vector<Row>& rows) {
  model::Position there = 0;
  scene.Stopped([&](Growth& growth) {
    if (growth.Records() < records) growth.AddEvents(scene.people, records - growth.Records());
    there = growth.Records();
  });
  const fs::path file = scene.stage.directory() / "export.jsonl";
  ExportUntilWhole(scene, file, there);  // What a first reading makes and keeps does not count.
  const double before = Mib(ResidentKb(scene.stage.process()));
  const std::vector<Look> looks = WatchExport(scene, file);
  const double after = Mib(ResidentKb(scene.stage.process()));
  const std::uintmax_t size = fs::file_size(file);
  const std::uint64_t leaves = LinesOf(file) - 1;  // The first is the head.
  fs::remove(file);
  const std::string of = std::to_string(leaves) + " leaves";
  const auto add = [&](const char* name, const std::string& says, double ours, double other) {
    if (other <= 0) {
      throw std::runtime_error(std::string(name) + ": nobody looked in time at what it is held " +
                               "against; export more leaves");
    }
    Rounds memory;
    memory.Add(ours, other);
    rows.push_back(memory.AsRow(name, says, false, "MiB"));
  };
  add("exporters_memory_for_the_log_over_a_tenth",
      "an auditor's most memory while exporting " + of + ", over a tenth of them",
      MostOf(looks, &Look::exporter_mib, size), MostOf(looks, &Look::exporter_mib, size / 10));
  add("brokers_memory_for_the_log_over_a_tenth",
      "the broker's most memory meanwhile, over the same",
      MostOf(looks, &Look::broker_mib, size), MostOf(looks, &Look::broker_mib, size / 10));
  add("memory_after_reading_the_log_over_before",
      "the broker's memory after an auditor has exported them, over that before", after, before);
}

}  // namespace tearline::benchmark
