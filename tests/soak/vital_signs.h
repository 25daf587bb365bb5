#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace tearline::soak {

/// What a process takes of its machine at one moment.
struct VitalSigns {
  double minutes = 0;     ///< Since the soak began.
  double memory_mib = 0;  ///< Resident.
  std::size_t files = 0;  ///< Open descriptors.
};

/// Reads them from /proc. Throws std::runtime_error if the process is not there.
VitalSigns ReadVitalSigns(pid_t process, double minutes);

/// What may grow after warming up: caches and write buffers fill once, and everything else stands.
inline constexpr double kMemoryOnceMib = 256;
inline constexpr double kMemoryAMinuteMib = 4;
inline constexpr double kFilesOnce = 64;
inline constexpr double kFilesAMinute = 1;

/// What grew more than that between the first and any later of `signs`; "" if nothing did.
std::string Growth(const std::vector<VitalSigns>& signs);

}  // namespace tearline::soak
