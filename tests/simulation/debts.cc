#include "tests/simulation/debts.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/machine/rows.h"

namespace tearline::simulation {
namespace {

using stored::v1::ObligationRow;

constexpr std::int64_t kParkedWithinMs = 24 * 60 * 60 * 1000;
constexpr std::int64_t kHistoryWithinMs = 7 * kParkedWithinMs;
constexpr std::int64_t kRefusalWithinMs = 7 * kParkedWithinMs;
constexpr std::int64_t kDeleteWithinMs = kParkedWithinMs;
constexpr std::int64_t kReportWithinMs = 3 * kParkedWithinMs;
constexpr std::int64_t kTakeOverWithinMs = 3 * kParkedWithinMs;
constexpr std::int64_t kUnmergeReviewWithinMs = kParkedWithinMs;
constexpr std::int64_t kGlassReviewWithinMs = 3 * kParkedWithinMs;

/// What each sort is given; below zero for sorts that nothing here can open.
std::int64_t WithinOf(v1::ObligationType type) {
  switch (type) {
    case v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW:
      return kUnmetWithinMs;
    case v1::OBLIGATION_TYPE_READ:
      return kReadWithinMs;
    case v1::OBLIGATION_TYPE_PARKED:
      return kParkedWithinMs;
    case v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL:
      return kRefusalWithinMs;
    case v1::OBLIGATION_TYPE_HISTORY_ARRIVED:
      return kHistoryWithinMs;
    case v1::OBLIGATION_TYPE_CONFIRM_DELETION:
      return kDeleteWithinMs;
    case v1::OBLIGATION_TYPE_REPORT_BREACH:
      return kReportWithinMs;
    case v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS:
      return kGlassReviewWithinMs;
    case v1::OBLIGATION_TYPE_REVIEW_UNMERGE:
      return kUnmergeReviewWithinMs;
    case v1::OBLIGATION_TYPE_TAKE_OVER:
      return kTakeOverWithinMs;
    default:
      return -1;
  }
}

/// Whether the record has the event leave an obligation whose debtor may not see to it any more:
/// who sees to it now has the time that stood.
bool IsHandedOn(const stored::v1::ObligationDetail& opened, const Seen& seen) {
  return std::any_of(seen.details.begin(), seen.details.end(), [&](const auto& each) {
    const stored::v1::ObligationDetail& left = each.obligation();
    return left.change() == stored::v1::OBLIGATION_CHANGE_LEFT && left.type() == opened.type() &&
           left.event_id() == opened.event_id() && left.nominal_id() == opened.nominal_id() &&
           std::max(left.due_ms(), seen.stamp_ms) == opened.due_ms();
  });
}

}  // namespace

void Debts::HearDetails(const Seen& seen) {
  // Where nobody is there, a line may come to its end at once, and says nothing of that.
  const auto pass_over = [&] {
    if (seen.command != stored::v1::COMMAND_NUMBER_PULSE) return;
    for (const auto& [id, next_ms] : next_) {
      const bool is_due = next_ms != 0 && next_ms <= seen.stamp_ms;
      if (is_due) climbed_.insert(id);
      if (is_due && reading_.NobodyThere(told_[id])) passed_over_.insert(id);
    }
  };
  pass_over();
  for (const stored::v1::Detail& detail : seen.details) {
    if (detail.has_decision()) {
      const stored::v1::DecisionDetail& decision = detail.decision();
      const bool raised = decision.again() && decision.level() == v1::LEVEL_FULL &&
                          seen.command == stored::v1::COMMAND_NUMBER_PULSE;
      if (raised) raised_.emplace(decision.event_id(), decision.post());
      HearDecision(decision);
    }
    if (detail.has_read()) read_.emplace(detail.read().feed(), detail.read().event_id());
    if (detail.has_obligation()) HearObligation(detail.obligation(), seen);
    leaves_.HearDetail(detail, seen);
    if (!detail.released().event_id().empty()) {
      had_[{PostOf(detail.released().feed()), detail.released().event_id()}].insert(
          detail.released().feed());
    }
    if (!detail.has_released() || detail.released().obligation_id().empty()) continue;
    const auto silent = unspeakable_.find(detail.released().obligation_id());
    if (silent != unspeakable_.end() && silent->second.contains(detail.released().feed()) &&
        !IsAsked(detail.released().feed(), silent->first)) {
      complaints_.push_back("P6: who was not told of an event was told that something is owed");
    }
  }
  pass_over();
}

void Debts::HearWithdrawn(const std::string& event_id) {
  std::erase_if(owed_, [&](const Debt& debt) { return std::get<0>(debt) == event_id; });
}

bool Debts::IsAsked(const std::string& post, const std::string& id) const {
  const auto counted = spoken_of_.find(id);
  return counted != spoken_of_.end() &&
         std::any_of(counted->second.begin(), counted->second.end(), [&](const std::string& event) {
           const auto heard = events_.find(event);
           return heard != events_.end() && heard->second.origin_post == post;
         });
}

void Debts::HearDecision(const stored::v1::DecisionDetail& detail) {
  const auto event = events_.find(detail.event_id());
  if (event == events_.end()) return;  // Said elsewhere.
  const std::pair<std::string, std::string> whom{detail.post(), detail.event_id()};
  if (detail.level() == v1::LEVEL_WITHHELD) {
    had_[whom].erase(detail.feed().empty() ? detail.post() : detail.feed());
  }
  // What goes again through a subscription is looked at where it is owed: in the inbox.
  if (!detail.feed().empty() && detail.again()) return;
  if (detail.late()) late_.insert(whom);
  const Say say = reading_.Of(event->second, detail.post());
  if (say.told) {  // Whoever is told of it by now may hear of what is owed about it.
    for (const auto& [id, events] : spoken_of_) {
      if (events.contains(detail.event_id())) unspeakable_[id].erase(detail.post());
    }
  }
  for (const std::string& nominal : event->second.nominals) {  // Met by now, it is no debt.
    if (std::find(say.unmet.begin(), say.unmet.end(), nominal) == say.unmet.end()) {
      owed_.erase({detail.event_id(), nominal, detail.post()});
    }
  }
  for (const std::string& nominal : say.unmet) {
    owed_.emplace(detail.event_id(), nominal, detail.post());
  }
  // What comes late is one "history arrived" for the panel, not one more to be read.
  const bool to_be_read = !read_.contains(whom) && !late_.contains(whom);
  if (say.owed && say.told && to_be_read) owed_.emplace(detail.event_id(), "", detail.post());
  if (!say.told) owed_.erase({detail.event_id(), "", detail.post()});
}

void Debts::HearObligation(const stored::v1::ObligationDetail& detail, const Seen& seen) {
  const std::string& id = detail.obligation_id();
  // A row lists the first 64 and counts the rest; the audit log names them all.
  if (!detail.event_id().empty()) spoken_of_[id].insert(detail.event_id());
  if (!detail.owed_post().empty()) named_[id].insert(detail.owed_post());
  if (detail.change() == stored::v1::OBLIGATION_CHANGE_LEFT) {
    spoken_of_[id].erase(detail.event_id());
    // What is left of the obligation says nothing of it.
    for (auto& [post, events] : unspeakable_[id]) events.erase(detail.event_id());
    std::erase_if(unspeakable_[id], [](const auto& kept_from) { return kept_from.second.empty(); });
    EndWhatNobodyOwes(detail);
  }
  switch (detail.change()) {
    case stored::v1::OBLIGATION_CHANGE_OPENED:
      if (detail.due_ms() !=
              requests_.DueMs(id).value_or(seen.stamp_ms + WithinOf(detail.type())) &&
          !IsHandedOn(detail, seen) && !IsInTheTimeThatStood(detail, seen)) {
        complaints_.push_back("P3: an obligation was opened with another time than the rule's");
      }
      dues_[{detail.type(), detail.event_id()}].insert(detail.due_ms());
      open[id] = detail.debtor_post();
      told_[id] = detail.debtor_post();
      opened_[id] = seen.stamp_ms;
      if (reading_.NobodyThere(detail.debtor_post())) passed_over_.insert(id);
      break;
    case stored::v1::OBLIGATION_CHANGE_JOINED:
      joined_.insert(id);
      [[fallthrough]];
    case stored::v1::OBLIGATION_CHANGE_UPHELD:
      for (const std::string& event_id : spoken_of_[id]) {
        dues_[{detail.type(), event_id}].insert(detail.due_ms());
      }
      break;
    case stored::v1::OBLIGATION_CHANGE_ESCALATED:
      CheckClimb(detail, seen);
      if (reading_.NobodyThere(told_[id]) || reading_.NobodyThere(detail.told_post())) {
        passed_over_.insert(id);
      }
      told_[id] = detail.told_post();
      break;
    case stored::v1::OBLIGATION_CHANGE_DISCHARGED:
      ended_[id] = seen;
      open.erase(id);
      if (detail.type() == v1::OBLIGATION_TYPE_READ) EndWhatNobodyReads(detail);
      break;
    default:
      break;
  }
}

/// An obligation climbs in its time, from holder to deputy to the line; at once from where nobody
/// is; and past the deputy where they have stood in since it was opened, and were told first.
void Debts::CheckClimb(const stored::v1::ObligationDetail& climbed, const Seen& seen) {
  const std::string& id = climbed.obligation_id();
  const std::string& debtor = climbed.debtor_post();
  climbed_.insert(id);
  if (seen.command != stored::v1::COMMAND_NUMBER_PULSE) return;
  if (climbed.due_ms() > seen.stamp_ms && (next_[id] == 0 || next_[id] > seen.stamp_ms) &&
      !reading_.NobodyThere(told_[id])) {
    complaints_.push_back("an obligation was escalated before its time");
  }
  bool above = false;
  for (std::string next = reading_.town.LineOf(debtor); !next.empty();
       next = reading_.town.LineOf(next)) {
    above = above || next == climbed.told_post();
  }
  above = above || climbed.told_post() == kBoard;  // where a line ends without one
  if (climbed.stage() > 1 && !above) {
    complaints_.push_back("an obligation climbed to whom its debtor's line does not lead");
  }
  // A hand-over is chased anew when another person has charge.
  if (stages_[id] != 0 || climbed.type() == v1::OBLIGATION_TYPE_TAKE_OVER) return;
  const bool without_deputy =
      reading_.vacant.contains(debtor) || reading_.StoodInSince(debtor, opened_[id]);
  if (without_deputy != (climbed.stage() > 1)) {
    complaints_.push_back("a deputy was passed over, or told again as if the holder were there");
  }
}

/// What was handed on, with the accountable officer's part in a case, is due when it was before;
/// what was overdue is due at once.
bool Debts::IsInTheTimeThatStood(const stored::v1::ObligationDetail& detail,
                                 const Seen& seen) const {
  const auto stood = dues_.find({detail.type(), detail.event_id()});
  if (stood == dues_.end()) return false;
  return std::any_of(stood->second.begin(), stood->second.end(), [&](std::int64_t due_ms) {
    return std::max(due_ms, seen.stamp_ms) == detail.due_ms();
  });
}

/// Nor need the one read what the next officer must.
void Debts::EndWhatNobodyReads(const stored::v1::ObligationDetail& ended) {
  for (const std::string& event_id : spoken_of_[ended.obligation_id()]) {
    const auto event = events_.find(event_id);
    if (event != events_.end() && !reading_.Of(event->second, ended.debtor_post()).owed) {
      owed_.erase({event_id, "", ended.debtor_post()});
    }
  }
}

/// Whom the duty names no longer is not judged again: that an obligation which named them is left
/// says so.
void Debts::EndWhatNobodyOwes(const stored::v1::ObligationDetail& left) {
  const auto event = events_.find(left.event_id());
  if (event == events_.end()) return;
  std::erase_if(owed_, [&](const Debt& debt) {
    const auto& [event_id, nominal, post] = debt;
    return event_id == left.event_id() && nominal == left.nominal_id() &&
           named_[left.obligation_id()].contains(post) && !reading_.Away(post) &&
           !reading_.Of(event->second, post).owed;
  });
}

void Debts::Look(const state::Reader& view, std::int64_t stamp_ms, bool pulsed) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  covered_.clear();
  taken_over_.clear();
  const std::map<std::string, std::int64_t> before = std::exchange(next_, {});
  for (const auto& [key, bytes] : view.Scan(state::Key(state::Table::kObligation), kAll)) {
    const std::string id = key.substr(1);
    ObligationRow row;
    if (!row.ParseFromString(bytes)) continue;
    LookAtRow(id, row);
    if (row.ended_ms() != 0) continue;
    const auto due = before.find(id);
    // What more joined may have come to the end of its line first, and be chased anew.
    const bool was_due =
        due != before.end() && due->second != 0 && due->second <= stamp_ms && !joined_.contains(id);
    LookAtTime(id, row, view, stamp_ms, pulsed && was_due);
  }
  joined_.clear();
  broker_due_.clear();
  for (const auto& [key, bytes] : view.Scan(state::Key(state::Table::kDeadline), kAll)) {
    const auto kind = static_cast<machine::DeadlineKind>(state::ReadBigEndian(key, 9, 1));
    if (kind != machine::DeadlineKind::kHistory && kind != machine::DeadlineKind::kForget &&
        kind != machine::DeadlineKind::kEventChange && kind != machine::DeadlineKind::kGlass &&
        kind != machine::DeadlineKind::kLeave && kind != machine::DeadlineKind::kReach) {
      continue;
    }
    broker_due_.push_back(static_cast<std::int64_t>(state::ReadBigEndian(key, 1, 8)));
  }
  LookAtHandOvers();
  for (const Debt& debt : owed_) {
    if (covered_.contains(debt)) continue;
    complaints_.push_back(std::get<1>(debt).empty()
                              ? "P3: an event must be read and no obligation says so"
                              : "P3: an event is owed and withheld, and no obligation names whom "
                                "it is owed to");
    return;
  }
}

