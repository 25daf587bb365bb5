#include "broker/machine/office.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "broker/machine/action.h"
#include "broker/machine/case_row.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/open_work.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_late.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::EventRow;
using stored::v1::ObligationRow;

/// As many as are owed about a case, and as many events as one of them counts.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// One post in the place of another.
struct Succession {
  const std::string& from;
  const std::string& to;
};

ObligationRow OwedAs(const std::string& id, const Step& step) {
  auto row = step.batch.Find<ObligationRow>(ObligationKey(id));
  TEARLINE_INVARIANT(row.has_value(), "an obligation that was opened has its row");
  return *std::move(row);
}

EventRow EventOf(const std::string& event_id, const Step& step) {
  auto event = step.batch.Find<EventRow>(EventKey(event_id));
  TEARLINE_INVARIANT(event.has_value(), "an event that something is owed about is kept");
  return *std::move(event);
}

std::int64_t LeftMs(const ObligationRow& owed, const Step& step) {
  return std::max<std::int64_t>(owed.due_ms() - step.now_ms(), 0);
}

/// Judges an event for who comes, who must read it as `left` says, in the time that was left. Who
/// was told less of it before is told the rest in the place of that, and is owed that no more; who
/// received what would be withheld now reads what it received (from kReceivedStandsFrom on).
void HaveRead(const std::string& to, const EventRow& event, const policy::OpenedObligation& left,
              Step& step) {
  const bool sees_to_it = step.header.behaviour_version >= kReceivedStandsFrom;
  const bool was_told_less = IsToldLess(event.publish().event_id(), to, step.batch);
  const policy::EventFacts facts = FactsOf(event, step.batch);
  policy::Decision weighed = Weigh(event, facts, to, step);
  for (policy::OpenedObligation& terms : weighed.obligations) {
    if (terms.type == v1::OBLIGATION_TYPE_READ) {
      terms.within_ms = std::min(terms.within_ms, left.within_ms);
    }
  }
  if (sees_to_it && weighed.level == v1::LEVEL_WITHHELD && weighed.duty != v1::LEVEL_UNSPECIFIED) {
    weighed.obligations.push_back(left);  // nothing comes of it if nothing was received
  }
  const Late late = {.reads_late = false, .ends_read = sees_to_it};
  if (!sees_to_it ||
      SeeToWhatWasTold(to, event, facts, weighed, late, step) == HadBefore::kNothing) {
    JudgeAndTell(to, event, std::move(weighed), late, step);
  }
  if (sees_to_it) RelieveOf(event, was_told_less, step);
}

/// So must whoever does the work of who comes, if that is a dead address, unless a person has read
/// it at either (from kWorkDoneWhollyFrom on).
void HaveReadAlso(const std::string& dead, const std::string& nominal_id, const EventRow& event,
                  const policy::OpenedObligation& left, Step& step) {
  const std::string other = WhoDoesTheWorkOf(dead, step.batch);
  if (step.header.behaviour_version < kWorkDoneWhollyFrom || other.empty() ||
      event.publish().originating_post() == other || step.rows_left <= 0) {
    return;
  }
  const std::vector<std::string> behind = DeadBehind(nominal_id, other, step.batch);
  if (std::find(behind.begin(), behind.end(), dead) == behind.end()) return;
  --step.rows_left;
  if (WasRead(dead, event.publish().event_id(), step.batch) ||
      WasReadAlsoAt(dead, other, event, step)) {
    return;
  }
  HaveRead(other, event, left, step);
}

/// The one need not read an event any more, nor need whoever does its work (from
/// kWorkDoneWhollyFrom on), unless it is judged for them all the same.
void EndReadOf(const std::string& from, const EventRow& event, Step& step) {
  const std::set<std::string> judged = PostsToJudge(event, step.now_ms(), step.batch);
  const std::string other = step.header.behaviour_version < kWorkDoneWhollyFrom
                                ? std::string()
                                : WhoDoesTheWorkOf(from, step.batch);
  for (const std::string& post : {from, other}) {
    if (post.empty() || judged.contains(post)) continue;
    EndRead(post, event.publish().event_id(), step, stored::v1::DISCHARGE_METHOD_OVERTAKEN);
  }
}

/// What the one must still read about the person, the other must.
void HandOnReads(const Succession& change, const std::string& nominal_id, Step& step) {
  for (const std::string& id : OpenReadsOf(change.from, step.batch)) {
    const ObligationRow owed = OwedAs(id, step);
    const EventRow event = EventOf(owed.event_ids(0), step);
    if (!IsAbout(event, nominal_id, step.batch)) continue;
    if (step.rows_left <= 0) return;
    --step.rows_left;
    if (event.publish().originating_post() != change.to) {
      const policy::OpenedObligation left = {v1::OBLIGATION_TYPE_READ, LeftMs(owed, step),
                                             owed.escalate_every_ms()};
      HaveRead(change.to, event, left, step);
      HaveReadAlso(change.to, nominal_id, event, left, step);
    }
    EndReadOf(change.from, event, step);
  }
}

