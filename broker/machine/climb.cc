#include "broker/machine/climb.h"

#include <algorithm>
#include <vector>

#include "broker/machine/board.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/information_request.h"
#include "broker/machine/leave.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/theme.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using stored::v1::ObligationRow;

namespace {

/// The next post up the line that may be told and is not kept out of the person; "" at its end.
std::string NextUp(const std::string& id, const ObligationRow& row, const Step& step) {
  std::string next = row.told_post();
  for (std::uint32_t steps = 0; steps < kStagesMax; ++steps) {
    const auto last = step.batch.Find<stored::v1::PostRow>(PostKey(next));
    next = last ? last->post().escalates_to() : std::string();
    if (next.empty() ||
        (MayHearOf(id, row, next, step.batch) && !IsPassedOver(next, row.nominal_id(), step))) {
      return next;
    }
  }
  return {};
}

/// Whether a board where somebody is, that may hear of it and is not kept out of the person, owes
/// it, stands in its debtor's line, or was told.
bool HasBoard(const std::string& id, const ObligationRow& row, const Step& step) {
  const auto is_board = [&](const std::string& post) {
    const auto each = step.batch.See<stored::v1::PostRow>(PostKey(post));
    return each && HasRole(each->post(), v1::POST_ROLE_STRATEGIC_BOARD) &&
           MayHearOf(id, row, post, step.batch) && !IsNobodyThere(post, step.batch) &&
           !IsPassedOver(post, row.nominal_id(), step);
  };
  if (is_board(row.told_post())) return true;
  std::string next = row.debtor_post();
  for (std::uint32_t steps = 0; steps < kStagesMax && !next.empty(); ++steps) {
    if (is_board(next)) return true;
    const auto each = step.batch.See<stored::v1::PostRow>(PostKey(next));
    next = each ? each->post().escalates_to() : std::string();
  }
  return false;
}

/// The board that hears of what has come to the end of a line in which there is none: of the agency
/// that leads the case, of the debtor's agency, else the directory's first. "" if a board has it,
/// if none may hear of it or is let know of the person, and before kDutiesKeptFrom. Too few
/// witnesses are the operators' to see to.
std::string BoardBeyond(const std::string& id, const ObligationRow& row, const Step& step) {
  if (step.header.behaviour_version < kDutiesKeptFrom ||
      row.type() == v1::OBLIGATION_TYPE_WITNESSES_MISSING || HasBoard(id, row, step)) {
    return {};
  }
  const auto its_case = step.batch.See<stored::v1::CaseRow>(CaseKey(row.case_id()));
  std::vector<std::string> agencies;
  if (its_case) agencies.push_back(its_case->case_().lead_agency());
  agencies.push_back(AgencyOfPost(row.debtor_post()));
  agencies.push_back("");
  for (const std::string& agency : agencies) {
    for (const std::string& board : BoardsOf(agency, step.batch)) {
      if (MayHearOf(id, row, board, step.batch) && !IsPassedOver(board, row.nominal_id(), step)) {
        return board;
      }
    }
  }
  return {};
}

}  // namespace

void PassOverTold(const std::string& id, ObligationRow& open, Step& step) {
  const std::string& told = open.told_post();
  if (told == open.debtor_post() ||
      (MayHearOf(id, open, told, step.batch) && !IsPassedOver(told, open.nominal_id(), step))) {
    return;
  }
  const std::string next = NextUp(id, open, step);
  open.set_told_post(next.empty() ? open.debtor_post() : next);
  if (!next.empty()) Tell(next, id, open, step);
}

void Escalate(const std::string& obligation_id, Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(obligation_id));
  if (!row || row->ended_ms() != 0) return;
  CountOverdue(*row, step);
  const auto debtor = step.batch.Find<stored::v1::PostRow>(PostKey(row->debtor_post()));
  std::uint32_t stage = row->stage() + 1;
  // Whoever has stood in from the beginning was the first to be told.
  if (stage == 1 && (!debtor || debtor->post().deputy().empty() ||
                     IsStoodInForSince(*debtor, row->opened_ms()))) {
    stage = 2;
  }
  const std::string before = row->told_post();
  std::string told = before;
  if (stage >= 2) {
    std::string next = stage > kStagesMax ? "" : NextUp(obligation_id, *row, step);
    if (next.empty()) next = BoardBeyond(obligation_id, *row, step);
    if (next.empty()) {
      // The end of the line: it stays open and past due, where every list shows it.
      SetNextStep(0, obligation_id, *row, step);
      PutObligation(obligation_id, *row, step.batch);
      return;
    }
    told = next;
  }
  row->set_stage(stage);
  row->set_told_post(told);
  SetNextStep(NextStepMs(told, step.now_ms() + row->escalate_every_ms(), step), obligation_id, *row,
              step);
  PutObligation(obligation_id, *row, step.batch);
  Remember(obligation_id, *row, stored::v1::OBLIGATION_CHANGE_ESCALATED, "", "", step);
  NoteRefusalClimbed(*row, before, step);
  Tell(told, obligation_id, *row, step);
}

void Uphold(const std::string& obligation_id, std::int64_t review_ms, Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(obligation_id));
  TEARLINE_INVARIANT(row.has_value() && row->ended_ms() == 0, "what is upheld was open");
  row->set_stage(0);
  row->set_told_post(row->debtor_post());
  row->set_due_ms(review_ms);
  SetNextStep(review_ms, obligation_id, *row, step);
  PutObligation(obligation_id, *row, step.batch);
  Remember(obligation_id, *row, stored::v1::OBLIGATION_CHANGE_UPHELD, "", "", step);
}

bool ChaseWhatJoined(const std::string& id, std::int64_t due_ms, ObligationRow& open, Step& step) {
  if (step.header.behaviour_version < kDutiesKeptFrom ||
      open.type() == v1::OBLIGATION_TYPE_TAKE_OVER) {
    return false;
  }
  if (open.next_step_ms() == 0) {
    open.set_stage(0);
    open.set_told_post(open.debtor_post());
    SetNextStep(NextStepMs(open.debtor_post(), due_ms, step), id, open, step);
    return true;
  }
  const std::int64_t step_ms = step.now_ms() + open.escalate_every_ms();
  const std::int64_t latest_ms = std::max(due_ms, step_ms);
  if (open.stage() > 0 && latest_ms < open.next_step_ms()) SetNextStep(latest_ms, id, open, step);
  return false;
}

}  // namespace tearline::machine
