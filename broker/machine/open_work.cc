#include "broker/machine/open_work.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "broker/machine/action.h"
#include "broker/machine/board.h"
#include "broker/machine/case_row.h"
#include "broker/machine/climb.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/unread_urgent.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::CaseRow;
using stored::v1::EventRow;
using stored::v1::ObligationRow;

/// As many as are owed about a case, or have not been read by one of its posts.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// The board looks within a week, a board that has been told once.
constexpr policy::OpenedObligation kReview = {v1::OBLIGATION_TYPE_REVIEW_OVERRIDE, 7 * 24 * kHourMs,
                                              24 * kHourMs};
constexpr policy::OpenedObligation kSeeTo = {v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK, 24 * kHourMs,
                                             24 * kHourMs};

/// Whether what is owed is a panel's work. An action counts as itself; reviews are of what somebody
/// did, and others'.
bool IsPanelsWork(v1::ObligationType type) {
  switch (type) {
    case v1::OBLIGATION_TYPE_COMPLETE_ACTION:
    case v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK:
    case v1::OBLIGATION_TYPE_REVIEW_OVERRIDE:
    case v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS:
    case v1::OBLIGATION_TYPE_REVIEW_UNMERGE:
    case v1::OBLIGATION_TYPE_REVIEW_NUMBERS:
    case v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE:
    case v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL:
    case v1::OBLIGATION_TYPE_RECORD_MINUTES:  // of the meeting, maybe, that decided this
      return false;
    default:
      return true;
  }
}

/// Whether an event lies with the post, too.
bool IsShared(const EventRow& event, const std::string& post, const state::Reader& reader) {
  const std::string& event_id = event.publish().event_id();
  if (event.answering_post() == post || event.publish().originating_post() == post) return true;
  return reader.Get(ItemOfKey(post, event_id)) && !IsWithheld(event_id, post, reader);
}

/// Whether an item is one that travels fast, is about the person, and lies with the post, too.
bool IsUrgentAndShared(const ObligationRow& owed, const std::string& nominal_id,
                       const std::string& post, const state::Reader& reader) {
  const auto event = reader.See<EventRow>(EventKey(owed.event_ids(0)));
  TEARLINE_INVARIANT(event != nullptr, "an event that must be read is kept");
  return IsFast(*event) && IsAbout(*event, nominal_id, reader) && IsShared(*event, post, reader);
}

/// What the case's posts have not read though nobody owes it, as far as the chair has it, too; with
/// all that is open beside it no more than can be overridden.
void AddUnread(const CaseRow& row, const std::string& chair, const state::Reader& reader,
               std::vector<OpenPiece>& open) {
  constexpr std::size_t kMost = model::kOverridesMax;
  const std::set<std::string> posts = PostsOfCase(row);
  const UnreadWithin within = {
      .posts = posts,
      .counts = [&](const EventRow& event) { return IsShared(event, chair, reader); },
      .most = kMost - std::min(open.size(), kMost)};
  for (UnreadUrgent& each : UnreadUrgentOf(within, NominalOf(row), reader)) {
    open.push_back({v1::OPEN_WORK_KIND_UNREAD, std::move(each.event_id), std::move(each.post),
                    /*is_event=*/true});
  }
}

std::string CountOf(std::size_t count, const std::string& one, const std::string& more) {
  return std::to_string(count) + " " + (count == 1 ? one : more);
}

Status WorkOpen(const std::vector<OpenPiece>& open, bool has_chair) {
  const auto count = [&open](v1::OpenWorkKind kind) {
    return static_cast<std::size_t>(std::count_if(
        open.begin(), open.end(), [kind](const OpenPiece& each) { return each.kind == kind; }));
  };
  return Refuse(
      v1::ERROR_REASON_WORK_OPEN,
      "the case has " + CountOf(count(v1::OPEN_WORK_KIND_ACTION), "action", "actions") + ", " +
          CountOf(count(v1::OPEN_WORK_KIND_OBLIGATION), "obligation", "obligations") + " and " +
          CountOf(count(v1::OPEN_WORK_KIND_UNREAD), "unread urgent item", "unread urgent items") +
          " open and not overridden; " +
          (has_chair ? "end each, or override it with a reason"
                     : "end each, or seat a chair, who may override it with a reason"));
}

