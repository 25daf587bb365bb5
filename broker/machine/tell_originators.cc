#include "broker/machine/tell_originators.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "broker/machine/brought_in.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/taken_up.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::TellingRow;

void Begin(TellingRow row, Step& step);

/// Walks posts, their cases and the originators of each case's nominal, in key order, from where
/// `row` says. Each part is false if the record has no room left; `row` then says where to go on.
class Telling {
 public:
  Telling(TellingRow& row, Step& step) : row_(row), step_(step) {}

  bool Run() {
    if (!row_.nominal_id().empty()) return TellOfNominal(row_.nominal_id(), row_.post());
    if (row_.post().empty()) return TellOfAgency();
    return TellOfPost(row_.from_post().empty() ? row_.post() : row_.from_post());
  }
  int told() const { return told_; }

 private:
  /// One row more than there is room for, so that "no room left" is told from "done".
  std::size_t RowsMax() const { return static_cast<std::size_t>(step_.tell_left) + 1; }

  bool HasRoom() {
    if (step_.tell_left == 0) return false;
    --step_.tell_left;
    return true;
  }

  bool TellOfNominal(const std::string& nominal_id, const std::string& post) {
    const Key all = Key(Table::kOriginatorOf).Fixed(nominal_id);
    const Key from = Key(Table::kOriginatorOf).Fixed(nominal_id).Fixed(row_.from_originator());
    const std::size_t name_at = all.bytes().size();
    for (const auto& [key, value] : step_.batch.Scan(all, from, RowsMax())) {
      const std::string originator = key.substr(name_at, key.size() - name_at - 1);
      if (!HasRoom()) {
        row_.set_from_originator(originator);
        return false;
      }
      if (originator == post) continue;
      stored::v1::ItemRow item;
      item.set_kind(row_.erased() ? stored::v1::ITEM_KIND_ERASED
                                  : stored::v1::ITEM_KIND_ACCESS_CHANGED);
      item.set_other_post(post);
      if (row_.whole_agency()) item.set_other_agency(row_.agency());
      item.set_nominal_id(nominal_id);
      Enqueue(originator, v1::URGENCY_ROUTINE, std::move(item), step_);
      ++told_;
    }
    row_.clear_from_originator();
    return true;
  }

  /// Of everybody whom a post has to do with.
  bool TellOfPost(const std::string& post) {
    return (!row_.from_supervised().empty() || TellOfCases(post)) && TellOfSupervised(post);
  }

  /// Whose access it is, where `post` has to do with the person; "" if nobody is told of that.
  /// Whoever does the work of several is told of once.
  std::string Whose(const std::string& post, const std::string& nominal_id) const {
    if (row_.post().empty() || row_.post() == post) return post;
    const std::vector<std::string> dead = DeadBehind(nominal_id, row_.post(), step_.batch);
    return !dead.empty() && dead.front() == post ? row_.post() : std::string();
  }

