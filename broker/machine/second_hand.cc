#include "broker/machine/second_hand.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/access_limit.h"
#include "broker/machine/case_row.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/joined_case.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

bool IsOwn(const std::string& agency, const Step& step) { return agency == step.actor.agency(); }

bool IsOwnPost(const std::string& post, const Step& step) {
  return !post.empty() && IsOwn(AgencyOfPost(post), step);
}

/// Whether whoever acts for the post may confirm what others ask of the directory, cases and
/// policy. Somebody who could make such a post alone could give every second hand alone.
bool ConfirmsForOthers(const v1::Post& post) {
  return HasRole(post, v1::POST_ROLE_OPERATOR) || HasRole(post, v1::POST_ROLE_COORDINATOR) ||
         HasRole(post, v1::POST_ROLE_INFORMATION_GOVERNANCE);
}

bool HasOwnPost(const std::set<std::string>& posts, const Step& step) {
  return std::any_of(posts.begin(), posts.end(),
                     [&step](const std::string& post) { return IsOwnPost(post, step); });
}

/// Whether a case shows a post of the author's agency what is told: by a seat, by name, or in place
/// of a seat whose post is out of reach.
bool ShowsOwn(const stored::v1::CaseRow& row, const Step& step) {
  const auto& seats = row.case_().seats();
  return HasOwnPost(PostsOfCase(row), step) ||
         (row.ended_ms() == 0 &&
          std::any_of(seats.begin(), seats.end(), [&step](const v1::Seat& seat) {
            return IsOwnPost(seat.substitute_post(), step);
          }));
}

/// Whether a post of the author's agency is shown what is told, as the person's case or supervisor.
bool BringsOwnPostIn(const std::string& nominal_id, const Step& step) {
  if (HasOwnPost(SupervisorsWithoutCase(nominal_id, step.batch), step)) return true;
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  return its_case && ShowsOwn(*its_case, step);
}

/// The same, or the author's agency leads it, or glass that a post of the agency broke does.
bool ShowsOwnPost(const std::string& nominal_id, const Step& step) {
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  if (its_case && IsOwn(its_case->case_().lead_agency(), step)) return true;
  return BringsOwnPostIn(nominal_id, step) ||
         HasOwnPost(PostsWithGlass(nominal_id, step.now_ms(), step.batch), step);
}

/// Whether a case that is to name no supervisor any more leaves that to a post of the author's
/// agency, which was named for the person.
bool LeavesToOwnSupervisor(const stored::v1::ChangeCase& command, const Step& step) {
  if (!command.unsupervised() || step.header.behaviour_version < kLeftToOwnFrom) return false;
  const auto row = step.batch.See<stored::v1::CaseRow>(CaseKey(command.case_id()));
  return row && HasOwnPost(SupervisorsNamed(NominalOf(*row), step.batch), step);
}

/// The same of a case that ends, and names another.
bool LeavesToOwnSupervisor(const stored::v1::EndCase& command, const Step& step) {
  if (command.as_fact() || command.reason() == v1::CASE_EXIT_REASON_JOINED ||
      step.header.behaviour_version < kLeftToOwnFrom) {
    return false;
  }
  const auto row = step.batch.See<stored::v1::CaseRow>(CaseKey(command.case_id()));
  if (!row || row->case_().supervising_post().empty()) return false;
  std::set<std::string> named = SupervisorsNamed(NominalOf(*row), step.batch);
  named.erase(row->case_().supervising_post());
  return HasOwnPost(named, step);
}

/// Whether a merge joins cases of a person for whom a post of the author's agency was named: a case
/// that ends so may have had another in its place.
bool JoinsBeforeOwnSupervisor(const stored::v1::MergeNominals& command, const Step& step) {
  if (step.header.behaviour_version < kLeftToOwnFrom) return false;
  const auto cases = CasesOf(command.removed_id(), command.surviving_id(), step);
  return cases.ok() && !cases->joined.empty() &&
         (HasOwnPost(SupervisorsNamed(command.removed_id(), step.batch), step) ||
          HasOwnPost(SupervisorsNamed(command.surviving_id(), step.batch), step));
}

/// Whether a post of the agency has a subscription.
bool HasWishes(const std::string& agency, const state::Reader& reader) {
  const state::Key all = state::Key(state::Table::kSubscription).Fixed(agency + "/");
  return !reader.Scan(all, 1).empty();
}

/// Whether taking a merge back opens a case again that shows a post of the author's agency more.
bool ReopensOwn(const std::string& removed_id, const Step& step) {
  const std::vector<JoinedBy> joined = JoinedCasesParted(removed_id, step);
  return std::any_of(joined.begin(), joined.end(), [&step](const JoinedBy& each) {
    auto row = step.batch.Find<stored::v1::CaseRow>(CaseKey(each.case_id));
    if (!row) return false;
    row->clear_ended_ms();
    return IsOwn(row->case_().lead_agency(), step) || ShowsOwn(*row, step);
  });
}

