#include "broker/machine/obligation.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "broker/machine/asked.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/climb.h"
#include "broker/machine/commission.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/theme.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using stored::v1::EventRow;
using stored::v1::ObligationRow;

namespace {

/// What follows an unmet duty when no rule says: a day, then a day for each step.
constexpr policy::OpenedObligation kReviewWithinADay = {v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW,
                                                        24 * kHourMs, 24 * kHourMs};
/// A failure while judging is chased at once.
constexpr policy::OpenedObligation kJudgingFailed = {v1::OBLIGATION_TYPE_JUDGING_FAILED, 0,
                                                     kHourMs};
constexpr policy::OpenedObligation kParked = {v1::OBLIGATION_TYPE_PARKED, 24 * kHourMs,
                                              24 * kHourMs};
constexpr policy::OpenedObligation kHistoryArrived = {v1::OBLIGATION_TYPE_HISTORY_ARRIVED,
                                                      7 * 24 * kHourMs, 24 * kHourMs};
/// Why a person must read: it was told because somebody must know.
constexpr v1::RuleReason kReadReason = v1::RULE_REASON_NEED_TO_KNOW;

/// The duty of a feed's post to read an event, by what it is found by.
ObligationRow ReadOf(const std::string& feed, const std::string& event_id) {
  ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_READ);
  row.set_reason(kReadReason);
  row.set_debtor_post(feed);
  row.add_event_ids(event_id);
  return row;
}

/// Keeps an obligation from whom it is owed to, and from whom its newest event is withheld.
void KeepFromWhomItConcerns(const std::string& id, const std::string& event_id,
                            const std::string& owed, Step& step) {
  if (!owed.empty()) KeepFrom(id, owed, step);
  if (event_id.empty()) return;
  for (const std::string& post : WithheldFrom(event_id, step.batch)) KeepFrom(id, post, step);
}

/// Joins an open row: its events and posts become the open one's, each once.
void Join(const std::string& id, const ObligationRow& row, const policy::OpenedObligation& terms,
          Step& step) {
  auto open = step.batch.Find<ObligationRow>(ObligationKey(id));
  TEARLINE_INVARIANT(open.has_value(), "an open obligation has its row");
  // The earliest deadline and the shortest step stand, whoever they were owed to.
  open->set_escalate_every_ms(std::min(open->escalate_every_ms(), terms.escalate_every_ms));
  const std::int64_t due_ms = step.now_ms() + terms.within_ms;
  if (due_ms < open->due_ms()) {
    open->set_due_ms(due_ms);
    if (open->stage() == 0) SetNextStep(due_ms, id, *open, step);
  }
  const std::string event_id = row.event_ids().empty() ? std::string() : row.event_ids(0);
  const std::string owed = row.owed_posts().empty() ? std::string() : row.owed_posts(0);
  const bool new_event = AddEvent(id, event_id, *open, step);
  const bool new_owed = AddOwed(id, owed, *open, step);
  KeepFromWhomItConcerns(id, event_id, owed, step);
  const bool joined = new_event || new_owed;
  const bool anew = joined && ChaseWhatJoined(id, due_ms, *open, step);
  PassOverTold(id, *open, step);
  PutObligation(id, *open, step.batch);
  if (!joined) return;
  Remember(id, *open, stored::v1::OBLIGATION_CHANGE_JOINED, event_id, new_owed ? owed : "", step);
  const bool decides =
      step.header.behaviour_version >= kDutiesKeptFrom && new_event && IsOfUnmetDuty(open->type());
  if (anew || decides) Tell(open->debtor_post(), id, *open, step);
}

}  // namespace

void OpenOrJoin(ObligationRow row, const policy::OpenedObligation& terms, Step& step) {
  const std::string event_id = row.event_ids().empty() ? std::string() : row.event_ids(0);
  const std::string owed = row.owed_posts().empty() ? std::string() : row.owed_posts(0);
  const state::Key open_key = OpenKey(row);
  if (const auto open_id = step.batch.Get(open_key)) {
    Join(*open_id, row, terms, step);
    return;
  }
  const std::int64_t due_ms = step.now_ms() + terms.within_ms;
  const std::string id = step.MakeId<model::ObligationId>(model::ObligationTag{}).Bytes();
  row.set_count(1);
  row.set_opened_ms(step.now_ms());
  row.set_escalate_every_ms(terms.escalate_every_ms);
  row.set_told_post(row.debtor_post());
  row.set_due_ms(due_ms);
  SetNextStep(NextStepMs(row.debtor_post(), due_ms, step), id, row, step);
  PutObligation(id, row, step.batch);
  step.batch.Put(open_key, id);
  KeepFromWhomItConcerns(id, event_id, owed, step);
  Remember(id, row, stored::v1::OBLIGATION_CHANGE_OPENED, event_id, owed, step);
  CountOpened(row, step);
  Tell(row.debtor_post(), id, row, step);
}