  /// Whether the walk of a dead address comes to the person by their case, or by another of their
  /// nominals before this one.
  bool IsAgain(const std::string& post, const std::string& nominal_id) const {
    if (row_.post().empty() || row_.post() == post) return false;
    const auto its_case = CaseOfNominal(nominal_id, step_.batch);
    if (its_case && PostsOfCase(*its_case).contains(post)) return true;
    const std::vector<std::string> ids = SamePerson(nominal_id, step_.batch);
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
      return id < nominal_id && step_.batch.Get(Key(Table::kSupervised).Name(post).Fixed(id));
    });
  }

  /// Of those it supervises without a case.
  bool TellOfSupervised(const std::string& post) {
    const Key all = Key(Table::kSupervised).Name(post);
    const Key from = Key(Table::kSupervised).Name(post).Fixed(row_.from_supervised());
    for (const auto& [key, value] : step_.batch.Scan(all, from, RowsMax())) {
      const std::string nominal_id = key.substr(all.bytes().size());
      const std::string whose =
          SupervisesWithoutCase(post, nominal_id, step_.batch) && !IsAgain(post, nominal_id)
              ? Whose(post, nominal_id)
              : std::string();
      if (nominal_id != row_.from_supervised()) {
        row_.clear_from_originator();
        if (!whose.empty()) BeginOthers(nominal_id, whose);
      }
      row_.set_from_supervised(nominal_id);
      if (!HasRoom()) return false;
      if (whose.empty()) continue;
      if (!TellOfNominal(nominal_id, whose)) return false;
    }
    row_.clear_from_supervised();
    return true;
  }

  bool TellOfCases(const std::string& post) {
    const Key all = Key(Table::kCaseOf).Name(post);
    const Key from = Key(Table::kCaseOf).Name(post).Fixed(row_.from_case());
    for (const auto& [key, value] : step_.batch.Scan(all, from, RowsMax())) {
      const std::string case_id = key.substr(all.bytes().size());
      const auto found = step_.batch.Find<stored::v1::CaseRow>(CaseKey(case_id));
      TEARLINE_INVARIANT(found.has_value(), "a case that brings a post in is there");
      const auto nominal_id = model::NominalId::Parse(found->case_().nominal_id());
      TEARLINE_INVARIANT(nominal_id.ok(), "a case's nominal id is 16 bytes");
      const std::string whose = Whose(post, nominal_id->Bytes());
      if (case_id != row_.from_case()) {
        row_.clear_from_originator();
        if (!whose.empty()) BeginOthers(nominal_id->Bytes(), whose);
      }
      row_.set_from_case(case_id);
      if (!HasRoom()) return false;
      if (whose.empty()) continue;
      if (!TellOfNominal(nominal_id->Bytes(), whose)) return false;
    }
    row_.clear_from_case();
    return true;
  }

  /// Those who told something under another nominal of the same person are told, too.
  void BeginOthers(const std::string& nominal_id, const std::string& post) {
    for (const std::string& id : SamePerson(nominal_id, step_.batch)) {
      if (id == nominal_id) continue;
      TellingRow other;
      other.set_nominal_id(id);
      other.set_post(post);
      Begin(std::move(other), step_);
    }
  }

  bool TellOfAgency() {
    const Key all = Key(Table::kPost).Fixed(row_.agency() + "/");
    const std::string begin = row_.from_post().empty() ? row_.agency() + "/" : row_.from_post();
    const Key from = Key(Table::kPost).Fixed(begin);
    for (const auto& [key, value] : step_.batch.Scan(all, from, RowsMax())) {
      const std::string post = key.substr(1, key.size() - 2);  // no table byte, no closing zero
      if (post != row_.from_post()) {
        row_.clear_from_case();
        row_.clear_from_supervised();
        row_.clear_from_originator();
      }
      row_.set_from_post(post);
      if (!HasRoom()) return false;
      const auto found = step_.batch.Find<stored::v1::PostRow>(PostKey(post));
      if (!row_.member().empty() && !ActsFor(found->post(), row_.member())) continue;
      if (!TellOfPost(post)) return false;
    }
    return true;
  }

  TellingRow& row_;
  Step& step_;
  int told_ = 0;
};

void RememberTold(const char* what, const TellingRow& row, int told, Step& step) {
  step.AddChanged(what, row.post().empty() ? row.agency() : row.post(), std::to_string(told));
}

void KeepOn(const std::string& id, const TellingRow& row, int told, Step& step) {
  step.batch.PutRow(TellingKey(id), row);
  RememberTold("originators-told-so-far", row, told, step);
}

void Begin(TellingRow row, Step& step) {
  Telling telling(row, step);
  if (telling.Run()) return;
  // The row's own key without its table byte: position and count.
  const Key key = Key(Table::kTelling).U64(step.header.position).U32(step.tellings_kept++);
  const std::string id = key.bytes().substr(1);
  row.set_due_ms(step.now_ms());
  KeepOn(id, row, telling.told(), step);
  step.batch.Put(DeadlineKey(row.due_ms(), DeadlineKind::kTelling, id), "");
}

}  // namespace

