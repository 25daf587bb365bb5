#include <algorithm>
#include <string>

#include "broker/crypto/digest.h"
#include "broker/machine/action.h"
#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/climb.h"
#include "broker/machine/judge.h"
#include "broker/machine/meeting.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::ActionRow;
using stored::v1::CaseRow;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status NoSuchAction() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such action that this post has a say in");
}

Status NoSuchOwner() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "`owner_post` must be a post the case brings in: seated, named, accountable or "
                "supervising");
}

Status CheckDue(std::int64_t due_ms, std::int64_t after_ms, const Step& step) {
  if (due_ms > after_ms && due_ms - step.now_ms() <= model::kPanelDueMax.count()) return {};
  return Refuse(
      v1::ERROR_REASON_TIME_INVALID,
      "`due_at` must be in the future, after it was due before, and at most 366 days away");
}

Status CheckEvidence(const stored::v1::EndAction& command, const std::string& nominal_id,
                     const Step& step) {
  const bool by_event = !command.evidence_event_id().empty();
  const bool by_document = !command.evidence_digest().empty();
  if (command.end() != v1::ACTION_END_DONE) {
    if (!by_event && !by_document) return {};
    return FieldInvalid("`evidence` goes with an action that is done, and only with that");
  }
  if (by_event == by_document) {
    return FieldInvalid(
        "`evidence` must be an event or a document's digest: what is done is shown");
  }
  if (by_event) {
    return CheckActionEvent(command.evidence_event_id(), nominal_id, step.actor.post(), step.batch);
  }
  if (command.evidence_digest().size() == crypto::Digest::kBytes) return {};
  return FieldInvalid("`evidence_digest` must be 32 bytes");
}

/// What may become of an action, by whom, and what goes with it.
Status CheckEnd(const stored::v1::EndAction& command, const CaseRow& its_case, const ActionRow& row,
                const Step& step) {
  if (!v1::ActionEnd_IsValid(command.end()) || command.end() == v1::ACTION_END_UNSPECIFIED) {
    return FieldInvalid("`end` must be done, overtaken or carried over");
  }
  if (row.ended_ms() != 0) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the action has ended");
  }
  if (command.end() != v1::ACTION_END_DONE &&
      !SpeaksForPanel(its_case.case_(), step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only the panel's chair or a co-ordinator says that an action is overtaken or "
                  "carried over; its owner says that it is done");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckEvidence(command, NominalOf(its_case), step));
  if (command.end() != v1::ACTION_END_CARRIED_OVER) {
    if (!command.owner_post().empty()) {
      return FieldInvalid(
          "`owner_post` goes with an action that is carried over, and only with that");
    }
    if (command.due_ms() == 0) return {};
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`due_at` goes with an action that is carried over, and only with that");
  }
  if (!IsOwed(row, step.batch)) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "nothing is owed of the action any more, since its person was erased: it is "
                  "done or overtaken");
  }
  if (!command.owner_post().empty() && !PostsOfCase(its_case).contains(command.owner_post())) {
    return NoSuchOwner();
  }
  return CheckDue(command.due_ms(), std::max(row.due_ms(), step.now_ms()), step);
}

/// It is due later; by another owner, if one is named, who owes it from now on.
void CarryOver(const stored::v1::EndAction& command, const std::string& nominal_id, ActionRow& row,
               Step& step) {
  row.set_due_ms(command.due_ms());
  row.set_carried_over(row.carried_over() + 1);
  if (command.owner_post().empty() || command.owner_post() == row.owner_post()) {
    return Uphold(row.obligation_id(), command.due_ms(), step);
  }
  End(row.obligation_id(), stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
  row.set_owner_post(command.owner_post());
  row.set_obligation_id(
      OpenCompletion(command.case_id(), nominal_id, command.action_id(), row, step));
  step.AddChanged("action-handed-on", model::ActionId::FromBytes(command.action_id())->Text(),
                  command.owner_post());
}

}  // namespace