namespace {

/// The nominals an obligation of this decision is about, by place; the first, if none is named.
std::vector<std::size_t> NominalsOf(const EventRow& event, const policy::Decision& decision) {
  if (!decision.unmet_nominals.empty()) return decision.unmet_nominals;
  if (event.nominal_ids_size() == 0) return {};
  return {0};
}

/// An obligation about one nominal of an event, without its debtor. An accountable officer from
/// whom the event is withheld is not named: whoever is not told must not learn of it by being asked
/// to see to it.
ObligationRow About(const EventRow& event, const std::string& nominal_id, v1::ObligationType type,
                    v1::RuleReason reason, const Step& step) {
  ObligationRow row;
  row.set_type(type);
  row.set_reason(reason);
  row.set_nominal_id(nominal_id);
  row.add_event_ids(event.publish().event_id());
  if (const auto its_case = CaseOfNominal(nominal_id, step.batch)) {
    row.set_case_id(NominalWithCase(nominal_id, step.batch)->case_id());
    const std::string& accountable = its_case->case_().accountable_post();
    if (!IsWithheld(row.event_ids(0), accountable, step.batch)) {
      row.set_accountable_post(accountable);
    }
  }
  return row;
}

/// Who answers for an unmet duty: the case's accountable officer, else whoever published.
std::string DebtorOf(const ObligationRow& row, const EventRow& event, const Step& step) {
  const std::string& accountable = row.accountable_post();
  return accountable.empty() ? WhoAnswersFor(event, row, step.batch) : accountable;
}

/// Opens what is owed of an event, or joins it. The originator alone can write what may be told,
/// and is asked too: once for each of its events.
void OpenAndAsk(ObligationRow row, const std::string& originator,
                const policy::OpenedObligation& terms, Step& step) {
  const state::Key open_key = OpenKey(row);
  const std::string event_id = row.event_ids(0);
  const auto before = step.batch.Get(open_key);
  const auto was = before ? step.batch.Find<ObligationRow>(ObligationKey(*before)) : std::nullopt;
  const bool counted = was && HoldsEvent(*before, *was, event_id, step.batch);
  OpenOrJoin(std::move(row), terms, step);
  const std::string id = *step.batch.Get(open_key);
  const ObligationRow open = *step.batch.Find<ObligationRow>(ObligationKey(id));
  if (originator == open.debtor_post()) return;
  if (step.header.behaviour_version >= kDutiesKeptFrom) {
    if (!counted) Ask(originator, event_id, step.now_ms() + terms.within_ms, id, open, step);
  } else if (!before) {
    Tell(originator, id, open, step);
  }
}

void OpenUnmet(const EventRow& event, const std::string& post, const policy::Decision& decision,
               const policy::OpenedObligation& terms, Step& step) {
  for (const std::size_t place : NominalsOf(event, decision)) {
    ObligationRow row = About(event, event.nominal_ids(static_cast<int>(place)), terms.type,
                              decision.shortfall, step);
    row.add_owed_posts(post);
    if (row.accountable_post() == post) row.clear_accountable_post();  // nor who got too little
    const std::string originator = WhoAnswersFor(event, row, step.batch);
    const auto until_ms = CommissionedUntil(event, row.nominal_id(), post, step);
    const bool is_owners = until_ms && IsOwnersToMend(decision.shortfall);
    row.set_debtor_post(is_owners ? originator : DebtorOf(row, event, step));
    const bool opened = !step.batch.Get(OpenKey(row)).has_value();
    const state::Key open_key = OpenKey(row);
    OpenAndAsk(std::move(row), originator,
               until_ms ? InTimeFor(*until_ms, terms, step.now_ms()) : terms, step);
    if (!opened) continue;
    const std::string id = *step.batch.Get(open_key);
    const ObligationRow open = *step.batch.Find<ObligationRow>(ObligationKey(id));
    if (IsOutOfReach(post, step.batch)) TellCoordinators(event, id, open, step);
  }
}

void OpenRead(const EventRow& event, const std::string& post, const policy::OpenedObligation& terms,
              Step& step) {
  const std::string nominal_id = event.nominal_ids_size() == 0 ? "" : event.nominal_ids(0);
  ObligationRow row = About(event, nominal_id, v1::OBLIGATION_TYPE_READ, kReadReason, step);
  row.add_owed_posts(post);
  row.set_debtor_post(post);
  row.set_feed(post);
  OpenOrJoin(std::move(row), terms, step);
}

/// Whom a panel's history is told to: its chair, else its accountable officer, else whoever
/// published; nobody from whom it is withheld. Of a person without a case, to whoever supervises
/// them; "" if nobody does.
std::string HistoryDebtorOf(const ObligationRow& row, const EventRow& event, const Step& step) {
  const auto is_told = [&](const std::string& post) {
    return !IsWithheld(row.event_ids(0), post, step.batch);
  };
  std::string debtor = row.accountable_post();
  if (const auto its_case = CaseOfNominal(row.nominal_id(), step.batch)) {
    for (const v1::Seat& seat : its_case->case_().seats()) {
      if (seat.kind() == v1::SEAT_KIND_CHAIR && is_told(seat.post())) debtor = seat.post();
    }
  } else {
    const std::string supervisor = SupervisorOf(row.nominal_id(), step.batch);
    if (supervisor.empty()) return {};
    if (is_told(supervisor)) debtor = supervisor;
  }
  return debtor.empty() ? WhoAnswersFor(event, row, step.batch) : debtor;
}

/// For the panels of all whom the event is about, or of `alone` if that is not empty.
void OpenHistoryArrived(const EventRow& event, const policy::OpenedObligation& terms, Step& step,
                        const std::string& alone = {}) {
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (!alone.empty() && nominal_id != alone) continue;
    ObligationRow row = About(event, nominal_id, v1::OBLIGATION_TYPE_HISTORY_ARRIVED,
                              v1::RULE_REASON_PANEL_MUST_KNOW, step);
    row.set_debtor_post(HistoryDebtorOf(row, event, step));
    if (!row.debtor_post().empty()) OpenOrJoin(std::move(row), terms, step);
  }
}