void TellOfAccess(const std::string& post, const std::string& whose, const std::string& nominal_id,
                  Step& step) {
  stored::v1::ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_ACCESS_CHANGED);
  item.set_other_post(whose);
  item.set_nominal_id(nominal_id);
  Enqueue(post, v1::URGENCY_ROUTINE, std::move(item), step);
}

void TellOriginatorsOfOne(const std::string& nominal_id, const std::string& post, Step& step) {
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    TellingRow row;
    row.set_nominal_id(id);
    row.set_post(post);
    Begin(std::move(row), step);
  }
}

void TellOriginators(const std::string& nominal_id, const std::string& post, Step& step) {
  TellOriginatorsOfOne(nominal_id, post, step);
  const std::string other = WhoDoesTheWorkOf(post, step.batch);
  if (!other.empty() && !IsKeptOutOfPerson(other, nominal_id, step.batch) &&
      !PostsOfPerson(nominal_id, step.now_ms(), step.batch).contains(other)) {
    TellOriginatorsOfOne(nominal_id, other, step);
  }
}

void TellOriginatorsOfWork(const std::string& dead, const std::string& post, Step& step) {
  TellingRow row;
  row.set_post(post);
  row.set_from_post(dead);
  Begin(std::move(row), step);
}

void TellOriginatorsOfLead(const std::string& nominal_id, const std::string& agency, Step& step) {
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    TellingRow row;
    row.set_nominal_id(id);
    row.set_agency(agency);
    row.set_whole_agency(true);
    Begin(std::move(row), step);
  }
}

void TellOriginatorsOfPost(const std::string& post, Step& step) {
  TellingRow row;
  row.set_post(post);
  Begin(std::move(row), step);
}

void TellOriginatorsOfAgency(const std::string& agency, const std::string& member, Step& step) {
  TellingRow row;
  row.set_agency(agency);
  row.set_member(member);
  Begin(std::move(row), step);
}

void TellOriginatorsOfErasure(const std::string& nominal_id, Step& step) {
  TellingRow row;
  row.set_nominal_id(nominal_id);
  row.set_erased(true);
  Begin(std::move(row), step);
}

void TellOfControlPassed(const std::string& post, const stored::v1::ItemRow& item, Step& step) {
  if (step.header.behaviour_version < kControlToldFrom || item.level() != v1::LEVEL_FULL) return;
  const auto event = step.batch.See<stored::v1::EventRow>(EventKey(item.event_id()));
  TEARLINE_INVARIANT(event != nullptr, "an event that is let go is kept");
  if (event->has_composite() || AgencyOfPost(post) == event->publish().originating_agency() ||
      event->answering_post() == post) {
    return;
  }
  const v1::Label label = LabelOf(*event);
  const auto& released_to = label.released_to_posts();
  if (!label.originator_controlled() ||
      std::find(released_to.begin(), released_to.end(), post) != released_to.end()) {
    return;
  }
  stored::v1::ItemRow notice;
  notice.set_kind(stored::v1::ITEM_KIND_CONTROL_PASSED);
  notice.set_event_id(item.event_id());
  notice.set_other_post(post);
  *notice.mutable_rules() = item.rules();
  notice.set_policy_digest(item.policy_digest());
  Enqueue(event->answering_post(), v1::URGENCY_ROUTINE, std::move(notice), step);
}

void ContinueTelling(const std::string& id, Step& step) {
  auto row = step.batch.Find<TellingRow>(TellingKey(id));
  TEARLINE_INVARIANT(row.has_value(), "what was begun has its row");
  if (step.tell_left == 0) return;  // others took this record's room: the next pulse's turn
  Telling telling(*row, step);
  if (!telling.Run()) {
    KeepOn(id, *row, telling.told(), step);
    return;
  }
  RememberTold("originators-told", *row, telling.told(), step);
  step.batch.Erase(TellingKey(id));
  step.batch.Erase(DeadlineKey(row->due_ms(), DeadlineKind::kTelling, id));
}

}  // namespace tearline::machine
