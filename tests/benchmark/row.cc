#include "tests/benchmark/row.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include "tests/benchmark/durations.h"

namespace tearline::benchmark {
namespace {

std::string Text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, number < 100 ? "%.3g" : "%.0f", number);
  return text;
}

}  // namespace

void Rounds::Add(double ours, double other) {
  ours_.push_back(ours);
  others_.push_back(other);
  ratios_.push_back(other > 0 ? ours / other : 0);
}

Row Rounds::AsRow(std::string name, std::string says, bool more_is_better,
                  const std::string& unit) const {
  return {std::move(name), std::move(says), Median(ratios_), more_is_better,
          Text(Median(ours_)) + " : " + Text(Median(others_)) + " " + unit};
}

Crowd LookAround() {
  Crowd crowd;
  crowd.cores = std::max(1U, std::thread::hardware_concurrency());
  if (getloadavg(&crowd.load, 1) != 1) crowd.load = 0;
  return crowd;
}

void Show(const std::vector<Row>& rows, const Crowd& crowd) {
  std::printf("\n%-74s %8s %-6s  %s\n", "1 KiB events, mutual TLS, sealed, judged for five posts,",
              "ratio", "better", "ours : the other");
  std::printf("%s\n", "audited, synced before the answer");
  for (const Row& row : rows) {
    std::printf("%-74s %8.3f %-6s  %s\n", row.says.c_str(), row.ratio,
                row.more_is_better ? "more" : "less", row.between.c_str());
  }
  if (crowd.Busy()) {
    std::printf("\nTHE MACHINE WAS BUSY (load %.1f on %u cores): do not keep these ratios.\n",
                crowd.load, crowd.cores);
  }
  std::fflush(stdout);
}

void WriteJson(const std::vector<Row>& rows, const Crowd& crowd, const std::string& path) {
  std::ofstream file(path);
  file << "{\"load\":" << crowd.load << ",\"cores\":" << crowd.cores
       << ",\"busy\":" << (crowd.Busy() ? "true" : "false") << ",\"rows\":[";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    file << (i == 0 ? "" : ",") << "{\"name\":\"" << rows[i].name
         << "\",\"ratio\":" << rows[i].ratio
         << ",\"more_is_better\":" << (rows[i].more_is_better ? "true" : "false")
         << ",\"between\":\"" << rows[i].between << "\"}";
  }
  file << "]}\n";
}

}  // namespace tearline::benchmark
