#include "broker/machine/joined_case.h"

#include <algorithm>
#include <set>
#include <utility>

#include "broker/machine/board.h"
#include "broker/machine/case_row.h"
#include "broker/machine/glass.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/obligation.h"
#include "broker/machine/open_work.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::NominalRow;

/// Who is to be seated is looked at before the next meeting could be called.
constexpr policy::OpenedObligation kSeeTo = {v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE, 72 * kHourMs,
                                             24 * kHourMs};

std::string TextOfCase(const std::string& case_id) {
  return model::CaseId::FromBytes(case_id)->Text();
}

CaseRow CaseRowOf(const std::string& case_id, const Step& step) {
  auto row = step.batch.Find<CaseRow>(CaseKey(case_id));
  TEARLINE_INVARIANT(row.has_value(), "a case that is joined is there");
  return *std::move(row);
}

/// The posts of a case as it was, or would be, while open.
std::set<std::string> PostsWhileOpen(CaseRow row) {
  row.clear_ended_ms();
  return PostsOfCase(row);
}

Status TakeBackJoin(const std::string& case_id, CaseRow row, Step& step) {
  if (row.joined_into().empty()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "it was not agreed that the case be joined");
  }
  const CaseRow before = row;
  row.clear_joined_into();
  WriteCase(case_id, before, row, step);
  step.AddChanged("case-join-taken-back", row.case_().case_id());
  return {};
}

bool Reopen(const std::string& case_id, Step& step) {
  CaseRow row = CaseRowOf(case_id, step);
  const std::string nominal_id = NominalOf(row);
  if (row.ended_ms() == 0 || NominalWithCase(nominal_id, step.batch)) return false;
  const CaseRow before = row;
  row.clear_ended_ms();
  row.clear_joined_into();
  WriteCase(case_id, before, row, step);
  step.AddChanged("case-reopened", row.case_().case_id());
  for (const std::string& post : PostsOfCase(row)) {
    BeginHistory(nominal_id, post, step);
    if (IsKeptOutOfPerson(post, nominal_id, step.batch)) continue;
    TellOriginators(nominal_id, post, step);
    TellOfAccess(post, post, nominal_id, step);
  }
  return true;
}

/// The two people that one would be if a nominal were parted from what it was merged into.
class Sides {
 public:
  Sides(const std::string& removed_id, const state::Reader& reader) : reader_(reader) {
    for (const std::string& id : SamePerson(removed_id, reader)) all_.insert(id);
    for (const std::string& id : GoesWith(removed_id, reader)) below_.insert(id);
  }

  /// Whether a joined case would be of another person than the one it was joined into, who would be
  /// without a case.
  bool Parts(const CaseRow& joined, const CaseRow& goes_on) const {
    const Side side = SideOf(NominalOf(joined));
    return side != Side::kNeither && side != SideOf(NominalOf(goes_on)) &&
           std::none_of(all_.begin(), all_.end(), [&](const std::string& id) {
             return SideOf(id) == side &&
                    !reader_.See<NominalRow>(NominalKey(id))->case_id().empty();
           });
  }

 private:
  enum class Side { kNeither, kRemoved, kOther };

  Side SideOf(const std::string& id) const {
    if (!all_.contains(id)) return Side::kNeither;
    return below_.contains(id) ? Side::kRemoved : Side::kOther;
  }

  const state::Reader& reader_;
  std::set<std::string> all_;
  std::set<std::string> below_;  ///< Of these, what would go with it.
};

}  // namespace

Status AgreeToJoin(const stored::v1::EndCase& command, CaseRow row, Step& step) {
  if (command.as_fact()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "that a case is joined into another is agreed here: `as_fact` must be false");
  }
  if (command.joined_into() == command.case_id()) {
    return TakeBackJoin(command.case_id(), std::move(row), step);
  }
  const auto other = step.batch.Find<CaseRow>(CaseKey(command.joined_into()));
  if (!other || other->ended_ms() != 0) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that is open: `joined_into`");
  }
  if (row.joined_into() == command.joined_into() || other->joined_into() == command.case_id()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "it must not be agreed already that one of the two is joined into the other");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckGate(command.case_id(), row, command.overrides(), step));

  RememberOverrides(command.case_id(), row, command.overrides(), step);
  const CaseRow before = row;
  row.set_joined_into(command.joined_into());
  WriteCase(command.case_id(), before, row, step);
  step.AddChanged("case-join-agreed", row.case_().case_id(), TextOfCase(command.joined_into()));
  return {};
}

