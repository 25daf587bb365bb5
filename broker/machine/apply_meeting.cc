#include "broker/machine/apply_meeting.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/machine/case_row.h"
#include "broker/machine/judge.h"
#include "broker/machine/meeting.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::MeetingDocumentRow;
using stored::v1::MeetingRow;
using Names = google::protobuf::RepeatedPtrField<std::string>;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status NoSuchMeeting() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "no such meeting of a case whose panel this post chairs or co-ordinates");
}

/// Names of posts, each once and not too many. `holds` says what more each must be.
template <typename Holds>
Status CheckPosts(const Names& posts, const std::string& path, Holds holds) {
  if (posts.size() > model::kAttendeesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + "` has at most 64");
  }
  std::set<std::string> seen;
  for (const std::string& post : posts) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(post, path));
    if (!seen.insert(post).second) return FieldInvalid("`" + path + "` must name each post once");
    TEARLINE_RETURN_IF_REFUSED(holds(post));
  }
  return {};
}

/// Whoever sits on the panel, and the accountable officer.
std::set<std::string> PanelOf(const v1::Case& its_case) {
  std::set<std::string> posts = {its_case.accountable_post()};
  for (const v1::Seat& seat : its_case.seats()) posts.insert(seat.post());
  posts.erase("");
  return posts;
}

Status CheckHeld(const stored::v1::EndMeeting& command, std::int64_t held_ms, const Step& step) {
  if (held_ms > step.now_ms()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`held_at` must not be in the future; where it is absent, the planned time is "
                  "meant");
  }
  const auto known = [&step](const std::string& post) {
    return step.batch.Get(PostKey(post))
               ? Status()
               : Refuse(v1::ERROR_REASON_NOT_FOUND,
                        "`present` and `apologies` must be posts the directory knows");
  };
  if (command.present().empty()) return FieldInvalid("`present` must name who was there");
  TEARLINE_RETURN_IF_REFUSED(CheckPosts(command.present(), "present", known));
  const std::set<std::string> present(command.present().begin(), command.present().end());
  return CheckPosts(command.apologies(), "apologies", [&](const std::string& post) {
    return present.contains(post)
               ? FieldInvalid("`apologies` must not name a post that was present")
               : known(post);
  });
}

/// Who came of those expected, and who else; in order of name.
void WriteAttendance(const stored::v1::EndMeeting& command, MeetingRow& row) {
  std::map<std::string, v1::MeetingAttendee> all;
  for (const v1::MeetingAttendee& each : row.attendees()) all[each.post()] = each;
  for (const std::string& post : command.present()) {
    all[post].set_attendance(v1::MEETING_ATTENDANCE_PRESENT);
  }
  for (const std::string& post : command.apologies()) {
    all[post].set_attendance(v1::MEETING_ATTENDANCE_APOLOGIES);
  }
  row.clear_attendees();
  for (auto& [post, attendee] : all) {
    attendee.set_post(post);
    *row.add_attendees() = std::move(attendee);
  }
}

Status CheckDocument(const stored::v1::RecordMinutes& command, const MeetingRow& row,
                     const std::string& kept_by, const Step& step) {
  if (!v1::DocumentKind_IsValid(command.kind()) ||
      command.kind() == v1::DOCUMENT_KIND_UNSPECIFIED) {
    return FieldInvalid("`kind` must be minutes or executive summary");
  }
  if (!command.form_edition().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(command.form_edition(), "form_edition"));
  }
  if (command.digest().size() != crypto::Digest::kBytes) {
    return FieldInvalid("`digest` must be 32 bytes");
  }
  if (!step.batch.Get(PostKey(kept_by))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`kept_by` must be a post the directory knows");
  }
  if (row.outcome() != v1::MEETING_OUTCOME_HELD) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the meeting must have been held");
  }
  const MeetingDocumentRow* newest = NewestOf(row, command.kind());
  if (newest != nullptr && newest->digest() == command.digest()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "this document is the one in force");
  }
  const auto of_kind = std::count_if(
      row.documents().begin(), row.documents().end(),
      [&command](const MeetingDocumentRow& each) { return each.kind() == command.kind(); });
  if (of_kind >= model::kMeetingDocumentsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a meeting has at most 16 documents of a kind");
  }
  return {};
}

}  // namespace