/// Whether the author's agency may see more when what is held about the one is the other's, too. A
/// wish of the agency's may be answered with more: by name, or because what is judged is of
/// somebody with a case now. What policy would say to it is not looked into.
bool MayShowMore(const std::string& one, const std::string& other, const Step& step) {
  return ShowsOwnPost(one, step) || ShowsOwnPost(other, step) ||
         HasWishes(step.actor.agency(), step.batch);
}

}  // namespace

bool IsSameHand(const stored::v1::Actor& first, const stored::v1::Actor& second) {
  const bool same_member = first.agency() == second.agency() && first.member() == second.member();
  const bool same_credential = !first.certificate_digest().empty() &&
                               first.certificate_digest() == second.certificate_digest();
  const bool same_user = !first.on_behalf_of_user().empty() &&
                         first.on_behalf_of_user() == second.on_behalf_of_user() &&
                         first.on_behalf_of_issuer() == second.on_behalf_of_issuer();
  return first.post() == second.post() || same_member || same_credential || same_user;
}

bool Widens(const stored::v1::AdmitAgency&, const Step&) { return true; }

bool Widens(const stored::v1::SetPost& command, const Step& step) {
  return IsOwnPost(command.post().post(), step) || IsOwnPost(command.post().escalates_to(), step) ||
         ConfirmsForOthers(command.post());
}

bool Widens(const stored::v1::SetSuspension& command, const Step& step) {
  return !command.suspended() && IsOwn(command.agency(), step);
}

bool Widens(const stored::v1::EnrolSigningKey&, const Step&) { return true; }

bool Widens(const stored::v1::LinkIdentifier& command, const Step& step) {
  return BringsOwnPostIn(command.nominal_id(), step);
}

bool Widens(const stored::v1::MergeNominals& command, const Step& step) {
  return MayShowMore(command.removed_id(), command.surviving_id(), step) ||
         JoinsBeforeOwnSupervisor(command, step);
}

bool Widens(const stored::v1::MoveBooking& command, const Step& step) {
  return MayShowMore(command.from_id(), command.to_id(), step);
}

bool Widens(const stored::v1::UnmergeNominals& command, const Step& step) {
  if (ReopensOwn(command.removed_id(), step)) return true;
  if (step.header.behaviour_version >= kPartedSupervisedFrom &&
      HasOwnPost(SupervisorsIfParted(command.removed_id(), step.batch), step)) {
    return true;
  }
  const std::vector<std::string> ids = SamePerson(command.removed_id(), step.batch);
  return std::any_of(ids.begin(), ids.end(), [&step](const std::string& id) {
    const auto row = step.batch.See<stored::v1::NominalRow>(NominalKey(id));
    return row && (IsLimited(*row) || row->in_conflict_size() != 0);
  });
}

bool Widens(const stored::v1::LimitAccess& command, const Step& step) {
  const auto before = step.batch.Find<stored::v1::NominalRow>(NominalKey(command.nominal_id()));
  if (!before) return false;
  stored::v1::NominalRow after;
  *after.mutable_excluded() = command.excluded();
  *after.mutable_only() = command.only();
  return LetsSeeMore(step.actor.agency(), *before, after);
}

bool Widens(const stored::v1::DeclareConflict& command, const Step& step) {
  return command.withdrawn() && IsOwnPost(command.post(), step);
}
bool Widens(const stored::v1::EraseNominal&, const Step&) { return true; }

bool Widens(const stored::v1::SetSupervisor& command, const Step& step) {
  return IsOwnPost(command.post(), step);
}

bool Widens(const stored::v1::OpenCase& command, const Step& step) {
  const v1::Case& asked = command.case_();
  return IsOwn(asked.lead_agency(), step) || IsOwnPost(asked.supervising_post(), step) ||
         IsOwnPost(asked.accountable_post(), step);
}

bool Widens(const stored::v1::SeatPost& command, const Step& step) {
  return !command.leave() && (IsOwnPost(command.seat().post(), step) ||
                              IsOwnPost(command.seat().substitute_post(), step));
}

bool Widens(const stored::v1::NamePost& command, const Step& step) {
  return !command.leave() && IsOwnPost(command.named().post(), step);
}

bool Widens(const stored::v1::CommissionReport& command, const Step& step) {
  return !command.end() && IsOwnPost(command.writer_post(), step);
}

bool Widens(const stored::v1::NameAccountable& command, const Step& step) {
  return IsOwnPost(command.post(), step);
}

bool Widens(const stored::v1::ChangeCase& command, const Step& step) {
  return IsOwn(command.lead_agency(), step) || IsOwnPost(command.supervising_post(), step) ||
         LeavesToOwnSupervisor(command, step);
}

bool Widens(const stored::v1::EndCase& command, const Step& step) {
  return LeavesToOwnSupervisor(command, step);
}

