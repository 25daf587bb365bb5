#include "clients/cli/show_meeting.h"

#include <algorithm>
#include <iostream>

#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"

namespace tearline::cli {
namespace {

const v1::MeetingDocument* MinutesOf(const v1::Meeting& meeting) {
  const auto found =
      std::find_if(meeting.documents().rbegin(), meeting.documents().rend(),
                   [](const auto& each) { return each.kind() == v1::DOCUMENT_KIND_MINUTES; });
  return found == meeting.documents().rend() ? nullptr : &*found;
}

bool IsPlanned(const v1::Meeting& meeting) {
  return meeting.outcome() == v1::MEETING_OUTCOME_UNSPECIFIED;
}

std::string AttendanceText(const v1::Meeting& meeting, const v1::MeetingAttendee& attendee) {
  if (attendee.attendance() != v1::MEETING_ATTENDANCE_UNSPECIFIED) {
    return Word(attendee.attendance()) + (attendee.expected() ? "" : ", not expected");
  }
  return meeting.outcome() == v1::MEETING_OUTCOME_HELD ? "absent" : "expected";
}

}  // namespace

std::string MeetingStateText(const v1::Meeting& meeting) {
  return IsPlanned(meeting) ? "planned" : Word(meeting.outcome());
}

std::string MinutesText(const v1::Meeting& meeting) {
  if (meeting.outcome() != v1::MEETING_OUTCOME_HELD) return "";
  const v1::MeetingDocument* minutes = MinutesOf(meeting);
  if (minutes == nullptr) return "none, due " + TimeText(meeting.minutes_due_at());
  return "version " + std::to_string(minutes->version()) + ", kept by " + minutes->kept_by();
}

void ShowMeeting(const v1::Meeting& meeting) {
  std::cout << meeting.meeting_id() << "  " << Word(meeting.kind()) << ", "
            << MeetingStateText(meeting) << '\n'
            << "  planned for " << TimeText(meeting.planned_for()) << " by " << meeting.planned_by()
            << (meeting.has_held_at() ? "   held " + TimeText(meeting.held_at()) : "") << '\n';
  if (const std::string minutes = MinutesText(meeting); !minutes.empty()) {
    std::cout << "  minutes " << minutes << '\n';
  }
  Table posts({"POST", "WAS"});
  for (const v1::MeetingAttendee& attendee : meeting.attendees()) {
    posts.Add({attendee.post(), AttendanceText(meeting, attendee)});
  }
  if (!posts.Empty()) posts.Print(2);
  Table documents({"DOCUMENT", "VERSION", "EDITION", "KEPT BY", "RECORDED", "SHA-256"});
  for (const v1::MeetingDocument& each : meeting.documents()) {
    documents.Add({Word(each.kind()), std::to_string(each.version()), each.form_edition(),
                   each.kept_by(), TimeText(each.recorded_at()), verifier::Hex(each.digest())});
  }
  if (!documents.Empty()) documents.Print(2);
  for (const std::string& action : meeting.actions_set()) {
    std::cout << "  agreed " << action << '\n';
  }
  for (const std::string& action : meeting.actions_reviewed()) {
    std::cout << "  went through " << action << '\n';
  }
}

}  // namespace tearline::cli