/// The same for the panels that bring in a post to which it came; where none does, for all.
void OpenHistoryArrivedFor(const EventRow& event, const std::string& post, Step& step) {
  bool opened = false;
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (step.header.behaviour_version < kHistoryHandedOnAloneFrom ||
        !IsJudgedFor(nominal_id, post, step.now_ms(), step.batch)) {
      continue;
    }
    OpenHistoryArrived(event, kHistoryArrived, step, nominal_id);
    opened = true;
  }
  if (!opened) OpenHistoryArrived(event, kHistoryArrived, step);
}

}  // namespace

void HandOn(const std::string& id, ObligationRow row, const EventRow& event, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const policy::OpenedObligation terms = {
      row.type(), std::max<std::int64_t>(row.due_ms() - step.now_ms(), 0), row.escalate_every_ms()};
  LeaveObligation(id, event_id, row, step);
  const bool as_office = step.header.behaviour_version >= kOfficesHandedOnFrom;
  if (row.type() == v1::OBLIGATION_TYPE_HISTORY_ARRIVED) {
    const bool alone = step.header.behaviour_version >= kHistoryHandedOnAloneFrom;
    return OpenHistoryArrived(event, as_office ? terms : kHistoryArrived, step,
                              alone ? row.nominal_id() : std::string());
  }
  const ObligationRow handed = About(event, row.nominal_id(), row.type(), row.reason(), step);
  for (const std::string& post : StillOwedTo(event_id, step.batch)) {
    if (!IsOwedTo(id, row, post, step.batch)) continue;
    ObligationRow owed = handed;
    if (as_office && owed.accountable_post() == post) owed.clear_accountable_post();
    // Who answers for a composite depends on whom it is owed to.
    const bool owed_first = step.header.behaviour_version >= kOwedBeforeDebtorFrom;
    if (owed_first) owed.add_owed_posts(post);
    owed.set_debtor_post(DebtorOf(owed, event, step));
    if (!owed_first) owed.add_owed_posts(post);
    if (step.header.behaviour_version >= kDutiesKeptFrom && IsOfUnmetDuty(owed.type())) {
      const std::string originator = WhoAnswersFor(event, owed, step.batch);
      OpenAndAsk(std::move(owed), originator, terms, step);
    } else {
      OpenOrJoin(std::move(owed), terms, step);
    }
  }
}