bool Widens(const stored::v1::DecideDisclosure& command, const Step&) {
  return command.decision() == v1::DISCLOSURE_DECISION_DISCLOSE;
}

bool Widens(const stored::v1::SetLevel& command, const Step& step) {
  const auto row = step.batch.Find<stored::v1::CaseRow>(CaseKey(command.case_id()));
  if (!row || command.as_fact() || OnlyLowers(row->case_(), command.category(), command.level())) {
    return false;
  }
  return IsOwn(row->case_().lead_agency(), step) || ShowsOwn(*row, step);
}

std::int64_t LapsesMs(const stored::v1::PendingRow& row) {
  return row.stamp_ms() + std::chrono::milliseconds(model::kPendingLifetime).count();
}

namespace {

/// What waits already, if the same post asked for the same, for the same purpose.
std::optional<model::PendingId> WaitingAlready(stored::v1::CommandNumber number,
                                               const std::string& command_bytes, const Step& step) {
  if (step.header.behaviour_version < kWaitsOnceFrom) return std::nullopt;
  const state::Key all = state::Key(state::Table::kPendingOf).Name(step.actor.agency());
  for (const auto& [key, nothing] : step.batch.Scan(all, model::kPendingOfAgencyMax)) {
    const std::string id = key.substr(all.bytes().size());
    const auto row = step.batch.See<stored::v1::PendingRow>(PendingKey(id));
    TEARLINE_INVARIANT(row != nullptr, "what waits has its row");
    const stored::v1::Actor& author = row->author();
    if (row->command() == static_cast<std::uint32_t>(number) &&
        row->command_bytes() == command_bytes && author.post() == step.actor.post() &&
        author.purpose() == step.actor.purpose() &&
        author.legal_basis() == step.actor.legal_basis() && LapsesMs(*row) > step.now_ms()) {
      return *model::PendingId::FromBytes(id);
    }
  }
  return std::nullopt;
}

void AwaitSecondHand(const model::PendingId& id, Step& step) {
  step.AddChanged("awaits-second-hand", id.Text());
  step.applied.outcome = audit::Outcome::kAwaitsSecondHand;
  step.applied.made_id = id.Text();
}

}  // namespace

Status KeepForSecondHand(stored::v1::CommandNumber number, const std::string& command_bytes,
                         Step& step) {
  if (const auto waits = WaitingAlready(number, command_bytes, step)) {
    AwaitSecondHand(*waits, step);
    return {};
  }
  const state::Key waiting = state::Key(state::Table::kPendingOf).Name(step.actor.agency());
  if (step.batch.Scan(waiting, model::kPendingOfAgencyMax).size() == model::kPendingOfAgencyMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "at most 256 commands of an agency wait for a second hand; have some confirmed, "
                  "or wait until they lapse after 14 days");
  }

  const model::PendingId id = step.MakeId<model::PendingId>(model::PendingTag{});
  stored::v1::PendingRow row;
  row.set_command(static_cast<std::uint32_t>(number));
  row.set_command_bytes(command_bytes);
  *row.mutable_author() = step.actor;
  row.set_stamp_ms(step.now_ms());
  step.batch.PutRow(PendingKey(id.Bytes()), row);
  step.batch.Put(PendingOfKey(step.actor.agency(), id.Bytes()), "");
  step.batch.Put(DeadlineKey(LapsesMs(row), DeadlineKind::kPending, id.Bytes()), "");
  AwaitSecondHand(id, step);
  return {};
}

void ForgetPending(const std::string& pending_id, const stored::v1::PendingRow& row, Step& step) {
  step.batch.Erase(PendingKey(pending_id));
  step.batch.Erase(PendingOfKey(row.author().agency(), pending_id));
  step.batch.Erase(DeadlineKey(LapsesMs(row), DeadlineKind::kPending, pending_id));
}

void TellFirstHand(const std::string& pending_id, const stored::v1::PendingRow& row,
                   stored::v1::PendingEnd end, Step& step) {
  const std::string& post = row.author().post();
  if (!step.batch.Get(PostKey(post))) return;
  stored::v1::ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_PENDING_ENDED);
  item.set_pending_id(pending_id);
  item.set_pending_command(row.command());
  item.set_pending_end(end);
  Enqueue(post, v1::URGENCY_ROUTINE, std::move(item), step);
}

void Lapse(const std::string& pending_id, Step& step) {
  const auto row = step.batch.Find<stored::v1::PendingRow>(PendingKey(pending_id));
  TEARLINE_INVARIANT(row.has_value(), "a pending command's deadline ends with it");
  ForgetPending(pending_id, *row, step);
  step.AddChanged("second-hand-lapsed", model::PendingId::FromBytes(pending_id)->Text(),
                  row->author().post());
  TellFirstHand(pending_id, *row, stored::v1::PENDING_END_LAPSED, step);
}

}  // namespace tearline::machine
