#include "broker/machine/answer_owed.h"

#include <utility>

#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::ObligationRow;

constexpr std::int64_t kDayMs = 24 * kHourMs;

bool IsAnswer(const ObligationRow& row) {
  return row.type() == v1::OBLIGATION_TYPE_ANSWER_PROPOSAL ||
         row.type() == v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST;
}

void RememberReminded(const ObligationRow& row, Step& step) {
  if (row.type() == v1::OBLIGATION_TYPE_ANSWER_PROPOSAL) {
    step.AddChanged("proposal-reminded", model::ProposalId::FromBytes(row.proposal_id())->Text(),
                    row.debtor_post());
  } else {
    step.AddChanged("information-reminded",
                    model::InformationRequestId::FromBytes(row.information_request_id())->Text(),
                    row.debtor_post());
  }
}

}  // namespace

std::string OweAnswer(ObligationRow row, std::int64_t answer_by_ms, Step& step) {
  TEARLINE_INVARIANT(IsAnswer(row) && answer_by_ms > step.now_ms(), "an answer is owed in time");
  const std::int64_t left_ms = answer_by_ms - step.now_ms();
  const state::Key open_key = OpenKey(row);
  const policy::OpenedObligation terms = {row.type(), left_ms, kDayMs};
  OpenOrJoin(std::move(row), terms, step);
  std::string id = *step.batch.Get(open_key);
  auto opened = step.batch.Find<ObligationRow>(ObligationKey(id));
  SetNextStep(step.now_ms() + left_ms / 2, id, *opened, step);
  PutObligation(id, *opened, step.batch);
  return id;
}

bool RemindToAnswer(const std::string& obligation_id, Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(obligation_id));
  if (!row || row->ended_ms() != 0 || !IsAnswer(*row) || row->stage() != 0 ||
      row->due_ms() <= step.now_ms()) {
    return false;
  }
  const std::int64_t left_ms = row->due_ms() - step.now_ms();
  SetNextStep(left_ms > kDayMs ? step.now_ms() + left_ms / 2 : row->due_ms(), obligation_id, *row,
              step);
  PutObligation(obligation_id, *row, step.batch);
  RememberReminded(*row, step);
  Tell(row->debtor_post(), obligation_id, *row, step);
  return true;
}

}  // namespace tearline::machine