/// The overrides say what they must, each once.
Status CheckForm(const Overrides& overrides) {
  if (overrides.size() > model::kOverridesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`overrides` must be at most " + std::to_string(model::kOverridesMax));
  }
  std::set<std::string> seen;
  for (const stored::v1::Override& each : overrides) {
    if (!v1::WorkOverrideReason_IsValid(each.reason()) ||
        each.reason() == v1::WORK_OVERRIDE_REASON_UNSPECIFIED) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`overrides` must each have a known reason for overriding");
    }
    if (!seen.insert(each.work_id()).second) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`overrides` must name each piece of work once");
    }
  }
  return {};
}

/// The board that looks at what the acting chair overrides; none that is kept out of `nominal_id`,
/// if that is not "".
std::string BoardOf(const CaseRow& row, const Step& step, const std::string& nominal_id = "") {
  const bool leads = step.header.behaviour_version >= kLeadsBoardFrom;
  return BoardFor(step.actor.post(), leads ? row.case_().lead_agency() : std::string(), step.batch,
                  nominal_id);
}

/// Who looks at it. That there is a board was asked before, of those that are kept out, too: a
/// refusal would tell the chair who is.
std::string WhoLooksAt(const CaseRow& row, const Step& step) {
  if (step.header.behaviour_version < kPassedOverFrom) return BoardOf(row, step);
  const std::string board = BoardOf(row, step, NominalOf(row));
  if (!board.empty()) return board;
  const std::string reviewer = ReviewerFor(step.actor, step.batch, [&](const std::string& post) {
    return IsPassedOver(post, NominalOf(row), step);
  });
  return reviewer.empty() ? step.actor.post() : reviewer;
}

/// Takes it up the line until somebody above its debtor is told, if there is anybody.
void TellAbove(const std::string& id, Step& step) {
  for (int steps = 0; steps < 2; ++steps) {  // the debtor's deputy, then the post above
    const auto row = step.batch.Find<ObligationRow>(ObligationKey(id));
    const auto debtor = step.batch.Find<stored::v1::PostRow>(PostKey(row->debtor_post()));
    if (row->told_post() != row->debtor_post() || !debtor ||
        debtor->post().escalates_to().empty()) {
      return;
    }
    Escalate(id, step);
  }
}

}  // namespace

std::vector<OpenPiece> OpenWorkOf(const std::string& case_id, const CaseRow& row,
                                  const std::string& post, std::uint16_t behaviour_version,
                                  const state::Reader& reader) {
  const bool is_chair = IsChair(row.case_(), post);
  std::vector<OpenPiece> open;
  for (const OpenAction& action : OpenActionsOf(case_id, NominalOf(row), reader)) {
    open.push_back({v1::OPEN_WORK_KIND_ACTION, action.id, action.owner_post});
  }
  for (const std::string& nominal_id : SamePerson(NominalOf(row), reader)) {
    for (const auto& [key, id] : reader.Scan(OpenAbout(nominal_id).Fixed(case_id), kAll)) {
      const auto owed = reader.Find<ObligationRow>(ObligationKey(id));
      TEARLINE_INVARIANT(owed.has_value(), "an open obligation has its row");
      if (!IsPanelsWork(owed->type()) || !MayHearOf(id, *owed, post, reader)) continue;
      if (!is_chair && !owed->event_ids().empty()) continue;
      open.push_back({v1::OPEN_WORK_KIND_OBLIGATION, id, owed->debtor_post()});
    }
  }
  if (!is_chair) return open;
  for (const std::string& reader_post : PostsOfCase(row)) {
    for (const std::string& id : OpenReadsOf(reader_post, reader)) {
      const auto owed = reader.Find<ObligationRow>(ObligationKey(id));
      TEARLINE_INVARIANT(owed.has_value(), "an open obligation has its row");
      if (!IsUrgentAndShared(*owed, NominalOf(row), post, reader)) continue;
      open.push_back({v1::OPEN_WORK_KIND_UNREAD, id, reader_post});
    }
  }
  if (behaviour_version >= kUnreadHoldsFrom) AddUnread(row, post, reader, open);
  return open;
}

