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
  /// The median of what a publish took since the look before, over that of a bare synced append now;
  /// 0 if either is not known.
  double publish_over_sync = 0;
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

/// How much slower the later half of a run may be than the earlier one: the disk's own pace is taken
/// out, a neighbour's load is not.
inline constexpr double kSlowerMax = 3;

/// Whether publishing became slower: the median of the later half of `signs` over that of the
/// earlier half is more than kSlowerMax; "" if not, or if there are fewer than four that know.
std::string Slowing(const std::vector<VitalSigns>& signs);

}  // namespace tearline::soak
