#include "broker/machine/event_obligation.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/judge.h"
#include "broker/machine/missed.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;
using stored::v1::ObligationRow;

/// A day, so that the originator knows who still has it well before its own 72 hours are over.
constexpr policy::OpenedObligation kConfirmDeletion = {v1::OBLIGATION_TYPE_CONFIRM_DELETION,
                                                       24 * kHourMs, 24 * kHourMs};
constexpr policy::OpenedObligation kReportBreach = {v1::OBLIGATION_TYPE_REPORT_BREACH, 72 * kHourMs,
                                                    24 * kHourMs};

/// Owed about one event by one post. Whom the event was about stays out of it: that it was about
/// them may be the very mistake.
void OpenOwed(const EventRow& event, const std::string& debtor,
              const policy::OpenedObligation& terms, Step& step) {
  ObligationRow row;
  row.set_type(terms.type);
  row.set_reason(v1::RULE_REASON_WITHDRAWN);
  row.add_event_ids(event.publish().event_id());
  row.set_debtor_post(debtor);
  OpenOrJoin(std::move(row), terms, step);
}

bool IsStillOwed(const std::string& id, const ObligationRow& row, const EventRow& event,
                 const std::vector<std::string>& still_owed_to, const Step& step) {
  if (IsWithdrawn(event) || IsNone(event)) return false;
  if (!IsOfUnmetDuty(row.type())) return true;
  // What a post could not be told because it was away is owed for that reason while it is, and
  // until it is judged for it again.
  const bool while_away = step.header.behaviour_version >= kReachFrom &&
                          (row.reason() == v1::RULE_REASON_RECIPIENT_SUSPENDED ||
                           row.reason() == v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  return std::any_of(still_owed_to.begin(), still_owed_to.end(), [&](const std::string& post) {
    return IsOwedTo(id, row, post, step.batch) &&
           (!while_away || IsCutOff(post, step.batch) || IsMissed(event, post, step.batch));
  });
}

/// The open obligations that count an event, but those to read it and those above.
std::set<std::string> OpenThatCount(const EventRow& event, const Step& step) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // types, reasons, debtors
  std::set<std::string> ids;  // each once: two of its numbers may be one person's
  for (const std::string& nominal_id : event.nominal_ids()) {
    for (const auto& [key, id] : step.batch.Scan(OpenAbout(nominal_id), kAll)) {
      const auto row = step.batch.Find<ObligationRow>(ObligationKey(id));
      TEARLINE_INVARIANT(row.has_value(), "an open obligation has its row");
      if (HoldsEvent(id, *row, event.publish().event_id(), step.batch)) ids.insert(id);
    }
  }
  return ids;
}

}  // namespace

void OpenConfirmDeletion(const EventRow& event, const std::string& post, Step& step) {
  OpenOwed(event, post, kConfirmDeletion, step);
}

void OpenReportBreach(const EventRow& event, Step& step) {
  OpenOwed(event, event.answering_post(), kReportBreach, step);
}

void Relieve(const EventRow& event, Step& step) {
  const std::vector<std::string> owed_to = StillOwedTo(event.publish().event_id(), step.batch);
  for (const std::string& id : OpenThatCount(event, step)) {
    ObligationRow row = *step.batch.Find<ObligationRow>(ObligationKey(id));
    if (IsStillOwed(id, row, event, owed_to, step)) continue;
    LeaveObligation(id, event.publish().event_id(), row, step);
  }
}

bool CountsWhatIsStillOwed(const std::string& id, const ObligationRow& row,
                           const std::string& answering_post, const Step& step) {
  if (!IsOfUnmetDuty(row.type())) return false;
  const bool bounded = step.header.behaviour_version >= kCountedBoundedFrom;
  const std::size_t looks =  // beyond its list
      bounded ? static_cast<std::size_t>(model::kLookedAtRowsMax - model::kObligationEventsMax)
              : std::numeric_limits<std::size_t>::max();
  const auto is_owed = [&](const std::string& event_id) {
    const auto event = step.batch.See<EventRow>(EventKey(event_id));
    TEARLINE_INVARIANT(event != nullptr, "an event that is counted is kept");
    if (!answering_post.empty() && WhoAnswersFor(*event, row, step.batch) != answering_post) {
      return false;
    }
    std::vector<std::string> owed_to = StillOwedTo(event_id, step.batch);
    const std::set<std::string> brought_in = PostsToJudge(*event, step.now_ms(), step.batch);
    std::erase_if(owed_to, [&](const std::string& post) { return !brought_in.contains(post); });
    return IsStillOwed(id, row, *event, owed_to, step);
  };
  if (std::any_of(row.event_ids().begin(), row.event_ids().end(), is_owed)) return true;
  const state::Key more = MoreKey(id, More::kEvent, "");
  const auto beyond = step.batch.Scan(more, looks);
  const bool owed = std::any_of(beyond.begin(), beyond.end(), [&](const auto& each) {
    return is_owed(each.first.substr(more.bytes().size()));
  });
  if (owed || !bounded) return owed;
  return row.count() > static_cast<std::uint64_t>(model::kLookedAtRowsMax);
}

void RelieveOf(const EventRow& event, bool was_told_less, Step& step) {
  if (was_told_less && step.header.behaviour_version >= kDutiesKeptFrom) Relieve(event, step);
}

}  // namespace tearline::machine