std::string TextOf(const OpenPiece& piece) {
  if (piece.is_event) return model::EventId::FromBytes(piece.id)->Text();
  return piece.kind == v1::OPEN_WORK_KIND_ACTION ? model::ActionId::FromBytes(piece.id)->Text()
                                                 : model::ObligationId::FromBytes(piece.id)->Text();
}

std::vector<OpenPiece> NotOverridden(std::vector<OpenPiece> open, const Overrides& overrides) {
  const auto is_overridden = [&overrides](const OpenPiece& piece) {
    return std::any_of(
        overrides.begin(), overrides.end(),
        [&piece](const stored::v1::Override& each) { return each.work_id() == piece.id; });
  };
  open.erase(std::remove_if(open.begin(), open.end(), is_overridden), open.end());
  return open;
}

Status CheckGate(const std::string& case_id, const CaseRow& row, const Overrides& overrides,
                 const Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckForm(overrides));
  const std::string& post = step.actor.post();
  const bool has_chair = HasChair(row.case_());
  // Whoever unseats the chair walks past nothing: only at level 1 may a panel want one.
  const bool held = step.header.behaviour_version >= kCoordinatedFrom &&
                    row.case_().level() >= v1::MAPPA_LEVEL_2;
  if (!IsChair(row.case_(), post) && (has_chair || held || !overrides.empty())) {
    return Refuse(
        v1::ERROR_REASON_NOT_PERMITTED,
        "a case is managed at less, or ended, by the chair of its panel; only at level 1, where "
        "there is none, by a co-ordinator, who overrides nothing");
  }
  const std::vector<OpenPiece> open =
      OpenWorkOf(case_id, row, post, step.header.behaviour_version, step.batch);
  for (const stored::v1::Override& each : overrides) {
    if (std::none_of(open.begin(), open.end(),
                     [&each](const OpenPiece& piece) { return piece.id == each.work_id(); })) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND,
                    "`overrides` must name only what is open of the case's work");
    }
  }
  const std::vector<OpenPiece> left = NotOverridden(open, overrides);
  if (!left.empty()) return WorkOpen(left, has_chair);
  if (!overrides.empty() && BoardOf(row, step).empty()) {
    return Refuse(v1::ERROR_REASON_NO_REVIEWER,
                  "the directory must know a strategic board, or a post above the chair's, before "
                  "work is overridden");
  }
  return {};
}

std::string BoardFor(const std::string& chair, const std::string& lead_agency,
                     const state::Reader& reader, const std::string& nominal_id) {
  const auto is_passed_over = [&](const std::string& post) {
    return !nominal_id.empty() && IsKeptOutOfPerson(post, nominal_id, reader);
  };
  std::string board;
  std::string end;
  std::string next = chair;
  for (std::uint32_t steps = 0; steps < kStagesMax; ++steps) {
    const auto row = reader.Find<stored::v1::PostRow>(PostKey(next));
    next = row ? row->post().escalates_to() : std::string();
    const auto above = reader.Find<stored::v1::PostRow>(PostKey(next));
    if (next.empty() || next == chair || !above) break;
    if (is_passed_over(next)) continue;
    end = next;
    if (HasRole(above->post(), v1::POST_ROLE_STRATEGIC_BOARD)) board = next;
  }
  if (!board.empty()) return board;
  if (!lead_agency.empty()) {
    for (const std::string& agency : {lead_agency, AgencyOfPost(chair)}) {
      for (const std::string& each : BoardsOf(agency, reader)) {
        if (each != chair && !is_passed_over(each)) return each;
      }
    }
  }
  if (!end.empty()) return end;
  std::string any;
  reader.SeeEach<stored::v1::PostRow>(Key(Table::kPost), model::kReviewersLookedAtMax,
                                      [&](const stored::v1::PostRow& row) {
                                        const std::string& post = row.post().post();
                                        if (HasRole(row.post(), v1::POST_ROLE_STRATEGIC_BOARD) &&
                                            post != chair && !is_passed_over(post)) {
                                          any = post;
                                        }
                                        return any.empty();
                                      });
  return any;
}

