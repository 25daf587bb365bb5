#include "broker/machine/meeting.h"

#include <algorithm>
#include <utility>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::MeetingDocumentRow;
using stored::v1::MeetingRow;
using stored::v1::ObligationRow;

/// Minutes may take two weeks, then their lack climbs a step a day.
constexpr policy::OpenedObligation kMinutes = {v1::OBLIGATION_TYPE_RECORD_MINUTES,
                                               model::kMinutesWithin.count(), 24 * kHourMs};

/// One meeting, by its case.
struct MeetingRef {
  const std::string& case_id;
  const std::string& id;
  const CaseRow& its_case;
};

/// The posts that chair the panel and are not kept out of the person, in order of their seats.
std::vector<std::string> ChairsOf(const CaseRow& its_case, const state::Reader& reader) {
  std::vector<std::string> chairs;
  for (const v1::Seat& seat : its_case.case_().seats()) {
    if (seat.kind() == v1::SEAT_KIND_CHAIR &&
        !IsKeptOutOfPerson(seat.post(), NominalOf(its_case), reader)) {
      chairs.push_back(seat.post());
    }
  }
  return chairs;
}

/// Opens what a post owes for a meeting's minutes, and has the meeting name it.
void OpenMinutes(const MeetingRef& meeting, const std::string& debtor, std::int64_t within_ms,
                 MeetingRow& row, Step& step) {
  ObligationRow owed;
  owed.set_type(v1::OBLIGATION_TYPE_RECORD_MINUTES);
  owed.set_reason(v1::RULE_REASON_MEETING_HELD);
  owed.set_nominal_id(NominalOf(meeting.its_case));
  owed.set_case_id(meeting.case_id);
  owed.set_debtor_post(debtor);
  owed.set_meeting_id(meeting.id);
  policy::OpenedObligation terms = kMinutes;
  terms.within_ms = within_ms;
  const state::Key open_key = OpenKey(owed);
  OpenOrJoin(std::move(owed), terms, step);
  row.set_obligation_id(*step.batch.Get(open_key));
}

/// Open duties to record minutes of a case: at most one for each meeting.
std::vector<std::string> OpenMinutesOf(const std::string& case_id, const CaseRow& its_case,
                                       const state::Reader& reader) {
  const state::Key all = OpenAbout(NominalOf(its_case))
                             .Fixed(case_id)
                             .U8(static_cast<std::uint8_t>(v1::OBLIGATION_TYPE_RECORD_MINUTES));
  std::vector<std::string> ids;
  for (const auto& [key, id] : reader.Scan(all, model::kMeetingsEverMax)) ids.push_back(id);
  return ids;
}

}  // namespace

state::Key MeetingsOf(const std::string& case_id) {
  return state::Key(state::Table::kMeeting).Fixed(case_id);
}

state::Key MeetingKey(const std::string& case_id, const std::string& meeting_id) {
  return MeetingsOf(case_id).Fixed(meeting_id);
}

Status CheckRoomForMeeting(const std::string& case_id, const state::Reader& reader) {
  const auto ever = reader.Scan(MeetingsOf(case_id), model::kMeetingsEverMax);
  if (ever.size() == model::kMeetingsEverMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a case has at most 1024 meetings");
  }
  const auto planned = std::count_if(ever.begin(), ever.end(), [](const auto& each) {
    MeetingRow row;
    TEARLINE_INVARIANT(row.ParseFromString(each.second), "a meeting's row parses");
    return row.outcome() == v1::MEETING_OUTCOME_UNSPECIFIED;
  });
  if (static_cast<std::size_t>(planned) < model::kPlannedMeetingsMax) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "at most 16 meetings of a case are planned");
}

void OweMinutes(const std::string& case_id, const std::string& meeting_id, const CaseRow& its_case,
                MeetingRow& row, Step& step) {
  const std::vector<std::string> chairs = ChairsOf(its_case, step.batch);
  row.set_minutes_due_ms(step.now_ms() + kMinutes.within_ms);
  OpenMinutes({case_id, meeting_id, its_case}, chairs.empty() ? step.actor.post() : chairs.front(),
              kMinutes.within_ms, row, step);
}

void FollowChair(const std::string& case_id, const CaseRow& its_case, Step& step) {
  const std::vector<std::string> chairs = ChairsOf(its_case, step.batch);
  if (chairs.empty()) return;
  for (const std::string& id : OpenMinutesOf(case_id, its_case, step.batch)) {
    const auto before = step.batch.Find<ObligationRow>(ObligationKey(id));
    TEARLINE_INVARIANT(before.has_value(), "an open obligation has its row");
    if (std::find(chairs.begin(), chairs.end(), before->debtor_post()) != chairs.end()) continue;
    const state::Key key = MeetingKey(case_id, before->meeting_id());
    auto row = step.batch.Find<MeetingRow>(key);
    TEARLINE_INVARIANT(row.has_value(), "a meeting whose minutes are owed is there");
    End(id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
    OpenMinutes({case_id, before->meeting_id(), its_case}, chairs.front(),
                before->due_ms() - step.now_ms(), *row, step);
    step.batch.PutRow(key, *row);
  }
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
