#pragma once

#include <string>

#include "tearline/v1/meeting.pb.h"

namespace tearline::cli {

/// "planned", "held", "cancelled".
[[nodiscard]] std::string MeetingStateText(const v1::Meeting& meeting);

/// Where the minutes are: "version 2, kept by probation/chair", "none, due 2026-03-04T10:00:00Z";
/// "" unless it was held.
[[nodiscard]] std::string MinutesText(const v1::Meeting& meeting);

/// One meeting for people, on stdout.
void ShowMeeting(const v1::Meeting& meeting);

}  // namespace tearline::cli