void RememberOverrides(const std::string& case_id, const CaseRow& row, const Overrides& overrides,
                       Step& step) {
  if (overrides.empty()) return;
  const std::string nominal_id = NominalOf(row);
  std::map<std::string, OpenPiece> open;
  for (OpenPiece& piece : OpenWorkOf(case_id, row, step.actor.post(),
                                     step.header.behaviour_version, step.batch)) {
    std::string id = piece.id;
    open.emplace(std::move(id), std::move(piece));
  }
  std::vector<std::string> action_ids;
  for (const stored::v1::Override& each : overrides) {
    const OpenPiece& piece = open.at(each.work_id());
    step.AddChanged(
        "work-overridden", TextOf(piece),
        model::CodeOf(v1::WorkOverrideReason_Name(each.reason()), "WORK_OVERRIDE_REASON_"));
    if (piece.kind == v1::OPEN_WORK_KIND_ACTION) action_ids.push_back(piece.id);
  }
  ObligationRow owed;
  owed.set_reason(v1::RULE_REASON_WORK_LEFT_OPEN);
  owed.set_nominal_id(nominal_id);
  owed.set_case_id(case_id);
  owed.set_debtor_post(WhoLooksAt(row, step));
  OpenNaming(std::move(owed), kReview, action_ids, step);
}

void KeepChange(CaseRow& row, const Step& step) {
  stored::v1::CaseChange& change = *row.add_changes();
  change.set_category(row.case_().category());
  change.set_level(row.case_().level());
  change.set_until_ms(step.now_ms());
  change.set_changed_by(step.actor.post());
  if (step.header.behaviour_version >= kOfficesHandedOnFrom) {
    change.set_lead_agency(row.case_().lead_agency());
    change.set_area(row.case_().area());
    change.set_supervising_post(row.case_().supervising_post());
  }
  if (row.changes_size() > model::kChangesKept) row.mutable_changes()->erase(row.changes().begin());
}

std::string AnswersFor(const v1::Case& its_case) {
  for (const v1::Seat& seat : its_case.seats()) {
    if (seat.kind() == v1::SEAT_KIND_CHAIR) return seat.post();
  }
  return its_case.accountable_post().empty() ? its_case.supervising_post()
                                             : its_case.accountable_post();
}

void OpenSeeToWork(const std::string& case_id, const CaseRow& row, Step& step) {
  const std::string nominal_id = NominalOf(row);
  std::vector<std::string> action_ids;
  std::string debtor = AnswersFor(row.case_());
  for (const OpenAction& action : OpenActionsOf(case_id, nominal_id, step.batch)) {
    action_ids.push_back(action.id);
    if (debtor.empty()) debtor = action.owner_post;
  }
  if (action_ids.empty()) return;
  ObligationRow owed;
  owed.set_reason(v1::RULE_REASON_WORK_LEFT_OPEN);
  owed.set_nominal_id(nominal_id);
  owed.set_case_id(case_id);
  owed.set_debtor_post(debtor);
  TellAbove(OpenNaming(std::move(owed), kSeeTo, action_ids, step), step);
}

}  // namespace tearline::machine
