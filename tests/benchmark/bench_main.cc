// Ratios in one run on one machine: what the broker does beside what the disk, gRPC and other
// brokers give there. Ratios can be compared between machines; the numbers behind them can't.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/benchmark/bare_server.h"
#include "tests/benchmark/comparisons.h"
#include "tests/benchmark/peers.h"
#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {
namespace {

constexpr char kUsage[] =
    "usage: ./dev bench [--json FILE] [--only COMPARISON] [--large] [--records N] [--people N] "
    "[--leaves N] [--peers]\n"
    "  --large  250,000 nominals and ten million records, instead of 10,000 and 100,000: hours, "
    "and\n"
    "           100 GB of disk\n"
    "  --records N  that many, replayed and started with\n"
    "  --people N  that many nominals, beside 1,000\n"
    "  --leaves N  proofs in a tree of that many, instead of ten million (3 GB of disk)\n"
    "  --peers  beside other brokers, too; with --only, beside those whose names begin so\n";

int Main(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "--serve-bare") ServeBare(words[1]);
  std::map<std::string, std::string> given;
  Size size;
  bool peers = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--large") {
      size.people = 250'000;
      size.records = 10'000'000;
    } else if (words[i] == "--peers") {
      peers = true;
    } else if (i + 1 < words.size()) {
      given[words[i]] = words[i + 1];
      ++i;
    }
  }
  if (given.contains("--records")) size.records = std::stoull(given["--records"]);
  if (given.contains("--people")) size.people = std::stoull(given["--people"]);
  if (given.contains("--leaves")) size.leaves = std::stoull(given["--leaves"]);
  for (const char* needed : {"--broker", "--certificates", "--policy", "--directory"}) {
    if (given.contains(needed)) continue;
    std::fputs(kUsage, stderr);
    return 2;
  }
  std::filesystem::create_directories(given["--directory"]);
  Scene scene(
      {given["--broker"], given["--certificates"], given["--policy"], given["--directory"]});
  std::vector<Row> rows;
  if (peers) rows = ComparePeers(scene, size.rounds, given["--only"]);
  for (Row& row : CompareAll(scene, size, given["--only"])) rows.push_back(std::move(row));
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
