#include <string>
#include <utility>

#include "broker/machine/action.h"
#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/history.h"
#include "broker/machine/joined_case.h"
#include "broker/machine/level_fact.h"
#include "broker/machine/open_work.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/tell_originators.h"
#include "broker/machine/widen.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;

/// Whether an actor says how a case is managed by our own command: the chair of its panel, and its
/// co-ordinators.
bool Manages(const CaseRow& row, const stored::v1::Actor& actor, const Step& step) {
  return IsChair(row.case_(), actor.post()) || IsCoordinatorOf(row.case_(), actor, step.batch);
}

/// Whoever gives a second hand could have asked the same: a feed confirms nothing.
bool SecondHandManages(const CaseRow& row, const Step& step) {
  stored::v1::Actor second;
  return !step.confirmed ||
         (second.ParseFromString(step.header.actor) && Manages(row, second, step));
}

/// The case, if the author may say how it is managed and it is open: of facts, a feed from another
/// system; else the chair of its panel and its co-ordinators.
Result<CaseRow> FindManaged(const std::string& case_id, bool as_fact, const Step& step) {
  const bool is_feed = HasRole(step.actor, v1::POST_ROLE_INTAKE, step.batch);
  if (as_fact && !is_feed) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only a post that feeds from another system says what is so already: `as_fact`");
  }
  auto row = step.batch.Find<CaseRow>(CaseKey(case_id));
  const bool has_say =
      row && (as_fact ? MayFeed(*row, step.actor, step.batch)
                      : Manages(*row, step.actor, step) && SecondHandManages(*row, step));
  if (!has_say) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that this post has a say in");
  }
  if (row->ended_ms() != 0) return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  return *std::move(row);
}

/// Managed at less: at a lower level, out of category 4, or in no category that is known.
bool IsLess(const v1::Case& before, const stored::v1::SetLevel& after) {
  return after.level() < before.level() || (after.category() != before.category() &&
                                            (before.category() == v1::MAPPA_CATEGORY_4 ||
                                             after.category() == v1::MAPPA_CATEGORY_UNKNOWN));
}

std::string ManagedAs(const v1::Case& its_case) {
  return model::CodeOf(v1::MappaCategory_Name(its_case.category()), "MAPPA_") + "/" +
         model::CodeOf(v1::MappaLevel_Name(its_case.level()), "MAPPA_");
}

/// Whether the record names the event that says so.
bool IsByEvent(const stored::v1::SetLevel& command, const Step& step) {
  return !command.event_id().empty() && step.header.behaviour_version >= kFactsByEventFrom;
}

/// Whether what the event says is news, whatever came between asking and recording.
Result<bool> IsNews(const stored::v1::SetLevel& command, const Step& step) {
  if (!command.as_fact()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`event_id` goes with `as_fact`");
  }
  const FactTypes types = {
      .saying = {command.event_types().begin(), command.event_types().end()},
      .ending = {command.ending_types().begin(), command.ending_types().end()}};
  const Result<LevelFact> fact = ReadLevelFact(command.event_id(), types, step.actor,
                                               kLevelFactsLookedAtMax, step.batch);
  if (!fact.ok()) return fact.status();
  return fact->standing == FactStanding::kNews && fact->case_id == command.case_id() &&
         fact->category == command.category() && fact->level == command.level();
}

/// Whoever was named for the person supervises it from here on, in the place of the case's own.
void BringInSupervisors(const std::string& nominal_id, Step& step) {
  for (const std::string& post : SupervisorsWithoutCase(nominal_id, step.batch)) {
    TellOriginators(nominal_id, post, step);
    BeginHistory(nominal_id, post, step);
  }
}

}  // namespace

Status ApplySetLevel(const stored::v1::SetLevel& command, Step& step) {
  Result<CaseRow> row = FindManaged(command.case_id(), command.as_fact(), step);
  if (!row.ok()) return row.status();
  TEARLINE_RETURN_IF_REFUSED(CheckCategoryAndLevel(command.category(), command.level(), ""));
  const CaseRow before = *row;
  const bool same =
      command.category() == before.case_().category() && command.level() == before.case_().level();
  if (same && command.as_fact()) return {};  // said before: nothing changes
  if (same) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "`category` or `level` must be another than the case has");
  }
  const bool less = IsLess(before.case_(), command);
  if ((!less || command.as_fact()) && !command.overrides().empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`overrides` goes with a case that is to be managed at less, and only with that");
  }
  if (less && !command.as_fact()) {
    TEARLINE_RETURN_IF_REFUSED(CheckGate(command.case_id(), before, command.overrides(), step));
  }

  if (IsByEvent(command, step)) {
    const Result<bool> news = IsNews(command, step);
    if (!news.ok()) return news.status();
    if (!*news) return {};
  }

  RememberOverrides(command.case_id(), before, command.overrides(), step);
  KeepChange(*row, step);
  if (IsByEvent(command, step)) {
    row->mutable_changes(row->changes_size() - 1)->set_event_id(command.event_id());
  }
  row->mutable_case_()->set_category(command.category());
  row->mutable_case_()->set_level(command.level());
  WriteCase(command.case_id(), before, *row, step);
  step.AddChanged(command.as_fact() ? "level-set-as-fact" : "level-set", row->case_().case_id(),
                  ManagedAs(row->case_()));
  if (less && command.as_fact()) OpenSeeToWork(command.case_id(), before, step);
  if (!OnlyLowers(before.case_(), command.category(), command.level())) Widen(*row, step);
  return {};
}

Status ApplyEndCase(const stored::v1::EndCase& command, Step& step) {
  Result<CaseRow> row = FindManaged(command.case_id(), command.as_fact(), step);
  if (!row.ok()) return row.status();
  const bool joined = command.reason() == v1::CASE_EXIT_REASON_JOINED;
  const bool too_early = joined && step.header.behaviour_version < kCasesJoinedFrom;
  if (!v1::CaseExitReason_IsValid(command.reason()) || too_early ||
      command.reason() == v1::CASE_EXIT_REASON_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`reason` must be a known reason for an exit");
  }
  if (joined == command.joined_into().empty() &&
      step.header.behaviour_version >= kCasesJoinedFrom) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`joined_into` goes with the reason joined, and only with that");
  }
  if (joined) return AgreeToJoin(command, *std::move(row), step);
  if (command.as_fact() && !command.overrides().empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`overrides` must be empty with what is so already");
  }
  const CaseRow before = *row;
  if (!command.as_fact()) {
    TEARLINE_RETURN_IF_REFUSED(CheckGate(command.case_id(), before, command.overrides(), step));
  }

  RememberOverrides(command.case_id(), before, command.overrides(), step);
  KeepChange(*row, step);
  row->set_ended_ms(step.now_ms());
  row->clear_joined_into();
  WriteCase(command.case_id(), before, *row, step);
  if (!before.case_().supervising_post().empty()) BringInSupervisors(NominalOf(*row), step);
  step.AddChanged(command.as_fact() ? "case-ended-as-fact" : "case-ended", row->case_().case_id(),
                  model::CodeOf(v1::CaseExitReason_Name(command.reason()), "CASE_EXIT_REASON_"));
  if (command.as_fact()) OpenSeeToWork(command.case_id(), before, step);
  return {};
}

}  // namespace tearline::machine
