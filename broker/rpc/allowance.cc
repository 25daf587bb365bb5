#include "broker/rpc/allowance.h"

namespace tearline::rpc {

Status Allowance::Take(const std::string& member, std::int64_t now_ms) {
  const std::scoped_lock lock(mutex_);
  if (const std::int64_t minute = now_ms / 60'000; minute != minute_) {
    minute_ = minute;
    used_.clear();
  }
  std::uint32_t& used = used_[member];
  if (used >= per_minute_) {
    return Refuse(v1::ERROR_REASON_QUOTA_USED,
                  "at most " + std::to_string(per_minute_) +
                      " of these in a minute; `tearlined --check-policy` does the same offline");
  }
  ++used;
  return {};
}

}  // namespace tearline::rpc
