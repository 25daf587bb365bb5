#pragma once

#include <cstdint>
#include <string>

#include "broker/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// Whether an item's form is right: everything that can be said without the state, apart from its
/// identifiers. Whether the caller may say it at all, the machine judges.
///
/// Refuses: FIELD_INVALID, LIMIT_PASSED, EVENT_TYPE_INVALID, LABEL_INVALID, NAME_INVALID,
///          TIME_INVALID, with sentences that name fields from `event` on and quote nothing.
/// Threads: any.
[[nodiscard]] Status CheckPublish(const v1::PublishItem& item, std::int64_t now_ms);

/// Whether a time is one that a record of a living person may speak of.
///
/// Refuses: TIME_INVALID  it is not of the years 1900 to 9999, or has nanoseconds that are none.
[[nodiscard]] Status CheckYears(const google::protobuf::Timestamp& time, const std::string& path);

/// Milliseconds since 1970, rounded down. Requires: the time passed CheckYears, or is absent: 0.
[[nodiscard]] std::int64_t MillisecondsOf(const google::protobuf::Timestamp& time);

}  // namespace tearline::sequencer
