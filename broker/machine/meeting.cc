#include "broker/machine/meeting.h"

#include <algorithm>
#include <limits>

#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::MeetingDocumentRow;
using stored::v1::MeetingRow;

/// As many as a case ever had: a few a year.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

}  // namespace

state::Key MeetingsOf(const std::string& case_id) {
  return state::Key(state::Table::kMeeting).Fixed(case_id);
}

state::Key MeetingKey(const std::string& case_id, const std::string& meeting_id) {
  return MeetingsOf(case_id).Fixed(meeting_id);
}

std::size_t PlannedOf(const std::string& case_id, const state::Reader& reader) {
  std::size_t planned = 0;
  for (const auto& [key, bytes] : reader.Scan(MeetingsOf(case_id), kAll)) {
    MeetingRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a meeting's row parses");
    if (row.outcome() == v1::MEETING_OUTCOME_UNSPECIFIED) ++planned;
  }
  return planned;
}

int VersionOf(const MeetingRow& row, int place) {
  const v1::DocumentKind kind = row.documents(place).kind();
  return static_cast<int>(
      std::count_if(row.documents().begin(), row.documents().begin() + place + 1,
                    [kind](const MeetingDocumentRow& each) { return each.kind() == kind; }));
}

const MeetingDocumentRow* NewestOf(const MeetingRow& row, v1::DocumentKind kind) {
  const auto found =
      std::find_if(row.documents().rbegin(), row.documents().rend(),
                   [kind](const MeetingDocumentRow& each) { return each.kind() == kind; });
  return found == row.documents().rend() ? nullptr : &*found;
}

Status CheckMeetingOfAction(const std::string& case_id, const std::string& meeting_id,
                            const state::Reader& reader) {
  if (meeting_id.empty()) return {};
  const auto row = reader.See<MeetingRow>(MeetingKey(case_id, meeting_id));
  if (row && row->outcome() != v1::MEETING_OUTCOME_CANCELLED) return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "`meeting_id` must be a meeting of the case that was not cancelled");
}

void NoteAction(const std::string& case_id, const std::string& meeting_id,
                const std::string& action_id, AtMeeting what, Step& step) {
  if (meeting_id.empty()) return;
  auto row = step.batch.Find<MeetingRow>(MeetingKey(case_id, meeting_id));
  TEARLINE_INVARIANT(row.has_value(), "a meeting that an action names is there");
  auto& named =
      what == AtMeeting::kAgreed ? *row->mutable_actions_set() : *row->mutable_actions_reviewed();
  if (named.size() >= model::kMeetingActionsMax ||
      std::find(named.begin(), named.end(), action_id) != named.end()) {
    return;
  }
  *named.Add() = action_id;
  step.batch.PutRow(MeetingKey(case_id, meeting_id), *row);
}

}  // namespace tearline::machine
