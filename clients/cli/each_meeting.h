#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/call.h"
#include "tearline/v1/meeting_service.grpc.pb.h"

namespace tearline::cli {

/// A case's meetings, by the time they were planned for.
inline std::vector<v1::Meeting> MeetingsOf(const Invocation& invocation,
                                           const std::string& case_id) {
  v1::ListMeetingsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(case_id);
  std::vector<v1::Meeting> meetings;
  do {
    const v1::ListMeetingsResponse response = Ask<v1::MeetingService>(
        invocation, &v1::MeetingService::StubInterface::ListMeetings, request);
    meetings.insert(meetings.end(), response.meetings().begin(), response.meetings().end());
    request.set_after_meeting_id(response.after_meeting_id());
  } while (!request.after_meeting_id().empty());
  std::stable_sort(meetings.begin(), meetings.end(),
                   [](const v1::Meeting& a, const v1::Meeting& b) {
                     return std::pair(a.planned_for().seconds(), a.planned_for().nanos()) <
                            std::pair(b.planned_for().seconds(), b.planned_for().nanos());
                   });
  return meetings;
}

}  // namespace tearline::cli
