#include "tests/soak/vital_signs.h"

#include <unistd.h>

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

}  // namespace tearline::soak
