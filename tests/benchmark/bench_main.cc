// Ratios in one run on one machine: what the broker does beside what the disk gives at best. Ratios
// can be compared between machines; the numbers behind them can't.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/benchmark/append_loop.h"
#include "tests/benchmark/publish_load.h"
#include "tests/end_to_end/stage.h"

namespace tearline::benchmark {
namespace {

using end_to_end::Stage;
using end_to_end::StagePlace;

/// A record of an event with 1 KiB of content and a tear-line, header and sealed segment, in bytes:
/// what the bare loop appends.
constexpr std::size_t kRecordBytes = 2048;
constexpr std::chrono::milliseconds kBareTime{1000};

/// One line of the table.
struct Row {
  const char* name;  // In JSON.
  const char* says;
  double ours;
  double bare;
  const char* unit;
  bool more_is_better;

  double Ratio() const { return bare > 0 ? ours / bare : 0; }
};

/// One load, with the bare disk just before and just after it: a machine's disk is not the same
/// from one minute to the next, and what is compared must have had the same one.
struct Compared {
  Loaded ours;
  Durations bare;

  double BareASecond() const {
    return static_cast<double>(bare.size()) * 1000 / static_cast<double>(2 * kBareTime.count());
  }
};

Compared Compare(const Stage& stage, const std::filesystem::path& directory, std::size_t in_flight,
                 std::size_t events) {
  Load load;
  load.in_flight = in_flight;
  load.events_a_request = events;
  Compared compared;
  compared.bare = AppendLoop(directory, kRecordBytes, kBareTime);
  compared.ours =
      Publish(stage.ChannelOf("police/feeder"), "police/intelligence", stage.nominal_id(), load);
  const Durations after = AppendLoop(directory, kRecordBytes, kBareTime);
  compared.bare.insert(compared.bare.end(), after.begin(), after.end());
  return compared;
}

std::vector<Row> Measure(const StagePlace& place) {
  std::filesystem::create_directories(place.directory);
  const Stage stage(place);
  const Compared one = Compare(stage, place.directory, 1, 1);
  const Compared many = Compare(stage, place.directory, 64, 1);
  const Compared batches = Compare(stage, place.directory, 4, 100);
  return {
      {"publish_p50_over_fdatasync", "publish to answer, one in flight, p50",
       Median(one.ours.requests), Median(one.bare), "us", false},
      {"publish_64_over_appends", "events/s, 64 requests in flight, one event each",
       many.ours.events_a_second, many.BareASecond(), "1/s", true},
      {"publish_batches_over_appends", "events/s, 4 requests in flight, 100 events each",
       batches.ours.events_a_second, batches.BareASecond(), "1/s", true},
  };
}

/// How many programs wanted a core during the last minute, and how many cores there are.
struct Crowd {
  double load = 0;
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());

  /// Whether others were at work: the measurement itself brings about one for each core.
  bool Busy() const { return load > 1.5 * cores; }
};

Crowd LookAround() {
  Crowd crowd;
  if (getloadavg(&crowd.load, 1) != 1) crowd.load = 0;
  return crowd;
}

void Show(const std::vector<Row>& rows, const Crowd& crowd) {
  std::printf("\n%-50s %12s %12s %8s\n", "1 KiB events, mutual TLS, judged for four posts",
              "tearline", "bare disk", "ratio");
  for (const Row& row : rows) {
    std::printf("%-50s %9.0f %s %9.0f %s %8.2f  (%s is better)\n", row.says, row.ours, row.unit,
                row.bare, row.unit, row.Ratio(), row.more_is_better ? "more" : "less");
  }
  std::printf(
      "\nbare disk: write %zu bytes and fdatasync, again and again, by one program that does "
      "nothing\n"
      "else. The broker keeps events with one sync per group, so at depth it may pass it.\n",
      kRecordBytes);
  if (crowd.Busy()) {
    std::printf("\nTHE MACHINE WAS BUSY (load %.1f on %u cores): do not keep these ratios.\n",
                crowd.load, crowd.cores);
  }
  std::fflush(stdout);
}

void WriteJson(const std::vector<Row>& rows, const Crowd& crowd, const std::string& path) {
  std::ofstream file(path);
  file << "{\"record_bytes\":" << kRecordBytes << ",\"load\":" << crowd.load
       << ",\"cores\":" << crowd.cores << ",\"busy\":" << (crowd.Busy() ? "true" : "false")
       << ",\"rows\":[";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    file << (i == 0 ? "" : ",") << "{\"name\":\"" << rows[i].name << "\",\"ours\":" << rows[i].ours
         << ",\"bare\":" << rows[i].bare << ",\"unit\":\"" << rows[i].unit
         << "\",\"ratio\":" << rows[i].Ratio()
         << ",\"more_is_better\":" << (rows[i].more_is_better ? "true" : "false") << "}";
  }
  file << "]}\n";
}

int Main(const std::vector<std::string>& words) {
  std::map<std::string, std::string> given;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) given[words[i]] = words[i + 1];
  const bool known = given.contains("--broker") && given.contains("--certificates") &&
                     given.contains("--policy") && given.contains("--directory") &&
                     given.size() == (given.contains("--json") ? 5U : 4U);
  if (!known || words.size() % 2 != 0) {
    std::fputs("usage: ./dev bench [--json FILE]\n", stderr);
    return 2;
  }
  const std::vector<Row> rows = Measure(
      {given["--broker"], given["--certificates"], given["--policy"], given["--directory"]});
  const Crowd crowd = LookAround();
  Show(rows, crowd);
  if (given.contains("--json")) WriteJson(rows, crowd, given["--json"]);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace tearline::benchmark

int main(int argc, char** argv) {
  try {
    return tearline::benchmark::Main(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "the measurement failed: %s\n", fault.what());
    return EXIT_FAILURE;
  }
}
