#include "tests/soak/vital_signs.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tearline::soak {
namespace {

std::string Said(const char* what, double grew, double allowed, double minutes) {
  return std::string(what) + " grew by " + std::to_string(static_cast<int>(grew)) + " in " +
         std::to_string(static_cast<int>(minutes * 60)) + " s; at most " +
         std::to_string(static_cast<int>(allowed)) + " may be";
}

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

VitalSigns ReadVitalSigns(pid_t process, double minutes) {
  const std::filesystem::path proc = "/proc/" + std::to_string(process);
  std::ifstream statm(proc / "statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  if (!(statm >> pages >> resident)) throw std::runtime_error("the broker is not there");
  VitalSigns signs;
  signs.minutes = minutes;
  signs.memory_mib =
      static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
  signs.files =
      static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(proc / "fd"), {}));
  return signs;
}

std::string Growth(const std::vector<VitalSigns>& signs) {
  for (const VitalSigns& each : signs) {
    const double minutes = each.minutes - signs.front().minutes;
    const double memory = each.memory_mib - signs.front().memory_mib;
    const double memory_max = kMemoryOnceMib + kMemoryAMinuteMib * minutes;
    if (memory > memory_max) return Said("memory in MiB", memory, memory_max, minutes);
    const double files = static_cast<double>(each.files) - static_cast<double>(signs.front().files);
    const double files_max = kFilesOnce + kFilesAMinute * minutes;
    if (files > files_max) return Said("open files", files, files_max, minutes);
  }
  return "";
}

std::string Slowing(const std::vector<VitalSigns>& signs) {
  std::vector<double> known;
  for (const VitalSigns& each : signs) {
    if (each.publish_over_sync > 0) known.push_back(each.publish_over_sync);
  }
  if (known.size() < 4) return "";
  const auto half = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  const double earlier = MedianOf({known.begin(), half});
  const double later = MedianOf({half, known.end()});
  if (later <= kSlowerMax * earlier) return "";
  return "publishing became " + std::to_string(later / earlier) + " times as slow; at most " +
         std::to_string(static_cast<int>(kSlowerMax)) + " may be";
}

}  // namespace tearline::soak