/// All events that an obligation counts.
std::vector<std::string> EventsOf(const std::string& id, const ObligationRow& owed,
                                  const Step& step) {
  std::vector<std::string> ids(owed.event_ids().begin(), owed.event_ids().end());
  const state::Key more = MoreKey(id, More::kEvent, "");
  for (const auto& [key, nothing] : step.batch.Scan(more, kAll)) {
    ids.push_back(key.substr(more.bytes().size()));
  }
  return ids;
}

/// Whether an event was judged for a post: it is told, or told less than all that could be owed.
bool WasJudged(const EventRow& event, const std::string& post, const Step& step) {
  const std::string& event_id = event.publish().event_id();
  return event.publish().originating_post() == post || IsToldLess(event_id, post, step.batch) ||
         EntryOf(post, event_id, step.batch).has_value();
}

/// Hands an obligation on, event by event: who must see to each is known only once it was judged
/// for who comes.
void HandOnEvents(const std::string& id, const Succession& change, Step& step) {
  for (const std::string& event_id : EventsOf(id, OwedAs(id, step), step)) {
    if (step.rows_left <= 0) return;
    --step.rows_left;
    const EventRow event = EventOf(event_id, step);
    if (!WasJudged(event, change.to, step)) JudgeOfThePast(event, change.to, step);
    const ObligationRow owed = OwedAs(id, step);
    if (HoldsEvent(id, owed, event_id, step.batch)) HandOn(id, owed, event, step);
  }
}

/// What is owed about the case itself, by whoever answers for it.
void HandOnWhole(const std::string& id, const ObligationRow& owed, const std::string& debtor,
                 Step& step) {
  ObligationRow handed;
  handed.set_reason(owed.reason());
  handed.set_nominal_id(owed.nominal_id());
  handed.set_case_id(owed.case_id());
  handed.set_debtor_post(debtor);
  End(id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
  OpenNaming(std::move(handed), {owed.type(), LeftMs(owed, step), owed.escalate_every_ms()},
             {owed.action_ids().begin(), owed.action_ids().end()}, step);
}

bool IsOfTheCase(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK ||
         type == v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE;
}

/// Whether the post owes this as the case's accountable officer, and not as who sits in the chair.
bool IsOfOffice(const ObligationRow& owed, const std::string& post, const CaseRow& its_case) {
  return !owed.event_ids().empty() && owed.debtor_post() == post &&
         owed.accountable_post() == post &&
         !(owed.type() == v1::OBLIGATION_TYPE_HISTORY_ARRIVED && IsChair(its_case.case_(), post));
}

void HandOnDebts(const std::string& case_id, const Succession& change, const CaseRow& after,
                 Step& step) {
  const std::string answers = AnswersFor(after.case_());
  const bool may_answer =
      answers != change.from && !IsKeptOutOfPerson(answers, NominalOf(after), step.batch);
  for (const std::string& nominal_id : SamePerson(NominalOf(after), step.batch)) {
    for (const auto& [key, id] : step.batch.Scan(OpenAbout(nominal_id).Fixed(case_id), kAll)) {
      const ObligationRow owed = OwedAs(id, step);
      if (owed.ended_ms() != 0) continue;  // by what was handed on before
      if (IsOfOffice(owed, change.from, after)) {
        HandOnEvents(id, change, step);
      } else if (IsOfTheCase(owed.type()) && owed.debtor_post() == change.from && may_answer) {
        HandOnWhole(id, owed, answers, step);
      }
    }
  }
}

bool IsHandedOn(const Succession& change, const Step& step) {
  return step.header.behaviour_version >= kOfficesHandedOnFrom && !change.from.empty() &&
         !change.to.empty() && change.from != change.to;
}

}  // namespace

void HandOnAccountable(const std::string& case_id, const CaseRow& before, const CaseRow& after,
                       Step& step) {
  const Succession change = {before.case_().accountable_post(), after.case_().accountable_post()};
  if (!IsHandedOn(change, step)) return;
  HandOnReads(change, NominalOf(after), step);
  HandOnDebts(case_id, change, after, step);
  OpenHandOverOfOffice(change.to, step);
}

void HandOnSupervision(const CaseRow& before, const CaseRow& after, Step& step) {
  const Succession change = {before.case_().supervising_post(), after.case_().supervising_post()};
  if (!IsHandedOn(change, step)) return;
  HandOnReads(change, NominalOf(after), step);
  OpenHandOverOfOffice(change.to, step);
}

}  // namespace tearline::machine