void OpenObligations(const EventRow& event, const std::string& post,
                     const policy::Decision& decision, bool late, Step& step) {
  if (event.publish().imported()) {
    if (!decision.duty_unmet && decision.obligations.empty()) return;
    if (late) return OpenHistoryArrivedFor(event, post, step);
    return OpenHistoryArrived(event, kHistoryArrived, step);
  }
  if (decision.duty_unmet && decision.shortfall == v1::RULE_REASON_EVALUATION_FAILED) {
    OpenUnmet(event, post, decision, kJudgingFailed, step);
    return;
  }
  bool unmet_is_chased = false;
  for (const policy::OpenedObligation& terms : decision.obligations) {
    if (terms.type == v1::OBLIGATION_TYPE_READ) {
      if (decision.level == v1::LEVEL_WITHHELD) continue;
      const bool in_hand = late && step.header.behaviour_version >= kReadOnceFrom &&
                           MustStillRead(post, event.publish().event_id(), step.batch);
      if (in_hand) continue;
      late ? OpenHistoryArrivedFor(event, post, step) : OpenRead(event, post, terms, step);
    } else if (decision.duty_unmet) {
      OpenUnmet(event, post, decision, terms, step);
      unmet_is_chased = true;
    }
  }
  if (decision.duty_unmet && !unmet_is_chased) {
    OpenUnmet(event, post, decision, kReviewWithinADay, step);
  }
}

void TakeAwayFrom(const std::string& post, const EventRow& event, Step& step) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // types, reasons, debtors
  const std::string& event_id = event.publish().event_id();
  for (const std::string& nominal_id : event.nominal_ids()) {
    for (const auto& [key, id] : step.batch.Scan(OpenAbout(nominal_id), kAll)) {
      auto row = step.batch.Find<ObligationRow>(ObligationKey(id));
      TEARLINE_INVARIANT(row.has_value(), "an open obligation has its row");
      if (!HoldsEvent(id, *row, event_id, step.batch)) continue;
      if (row->debtor_post() != post) {
        KeepFrom(id, post, step);
        PassOverTold(id, *row, step);
        PutObligation(id, *row, step.batch);
      } else if (row->type() != v1::OBLIGATION_TYPE_PARKED && post != event.answering_post()) {
        HandOn(id, *std::move(row), event, step);
      }
    }
  }
}

void OpenParked(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                const stored::v1::ItemRow& item, Step& step) {
  ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_PARKED);
  row.set_reason(v1::RULE_REASON_NEED_TO_KNOW);
  row.set_debtor_post(PostOfFeed(feed));
  row.add_owed_posts(PostOfFeed(feed));
  row.set_feed(feed);
  row.set_lane(lane);
  row.set_sequence(sequence);
  if (const auto event = step.batch.Find<EventRow>(EventKey(item.event_id()))) {
    row.add_event_ids(item.event_id());
    if (event->nominal_ids_size() > 0) row.set_nominal_id(event->nominal_ids(0));
  }
  OpenOrJoin(std::move(row), kParked, step);
}

void LeaveObligation(const std::string& id, const std::string& event_id, ObligationRow& row,
                     Step& step) {
  TakeEvent(id, event_id, row, step);
  PutObligation(id, row, step.batch);
  Remember(id, row, stored::v1::OBLIGATION_CHANGE_LEFT, event_id, "", step);
  if (row.count() == 0) End(id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
}

void End(const std::string& obligation_id, stored::v1::DischargeMethod method, Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(obligation_id));
  TEARLINE_INVARIANT(row.has_value(), "what ends was opened");
  if (row->ended_ms() != 0) return;  // an erasure ends all that is owed about a person
  row->set_ended_ms(step.now_ms());
  row->set_method(method);
  *row->mutable_ended_by() = step.actor;
  SetNextStep(0, obligation_id, *row, step);
  step.batch.Erase(OpenKey(*row));
  PutObligation(obligation_id, *row, step.batch);
  Remember(obligation_id, *row, stored::v1::OBLIGATION_CHANGE_DISCHARGED, "", "", step);
}

std::vector<std::string> OpenReadsOf(const std::string& post, const state::Reader& reader) {
  std::vector<std::string> ids;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // of every event
  for (const auto& [key, id] : reader.Scan(OpenKey(ReadOf(post, "")), kAll)) ids.push_back(id);
  return ids;
}

bool MustStillRead(const std::string& feed, const std::string& event_id,
                   const state::Reader& reader) {
  return reader.Get(OpenKey(ReadOf(feed, event_id))).has_value();
}

void EndRead(const std::string& feed, const std::string& event_id, Step& step,
             stored::v1::DischargeMethod method) {
  if (const auto id = step.batch.Get(OpenKey(ReadOf(feed, event_id)))) End(*id, method, step);
}

}  // namespace tearline::machine
