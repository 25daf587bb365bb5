#include "broker/rpc/look_at_meetings.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "broker/machine/meeting.h"
#include "broker/model/ids.h"
#include "broker/rpc/ask_about_case.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::MeetingDocumentRow;
using stored::v1::MeetingRow;

/// With everybody who came and every document, a page is below a megabyte.
constexpr int kMeetingsOfPageMax = 32;

void ShowDocuments(const MeetingRow& row, v1::Meeting& shown) {
  for (int i = 0; i < row.documents_size(); ++i) {
    const MeetingDocumentRow& each = row.documents(i);
    v1::MeetingDocument& document = *shown.add_documents();
    document.set_kind(each.kind());
    document.set_form_edition(each.form_edition());
    document.set_digest(each.digest());
    document.set_kept_by(each.kept_by());
    document.set_version(static_cast<std::uint32_t>(machine::VersionOf(row, i)));
    *document.mutable_recorded_at() = TimeUtil::MillisecondsToTimestamp(each.recorded_ms());
    document.set_recorded_by(each.recorded_by());
  }
}

v1::Meeting Shown(const std::string& id, const std::string& case_id, const MeetingRow& row) {
  v1::Meeting shown;
  shown.set_meeting_id(id);
  shown.set_case_id(case_id);
  shown.set_kind(row.kind());
  *shown.mutable_planned_for() = TimeUtil::MillisecondsToTimestamp(row.planned_for_ms());
  *shown.mutable_planned_at() = TimeUtil::MillisecondsToTimestamp(row.planned_ms());
  shown.set_planned_by(row.planned_by());
  shown.set_outcome(row.outcome());
  if (row.outcome() == v1::MEETING_OUTCOME_HELD) {
    *shown.mutable_held_at() = TimeUtil::MillisecondsToTimestamp(row.held_ms());
    *shown.mutable_minutes_due_at() = TimeUtil::MillisecondsToTimestamp(row.minutes_due_ms());
  }
  *shown.mutable_attendees() = row.attendees();
  ShowDocuments(row, shown);
  for (const std::string& action_id : row.actions_set()) {
    shown.add_actions_set(model::ActionId::FromBytes(action_id)->Text());
  }
  for (const std::string& action_id : row.actions_reviewed()) {
    shown.add_actions_reviewed(model::ActionId::FromBytes(action_id)->Text());
  }
  return shown;
}

}  // namespace

Result<Looked> LookAtMeetings(const v1::ListMeetingsRequest& request,
                              const stored::v1::Actor& actor, const state::Reader& view,
                              std::int64_t now_ms, v1::ListMeetingsResponse& response) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto after =
      ReadOptionalId<model::MeetingId>(request.after_meeting_id(), "after_meeting_id");
  if (!after.ok()) return after.status();
  Result<Looked> looked = AskAboutCase(case_id->Bytes(), actor, view, now_ms);
  if (!looked.ok()) return looked;

  const state::Key all = machine::MeetingsOf(case_id->Bytes());
  for (const auto& [key, bytes] :
       view.Scan(all, machine::MeetingKey(case_id->Bytes(), *after), kMeetingsOfPageMax + 2)) {
    const std::string id = key.substr(all.bytes().size());
    if (id == *after) continue;
    if (response.meetings_size() == kMeetingsOfPageMax) {
      response.set_after_meeting_id(response.meetings(kMeetingsOfPageMax - 1).meeting_id());
      break;
    }
    MeetingRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a meeting's row parses");
    *response.add_meetings() =
        Shown(model::MeetingId::FromBytes(id)->Text(), request.case_id(), row);
  }
  return looked;
}

}  // namespace tearline::rpc
