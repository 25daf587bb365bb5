#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "broker/status/status.h"

namespace tearline::rpc {

/// How often one member may ask, in each minute, for what costs work and records nothing.
///
/// Threads: any.
class Allowance {
 public:
  explicit Allowance(std::uint32_t per_minute) : per_minute_(per_minute) {}

  /// Counts one more question of `member`, "AGENCY/MEMBER".
  ///
  /// Refuses: QUOTA_USED.
  [[nodiscard]] Status Take(const std::string& member, std::int64_t now_ms);

 private:
  const std::uint32_t per_minute_;
  std::mutex mutex_;
  std::int64_t minute_ = 0;
  std::map<std::string, std::uint32_t> used_;  ///< In this minute.
};

}  // namespace tearline::rpc