Status ApplyPlanMeeting(const stored::v1::PlanMeeting& command, Step& step) {
  const auto its_case = step.batch.See<CaseRow>(CaseKey(command.case_id()));
  if (!its_case || !SpeaksForPanel(its_case->case_(), step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such case whose panel this post chairs or co-ordinates");
  }
  if (its_case->ended_ms() != 0) return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  if (!v1::MeetingKind_IsValid(command.kind()) || command.kind() == v1::MEETING_KIND_UNSPECIFIED) {
    return FieldInvalid("`kind` must be a known kind of meeting");
  }
  if (command.planned_for_ms() <= step.now_ms() ||
      command.planned_for_ms() > step.now_ms() + model::kPanelDueMax.count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`planned_for` must be in the future, at most 366 days away");
  }
  const std::set<std::string> brought_in = PostsOfCase(*its_case);
  TEARLINE_RETURN_IF_REFUSED(
      CheckPosts(command.expected(), "expected", [&brought_in](const std::string& post) {
        return brought_in.contains(post)
                   ? Status()
                   : Refuse(v1::ERROR_REASON_NOT_FOUND,
                            "`expected` must be posts that the case brings in");
      }));
  TEARLINE_RETURN_IF_REFUSED(CheckRoomForMeeting(command.case_id(), step.batch));

  const auto id = step.MakeId<model::MeetingId>(model::MeetingTag{});
  MeetingRow row;
  row.set_kind(command.kind());
  row.set_planned_for_ms(command.planned_for_ms());
  row.set_planned_ms(step.now_ms());
  row.set_planned_by(step.actor.post());
  std::set<std::string> expected(command.expected().begin(), command.expected().end());
  if (expected.empty()) expected = PanelOf(its_case->case_());
  for (const std::string& post : expected) {
    v1::MeetingAttendee& attendee = *row.add_attendees();
    attendee.set_post(post);
    attendee.set_expected(true);
  }
  step.batch.PutRow(MeetingKey(command.case_id(), id.Bytes()), row);
  step.AddChanged("meeting-planned", id.Text(), its_case->case_().case_id());
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyEndMeeting(const stored::v1::EndMeeting& command, Step& step) {
  const auto its_case = step.batch.See<CaseRow>(CaseKey(command.case_id()));
  const state::Key key = MeetingKey(command.case_id(), command.meeting_id());
  auto row = step.batch.Find<MeetingRow>(key);
  if (!its_case || !row || command.meeting_id().empty() ||
      !SpeaksForPanel(its_case->case_(), step.actor, step.batch)) {
    return NoSuchMeeting();
  }
  if (!v1::MeetingOutcome_IsValid(command.outcome()) ||
      command.outcome() == v1::MEETING_OUTCOME_UNSPECIFIED) {
    return FieldInvalid("`outcome` must be held or cancelled");
  }
  if (row->outcome() != v1::MEETING_OUTCOME_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the meeting was held, or cancelled");
  }
  const bool held = command.outcome() == v1::MEETING_OUTCOME_HELD;
  const std::int64_t held_ms = command.held_ms() == 0 ? row->planned_for_ms() : command.held_ms();
  if (held) {
    TEARLINE_RETURN_IF_REFUSED(CheckHeld(command, held_ms, step));
  } else if (command.held_ms() != 0 || !command.present().empty() || !command.apologies().empty()) {
    return FieldInvalid(
        "`held_at`, `present` and `apologies` go with a meeting that was held, and only with that");
  }

  row->set_outcome(command.outcome());
  row->set_ended_ms(step.now_ms());
  if (held) {
    row->set_held_ms(held_ms);
    WriteAttendance(command, *row);
    OweMinutes(command.case_id(), command.meeting_id(), *its_case, *row, step);
  }
  step.batch.PutRow(key, *row);
  step.AddChanged(held ? "meeting-held" : "meeting-cancelled",
                  model::MeetingId::FromBytes(command.meeting_id())->Text(),
                  its_case->case_().case_id());
  return {};
}

Status ApplyRecordMinutes(const stored::v1::RecordMinutes& command, Step& step) {
  const auto its_case = step.batch.See<CaseRow>(CaseKey(command.case_id()));
  const state::Key key = MeetingKey(command.case_id(), command.meeting_id());
  auto row = step.batch.Find<MeetingRow>(key);
  if (!its_case || !row || command.meeting_id().empty() ||
      !SpeaksForPanel(its_case->case_(), step.actor, step.batch)) {
    return NoSuchMeeting();
  }
  const std::string kept_by = command.kept_by().empty() ? step.actor.post() : command.kept_by();
  TEARLINE_RETURN_IF_REFUSED(CheckDocument(command, *row, kept_by, step));

  const bool first_minutes = command.kind() == v1::DOCUMENT_KIND_MINUTES &&
                             NewestOf(*row, v1::DOCUMENT_KIND_MINUTES) == nullptr;
  MeetingDocumentRow& document = *row->add_documents();
  document.set_kind(command.kind());
  document.set_form_edition(command.form_edition());
  document.set_digest(command.digest());
  document.set_kept_by(kept_by);
  document.set_recorded_ms(step.now_ms());
  document.set_recorded_by(step.actor.post());
  step.batch.PutRow(key, *row);
  step.AddChanged(
      "meeting-" + model::CodeOf(v1::DocumentKind_Name(command.kind()), "DOCUMENT_KIND_"),
      model::MeetingId::FromBytes(command.meeting_id())->Text(),
      crypto::Digest::FromBytes(command.digest())->Hex());
  if (first_minutes) End(row->obligation_id(), stored::v1::DISCHARGE_METHOD_UNSPECIFIED, step);
  return {};
}

}  // namespace tearline::machine