Result<TwoCases> CasesOf(const std::string& removed_id, const std::string& surviving_id,
                         const Step& step) {
  const auto removed = NominalWithCase(removed_id, step.batch);
  const auto surviving = NominalWithCase(surviving_id, step.batch);
  if (!removed || !surviving) return TwoCases();
  if (step.header.behaviour_version < kCasesJoinedFrom) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "at most one of the two may have an open case");
  }
  const std::string& one = removed->case_id();
  const std::string& other = surviving->case_id();
  if (CaseRowOf(one, step).joined_into() == other) return TwoCases{one, other};
  if (CaseRowOf(other, step).joined_into() == one) return TwoCases{other, one};
  return Refuse(v1::ERROR_REASON_TWO_OPEN_CASES,
                "both have an open case: the panel of one must have agreed that it is joined into "
                "the other");
}

void EndJoined(const TwoCases& cases, Step& step) {
  CaseRow row = CaseRowOf(cases.joined, step);
  const CaseRow before = row;
  KeepChange(row, step);
  row.set_ended_ms(step.now_ms());
  WriteCase(cases.joined, before, row, step);
  step.AddChanged("case-joined", row.case_().case_id(), TextOfCase(cases.goes_on));
  OpenSeeToWork(cases.joined, before, step);
}

void TellOfJoined(const TwoCases& cases, Step& step) {
  const CaseRow joined = CaseRowOf(cases.joined, step);
  const CaseRow goes_on = CaseRowOf(cases.goes_on, step);
  const std::string nominal_id = NominalOf(joined);
  const std::set<std::string> posts = PostsOfCase(goes_on);
  // Under the id it knew them by: that the two were merged is not for whoever is out of it now.
  for (const std::string& post : PostsWhileOpen(joined)) {
    if (!posts.contains(post)) TellOfAccess(post, post, nominal_id, step);
  }
  std::string debtor = AnswersFor(goes_on.case_());
  if (debtor.empty() || IsKeptOutOfPerson(debtor, nominal_id, step.batch)) {
    debtor = ReviewerFor(step.actor, step.batch, [&](const std::string& post) {
      return IsPassedOver(post, nominal_id, step);
    });
  }
  stored::v1::ObligationRow owed;
  owed.set_type(v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE);
  owed.set_reason(v1::RULE_REASON_CASE_JOINED);
  owed.set_nominal_id(NominalOf(goes_on));
  owed.set_case_id(cases.goes_on);
  owed.set_debtor_post(debtor.empty() ? step.actor.post() : debtor);
  OpenOrJoin(std::move(owed), kSeeTo, step);
}

std::vector<JoinedBy> JoinedCasesParted(const std::string& removed_id, const Step& step) {
  std::vector<JoinedBy> parted;
  const auto removed = step.batch.See<NominalRow>(NominalKey(removed_id));
  if (!removed) return parted;
  if (!removed->joined_case_id().empty()) {
    parted.push_back({removed_id, removed->joined_case_id()});
  }
  if (step.header.behaviour_version < kReopenedDeepFrom) return parted;
  const Sides sides(removed_id, step.batch);
  for (const std::string& id : SamePerson(removed_id, step.batch)) {
    const auto row = step.batch.See<NominalRow>(NominalKey(id));
    if (id == removed_id || row->joined_case_id().empty()) continue;
    const CaseRow joined = CaseRowOf(row->joined_case_id(), step);
    if (sides.Parts(joined, CaseRowOf(joined.joined_into(), step))) {
      parted.push_back({id, row->joined_case_id()});
    }
  }
  return parted;
}

void ReopenJoined(const std::vector<JoinedBy>& joined, Step& step) {
  for (const JoinedBy& each : joined) {
    if (!Reopen(each.case_id, step)) continue;
    auto row = step.batch.Find<NominalRow>(NominalKey(each.nominal_id));
    if (row->joined_case_id() != each.case_id) continue;  // the merge itself is taken back
    row->clear_joined_case_id();
    step.batch.PutRow(NominalKey(each.nominal_id), *row);
  }
}

bool ChairsWhatGoesOn(const std::string& post, const CaseRow& ended, const state::Reader& reader) {
  if (ended.joined_into().empty()) return false;
  const auto goes_on = reader.See<CaseRow>(CaseKey(ended.joined_into()));
  // Parted since, it is another's panel again.
  return goes_on && goes_on->ended_ms() == 0 && IsChair(goes_on->case_(), post) &&
         SurvivorOf(NominalOf(ended), reader) == SurvivorOf(NominalOf(*goes_on), reader) &&
         !IsKeptOutOfPerson(post, NominalOf(ended), reader);
}

}  // namespace tearline::machine
