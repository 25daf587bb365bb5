#include "broker/machine/action.h"

#include <algorithm>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::ActionRow;
using stored::v1::ObligationRow;

/// After it was due, a step every day.
constexpr std::int64_t kEveryMs = 24 * kHourMs;

/// Open obligations of a type about a case: one for each action, debtor or reason of it.
std::vector<std::string> OpenOf(v1::ObligationType type, const std::string& case_id,
                                const std::string& nominal_id, const state::Reader& reader) {
  const Key all = OpenAbout(nominal_id).Fixed(case_id).U8(static_cast<std::uint8_t>(type));
  std::vector<std::string> ids;
  for (const auto& [key, id] : reader.Scan(all, model::kOpenActionsMax + 1)) ids.push_back(id);
  return ids;
}

/// Takes an action out of an obligation that names several; with its last it ends.
void LeaveNaming(const std::string& id, const std::string& action_id, Step& step) {
  ObligationRow row = *step.batch.Find<ObligationRow>(ObligationKey(id));
  auto& named = *row.mutable_action_ids();
  const auto found = std::find(named.begin(), named.end(), action_id);
  if (found == named.end()) return;
  named.erase(found);
  PutObligation(id, row, step.batch);
  if (named.empty()) End(id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
}

}  // namespace

Key ActionKey(const std::string& case_id, const std::string& action_id) {
  return ActionsOf(case_id).Fixed(action_id);
}

Key ActionsOf(const std::string& case_id) { return Key(Table::kAction).Fixed(case_id); }

std::vector<OpenAction> OpenActionsOf(const std::string& case_id, const std::string& nominal_id,
                                      const state::Reader& reader) {
  std::vector<OpenAction> open;
  for (const std::string& id :
       OpenOf(v1::OBLIGATION_TYPE_COMPLETE_ACTION, case_id, nominal_id, reader)) {
    const auto row = reader.Find<ObligationRow>(ObligationKey(id));
    TEARLINE_INVARIANT(row.has_value() && row->action_ids_size() == 1,
                       "what is owed of an action names it");
    open.push_back({row->action_ids(0), row->debtor_post(), id});
  }
  std::sort(open.begin(), open.end(),
            [](const OpenAction& a, const OpenAction& b) { return a.id < b.id; });
  return open;
}

bool IsOwed(const ActionRow& row, const state::Reader& reader) {
  const auto owed = reader.See<ObligationRow>(ObligationKey(row.obligation_id()));
  TEARLINE_INVARIANT(owed != nullptr, "what is owed of an action has its row");
  return owed->ended_ms() == 0;
}

Status CheckActionEvent(const std::string& event_id, const std::string& nominal_id,
                        const std::string& post, const state::Reader& reader) {
  const auto event = reader.Find<stored::v1::EventRow>(EventKey(event_id));
  if (!event || !IsAbout(*event, nominal_id, reader) || !KnowsOf(event_id, post, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such event about the case's nominal that this post is told of");
  }
  if (IsWithdrawn(*event)) {
    return Refuse(v1::ERROR_REASON_EVENT_WITHDRAWN, "an action must not name what was withdrawn");
  }
  return {};
}

std::string EvidenceDigestOf(const std::string& action_id, const ActionRow& row) {
  if (row.evidence_event_id().empty()) return row.evidence_digest();
  return crypto::Sha256({"tearline evidence", action_id, row.evidence_event_id()}).Bytes();
}

std::string OpenCompletion(const std::string& case_id, const std::string& nominal_id,
                           const std::string& action_id, const ActionRow& row, Step& step) {
  ObligationRow owed;
  owed.set_type(v1::OBLIGATION_TYPE_COMPLETE_ACTION);
  owed.set_reason(v1::RULE_REASON_ACTION_AGREED);
  owed.set_nominal_id(nominal_id);
  owed.set_case_id(case_id);
  owed.set_debtor_post(row.owner_post());
  owed.add_action_ids(action_id);
  const Key open_key = OpenKey(owed);
  OpenOrJoin(std::move(owed),
             {v1::OBLIGATION_TYPE_COMPLETE_ACTION, row.due_ms() - step.now_ms(), kEveryMs}, step);
  return *step.batch.Get(open_key);
}

void EndWhatIsOwed(const std::string& case_id, const std::string& nominal_id,
                   const std::string& action_id, const ActionRow& row, Step& step) {
  End(row.obligation_id(),
      row.end() == v1::ACTION_END_DONE ? stored::v1::DISCHARGE_METHOD_UNSPECIFIED
                                       : stored::v1::DISCHARGE_METHOD_OVERTAKEN,
      step);
  for (const std::string& id :
       OpenOf(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK, case_id, nominal_id, step.batch)) {
    LeaveNaming(id, action_id, step);
  }
}

std::string OpenNaming(ObligationRow row, const policy::OpenedObligation& terms,
                       const std::vector<std::string>& action_ids, Step& step) {
  row.set_type(terms.type);
  const Key open_key = OpenKey(row);
  OpenOrJoin(std::move(row), terms, step);
  std::string id = *step.batch.Get(open_key);
  ObligationRow open = *step.batch.Find<ObligationRow>(ObligationKey(id));
  auto& named = *open.mutable_action_ids();
  for (const std::string& action_id : action_ids) {
    if (std::find(named.begin(), named.end(), action_id) == named.end()) *named.Add() = action_id;
  }
  PutObligation(id, open, step.batch);
  return id;
}

}  // namespace tearline::machine