Status ApplyAddAction(const stored::v1::AddAction& command, Step& step) {
  const auto row = step.batch.Find<CaseRow>(CaseKey(command.case_id()));
  if (!row || !SpeaksForPanel(row->case_(), step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such case whose panel this post chairs or co-ordinates");
  }
  if (row->ended_ms() != 0) return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  if (!v1::ActionKind_IsValid(command.kind()) || command.kind() == v1::ACTION_KIND_UNSPECIFIED) {
    return FieldInvalid("`kind` must be a known kind of action");
  }
  if (!PostsOfCase(*row).contains(command.owner_post())) return NoSuchOwner();
  TEARLINE_RETURN_IF_REFUSED(CheckDue(command.due_ms(), step.now_ms(), step));
  const std::string nominal_id = NominalOf(*row);
  if (!command.about_event_id().empty()) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckActionEvent(command.about_event_id(), nominal_id, step.actor.post(), step.batch));
  }
  TEARLINE_RETURN_IF_REFUSED(
      CheckMeetingOfAction(command.case_id(), command.meeting_id(), step.batch));
  if (OpenActionsOf(command.case_id(), nominal_id, step.batch).size() >= model::kOpenActionsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a case has at most 64 open actions");
  }

  const auto id = step.MakeId<model::ActionId>(model::ActionTag{});
  ActionRow action;
  action.set_kind(command.kind());
  action.set_owner_post(command.owner_post());
  action.set_due_ms(command.due_ms());
  action.set_added_ms(step.now_ms());
  action.set_added_by(step.actor.post());
  action.set_about_event_id(command.about_event_id());
  action.set_set_at_meeting_id(command.meeting_id());
  step.AddChanged("action-added", id.Text(), command.owner_post());
  step.AddChanged("action-kind", id.Text(),
                  model::CodeOf(v1::ActionKind_Name(command.kind()), "ACTION_KIND_"));
  action.set_obligation_id(OpenCompletion(command.case_id(), nominal_id, id.Bytes(), action, step));
  step.batch.PutRow(ActionKey(command.case_id(), id.Bytes()), action);
  NoteAction(command.case_id(), command.meeting_id(), id.Bytes(), AtMeeting::kAgreed, step);
  if (!command.about_event_id().empty()) step.trail.insert(command.about_event_id());
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyEndAction(const stored::v1::EndAction& command, Step& step) {
  const auto its_case = step.batch.Find<CaseRow>(CaseKey(command.case_id()));
  const state::Key key = ActionKey(command.case_id(), command.action_id());
  auto row = step.batch.Find<ActionRow>(key);
  if (!its_case || !row ||
      (row->owner_post() != step.actor.post() &&
       !SpeaksForPanel(its_case->case_(), step.actor, step.batch))) {
    return NoSuchAction();
  }
  TEARLINE_RETURN_IF_REFUSED(CheckEnd(command, *its_case, *row, step));
  TEARLINE_RETURN_IF_REFUSED(
      CheckMeetingOfAction(command.case_id(), command.meeting_id(), step.batch));

  const std::string id = model::ActionId::FromBytes(command.action_id())->Text();
  step.AddChanged("action-ended", id,
                  model::CodeOf(v1::ActionEnd_Name(command.end()), "ACTION_END_"));
  if (!command.meeting_id().empty()) row->set_reviewed_at_meeting_id(command.meeting_id());
  NoteAction(command.case_id(), command.meeting_id(), command.action_id(), AtMeeting::kWentThrough,
             step);
  if (command.end() == v1::ACTION_END_CARRIED_OVER) {
    CarryOver(command, NominalOf(*its_case), *row, step);
    step.batch.PutRow(key, *row);
    return {};
  }
  row->set_end(command.end());
  row->set_ended_ms(step.now_ms());
  row->set_ended_by(step.actor.post());
  row->set_evidence_event_id(command.evidence_event_id());
  row->set_evidence_digest(command.evidence_digest());
  step.batch.PutRow(key, *row);
  if (command.end() == v1::ACTION_END_DONE) {
    step.AddChanged("action-evidence", id,
                    crypto::Digest::FromBytes(EvidenceDigestOf(command.action_id(), *row))->Hex());
  }
  if (!command.evidence_event_id().empty()) step.trail.insert(command.evidence_event_id());
  EndWhatIsOwed(command.case_id(), NominalOf(*its_case), command.action_id(), *row, step);
  return {};
}

}  // namespace tearline::machine