/// Whoever has charge of a post now, and had not before, owes to take it over: from today on,
/// though those before let every step pass.
void Debts::LookAtHandOvers() {
  for (const std::string& post : leaves_.ChangedHands()) {
    if (taken_over_.contains(post)) continue;
    complaints_.push_back("P3: a post changed hands, and nobody is chased to take it over");
  }
  climbed_.clear();
}

/// What a post is told more of, as the past is judged for it by and by, comes late: that history
/// arrived says so, to whom its panel has for that. Of what was amended each reads its own.
void Debts::CoverRaised(const std::string& event) {
  const auto heard = events_.find(event);
  if (heard == events_.end() || heard->second.amended != 0) return;
  for (auto raised = raised_.lower_bound({event, ""});
       raised != raised_.end() && raised->first == event; ++raised) {
    covered_.emplace(event, "", raised->second);
  }
}

void Debts::LookAtRow(const std::string& id, const ObligationRow& row) {
  const bool is_chased = row.next_step_ms() != 0 || climbed_.contains(id);
  if (row.type() == v1::OBLIGATION_TYPE_TAKE_OVER && row.ended_ms() == 0 && is_chased) {
    taken_over_.insert(row.debtor_post());
  }
  if ((row.ended_ms() != 0) != ended_.contains(id)) {
    complaints_.push_back("P3: an obligation ended and no record says so, or the reverse");
  }
  told_[id] = row.told_post();
  const auto known = reading_.holders.contains(row.debtor_post());
  if (!known || row.due_ms() == 0 || row.reason() == v1::RULE_REASON_UNSPECIFIED) {
    complaints_.push_back("P3: an obligation without somebody named, a reason or a time");
  }
  for (const std::string& event : spoken_of_[id]) {
    if (row.type() == v1::OBLIGATION_TYPE_READ) covered_.emplace(event, "", row.debtor_post());
    if (row.type() == v1::OBLIGATION_TYPE_HISTORY_ARRIVED) CoverRaised(event);
    if (row.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) continue;
    for (auto debt = owed_.lower_bound({event, row.nominal_id(), ""});
         debt != owed_.end() && std::get<0>(*debt) == event &&
         std::get<1>(*debt) == row.nominal_id();
         ++debt) {
      const std::string& post = std::get<2>(*debt);
      const auto& named = row.owed_posts();
      if (std::find(named.begin(), named.end(), post) != named.end()) covered_.insert(*debt);
      // Until it is told, and then hears of what it is told; and of what it had, until it is judged
      // again after its access went.
      if (!reading_.Of(events_.at(event), post).told && had_[{post, event}].empty()) {
        unspeakable_[id][post].insert(event);
      }
    }
  }
}

