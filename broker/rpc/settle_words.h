#pragma once

#include <string>

#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// What a session says of items it received, checked, and as the machine's commands: one form,
/// whether it comes in a stream's frame or in a call of its own. `path` names the field in a
/// refusal.

/// The session that speaks, and of which feed.
struct Speaker {
  std::string feed;
  std::string session_id;  ///< 16 bytes.
};

/// Refuses: FIELD_INVALID the lane; LIMIT_PASSED more than kAcknowledgeMax numbers.
[[nodiscard]] Status CheckAcknowledgement(const v1::LaneAcknowledgement& words,
                                          const std::string& path);
/// Refuses: FIELD_INVALID the lane; LIMIT_PASSED a delay that is not 0 to kRetryDelayMax.
[[nodiscard]] Status CheckRetry(const v1::RetryItem& words, const std::string& path);
/// Refuses: FIELD_INVALID the lane.
[[nodiscard]] Status CheckPark(const v1::ParkItem& words, const std::string& path);

/// Numbers rise, each once. Requires: checked.
[[nodiscard]] stored::v1::Acknowledge CommandOf(const Speaker& speaker,
                                                const v1::LaneAcknowledgement& words);
[[nodiscard]] stored::v1::Retry CommandOf(const Speaker& speaker, const v1::RetryItem& words);
[[nodiscard]] stored::v1::Park CommandOf(const Speaker& speaker, const v1::ParkItem& words);

}  // namespace tearline::rpc
