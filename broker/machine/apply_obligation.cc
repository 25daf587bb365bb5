#include <chrono>
#include <optional>

#include "broker/machine/apply.h"
#include "broker/machine/climb.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/information_request.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using stored::v1::ObligationRow;

/// Whether the acting post has a say in an obligation. To everybody else there is none.
bool HasASay(const std::string& id, const ObligationRow& row, const Step& step) {
  const std::string& post = step.actor.post();
  return Concerns(row, post) && MayHearOf(id, row, post, step.batch);
}

/// An open obligation in which the acting post has a say.
std::optional<ObligationRow> FindOpen(const std::string& id, const Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(id));
  if (!row || row->ended_ms() != 0 || !HasASay(id, *row, step)) return std::nullopt;
  return row;
}

Status NoSuchObligation() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such open obligation of this post");
}

/// What follows a withdrawal ends only as it must: deleted, by whoever received it; or judged
/// against the law, in whichever way.
Status EndWithdrawalDebt(const stored::v1::DischargeObligation& command, const ObligationRow& row,
                         Step& step) {
  const bool delete_it = row.type() == v1::OBLIGATION_TYPE_CONFIRM_DELETION;
  if (delete_it && command.method() != stored::v1::DISCHARGE_METHOD_DELETED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`discharge` must be deleted: nothing else ends a duty to confirm deletion");
  }
  if (delete_it && step.actor.post() != row.debtor_post()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST,
                  "only the post that received the event can say that it is deleted there");
  }
  if (!delete_it && command.method() != stored::v1::DISCHARGE_METHOD_NOTIFIED &&
      command.method() != stored::v1::DISCHARGE_METHOD_NOT_NOTIFIABLE) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`discharge` must be notified or not notifiable");
  }
  End(command.obligation_id(), command.method(), step);
  return {};
}

/// What is owed is not overtaken while it is owed; and whoever withholds it does not say alone that
/// it was told otherwise. That the withholding stands is a decision on record, and due again.
Status CheckWhatIsOwed(const stored::v1::DischargeObligation& command, const ObligationRow& row,
                       const Step& step) {
  if (step.header.behaviour_version < kDutiesKeptFrom) return {};
  const std::string& id = command.obligation_id();
  if (command.method() == stored::v1::DISCHARGE_METHOD_OVERTAKEN &&
      CountsWhatIsStillOwed(id, row, "", step)) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "`discharge` must be upheld or told otherwise while somebody is told less of an "
                  "event than is owed; telling or withdrawing it ends what is owed");
  }
  if (command.method() == stored::v1::DISCHARGE_METHOD_TOLD_OTHERWISE &&
      CountsWhatIsStillOwed(id, row, step.actor.post(), step)) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST,
                  "the post that answers for an event does not say alone that it was told "
                  "otherwise; escalate it (`tearline obligation escalate`), and the post above can");
  }
  return {};
}

/// What ends a duty that is not discharged by a word; "" for one that is.
const char* EndedBy(const ObligationRow& row, const Step& step) {
  switch (row.type()) {
    case v1::OBLIGATION_TYPE_READ:
      return "a duty to read ends only when the person reads the item";
    case v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS:
      return "a use of break-glass must be reviewed; that ends what is owed about it";
    case v1::OBLIGATION_TYPE_COMPLETE_ACTION:
      return "an action must be ended itself (`tearline case action end`); that ends what is owed "
             "about it";
    case v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK:
      if (step.header.behaviour_version < kWorkSeenToFrom) return "";
      return "each action that was left open must be ended (`tearline case action end`); with the "
             "last of them this ends";
    case v1::OBLIGATION_TYPE_ANSWER_PROPOSAL:
      return "a panel's proposal must be answered (`case answer`); that ends what is owed";
    case v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST:
      return "a request for information must be answered (`tearline request answer`); that ends "
             "what is owed";
    case v1::OBLIGATION_TYPE_RECORD_MINUTES:
      return "minutes must be recorded (`tearline case meeting minutes`); that ends what is owed "
             "about them";
    default:
      return "";
  }
}

}  // namespace

Status ApplyDischargeObligation(const stored::v1::DischargeObligation& command, Step& step) {
  const auto row = FindOpen(command.obligation_id(), step);
  if (!row) return NoSuchObligation();
  const std::string ended_by = EndedBy(*row, step);
  if (!ended_by.empty()) return Refuse(v1::ERROR_REASON_WRONG_STATE, ended_by);
  if (IsOfOneEvent(row->type())) return EndWithdrawalDebt(command, *row, step);
  if (row->type() == v1::OBLIGATION_TYPE_REVIEW_OVERRIDE ||
      row->type() == v1::OBLIGATION_TYPE_REVIEW_UNMERGE ||
      row->type() == v1::OBLIGATION_TYPE_REVIEW_NUMBERS ||
      row->type() == v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE ||
      row->type() == v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL) {
    if (command.method() != stored::v1::DISCHARGE_METHOD_REVIEWED) {
      return Refuse(
          v1::ERROR_REASON_FIELD_INVALID,
          "`discharge` must be reviewed: nothing else ends a duty to look at what was done");
    }
    End(command.obligation_id(), command.method(), step);
    if (row->type() == v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL) {
      NoteRefusalLookedAt(*row, step);
    }
    return {};
  }
  if (row->type() == v1::OBLIGATION_TYPE_TAKE_OVER) return EndHandOver(command, *row, step);
  TEARLINE_RETURN_IF_REFUSED(CheckWhatIsOwed(command, *row, step));
  switch (command.method()) {
    case stored::v1::DISCHARGE_METHOD_UPHELD: {
      const std::int64_t ahead_ms = command.review_ms() - step.now_ms();
      if (ahead_ms <= 0 || std::chrono::milliseconds(ahead_ms) > model::kObligeWithinMax) {
        return Refuse(v1::ERROR_REASON_TIME_INVALID,
                      "`review_at` must be in the future, at most 366 days away");
      }
      Uphold(command.obligation_id(), command.review_ms(), step);
      return {};
    }
    case stored::v1::DISCHARGE_METHOD_TOLD_OTHERWISE:
    case stored::v1::DISCHARGE_METHOD_OVERTAKEN:
      End(command.obligation_id(), command.method(), step);
      return {};
    default:
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`discharge` must be upheld, told otherwise or overtaken");
  }
}

Status ApplyEscalateObligation(const stored::v1::EscalateObligation& command, Step& step) {
  if (!FindOpen(command.obligation_id(), step)) return NoSuchObligation();
  Escalate(command.obligation_id(), step);
  return {};
}

}  // namespace tearline::machine