void Debts::LookAtTime(const std::string& id, const ObligationRow& row, const state::Reader& view,
                       std::int64_t stamp_ms, bool must_fire) {
  const bool climbed = std::exchange(stages_[id], row.stage()) != row.stage();
  if (must_fire && !climbed && row.next_step_ms() != 0 && row.next_step_ms() <= stamp_ms) {
    complaints_.push_back("an obligation was due and a later record was written before it fired");
  }
  next_[id] = row.next_step_ms();
  if (row.next_step_ms() == 0) {
    // Told past posts that were away, it has come to the end of a line.
    if (row.due_ms() > stamp_ms && !passed_over_.contains(id)) {
      complaints_.push_back("P3: an obligation waits for no time, although it is not due yet: " +
                            v1::ObligationType_Name(row.type()));
    }
    return;
  }
  if (!view.Get(machine::DeadlineKey(row.next_step_ms(), machine::DeadlineKind::kObligation, id))) {
    complaints_.push_back("P3: an obligation's time is in no table that anybody looks at");
  }
}

std::vector<std::int64_t> Debts::DueBy(std::int64_t stamp_ms) const {
  std::vector<std::int64_t> due;
  for (const std::int64_t each : broker_due_) {
    if (each <= stamp_ms) due.push_back(each);
  }
  for (const auto& [id, next_ms] : next_) {
    if (next_ms != 0 && next_ms <= stamp_ms) due.push_back(next_ms);
  }
  std::sort(due.begin(), due.end());
  return due;
}

}  // namespace tearline::simulation
