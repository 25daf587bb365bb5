#include "broker/machine/level_fact.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "broker/machine/case_row.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/newest.h"
#include "broker/machine/origin.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::Actor;
using stored::v1::CaseRow;
using stored::v1::EventRow;

/// The event, if it stands and the actor may speak for whoever published it.
Result<std::shared_ptr<const EventRow>> FindEvent(const std::string& event_id, const Actor& actor,
                                                  const state::Reader& reader) {
  auto event = reader.See<EventRow>(EventKey(event_id));
  if (!event || !CheckMaySpeakFor(event->publish().originating_agency(), actor, reader).ok()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such event that this post's agency published, or publishes for");
  }
  if (IsWithdrawn(*event)) {
    return Refuse(v1::ERROR_REASON_EVENT_WITHDRAWN, "`event_id` must be an event that stands");
  }
  return event;
}

/// When the record that opened the case was stamped, ms.
std::int64_t OpenedAt(const std::string& case_id, const state::Reader& reader) {
  const auto first = reader.Scan(CaseAtKey(case_id), 1);
  TEARLINE_INVARIANT(!first.empty(), "a case was opened by a record");
  const std::string& key = first.front().first;
  return StampOf(state::ReadBigEndian(key, key.size() - 8, 8), reader);
}

/// Since when what an event says is so: as it says, and at the latest since it was accepted.
std::int64_t SaidAt(const EventRow& event) {
  return std::min(event.publish().occurred_ms(), event.accepted_ms());
}

/// Whether somebody has said how the case is managed since what the event is of occurred; of what
/// the actor's post said, only what no event said.
bool IsChangedSince(const EventRow& event, const CaseRow& row, const std::string& case_id,
                    const Actor& actor, const state::Reader& reader) {
  if (OpenedAt(case_id, reader) > SaidAt(event)) return true;
  for (int i = 0; i < row.changes_size(); ++i) {
    const stored::v1::CaseChange& change = row.changes(i);
    const bool own = change.changed_by() == actor.post() && !change.event_id().empty();
    if (change.until_ms() < SaidAt(event) || own) continue;
    const bool last = i + 1 == row.changes_size();
    const auto category = last ? row.case_().category() : row.changes(i + 1).category();
    const auto level = last ? row.case_().level() : row.changes(i + 1).level();
    if (change.category() != category || change.level() != level) return true;
  }
  return false;
}

/// What the same agency's events say later than one event.
class Later {
 public:
  Later(const EventRow& event, const FactTypes& types, const state::Reader& reader)
      : event_(event), types_(types), reader_(reader) {}

  void LookAt(const std::string& event_id) {
    const auto other = reader_.See<EventRow>(EventKey(event_id));
    TEARLINE_INVARIANT(other != nullptr, "an event in an index is kept");
    if (PlaceOf(*other) <= PlaceOf(event_) || !IsOfRegister(*other)) return;
    const v1::Facts& facts = other->publish().facts();
    const std::string& type = other->publish().event_type();
    overtaken_ = overtaken_ || (types_.saying.contains(type) &&
                                CheckCategoryAndLevel(facts.mappa_category(), facts.mappa_level(),
                                                      "")
                                    .ok());
    ended_ = ended_ || (types_.ending.contains(type) &&
                        facts.mappa_category() != v1::MAPPA_CATEGORY_UNSPECIFIED);
  }

  /// Looks at the newest events about a nominal.
  void LookAtNewest(const std::string& nominal_id, std::size_t most) {
    const auto rows = NewestEventsOf(nominal_id, most / 2, most, reader_);
    if (rows.empty()) return;
    for (const auto& [key, event_id] : rows) LookAt(event_id);
    const std::string& oldest = rows.front().first;
    const auto first = reader_.Scan(state::Key(state::Table::kEventOfNominal).Fixed(nominal_id), 1);
    passed_over_ = passed_over_ ||
                   (event_.position() < state::ReadBigEndian(oldest, oldest.size() - 8, 8) &&
                    first.front().first != oldest);
  }

  /// What they make of it; news, if they say nothing.
  FactStanding Standing() const {
    if (overtaken_) return FactStanding::kOvertaken;
    if (ended_) return FactStanding::kEndedSince;
    return passed_over_ ? FactStanding::kChangedSince : FactStanding::kNews;
  }

 private:
  static std::pair<std::int64_t, model::Position> PlaceOf(const EventRow& event) {
    return {event.publish().occurred_ms(), event.position()};
  }
  bool IsOfRegister(const EventRow& other) const {
    return other.publish().originating_agency() == event_.publish().originating_agency() &&
           !IsWithdrawn(other) && other.nominal_ids_size() == 1;
  }

  const EventRow& event_;
  const FactTypes& types_;
  const state::Reader& reader_;
  bool overtaken_ = false;
  bool ended_ = false;
  bool passed_over_ = false;  ///< Some that came later were not looked at.
};

FactStanding StandingAfterEvents(const EventRow& event, const CaseRow& row, const FactTypes& types,
                                 std::size_t looked_at_max, const state::Reader& reader) {
  Later later(event, types, reader);
  for (const stored::v1::CaseChange& change : row.changes()) {
    if (!change.event_id().empty()) later.LookAt(change.event_id());
  }
  for (const std::string& id : SamePerson(event.nominal_ids(0), reader)) {
    later.LookAtNewest(id, looked_at_max);
  }
  return later.Standing();
}

}  // namespace

bool MayFeed(const CaseRow& row, const Actor& actor, const state::Reader& reader) {
  const auto agency = reader.See<stored::v1::AgencyRow>(AgencyKey(actor.agency()));
  const std::string& area = agency->agency().area();
  return actor.agency() == row.case_().lead_agency() || area.empty() || area == row.case_().area();
}

Result<LevelFact> ReadLevelFact(const std::string& event_id, const FactTypes& types,
                                const Actor& actor, std::size_t looked_at_max,
                                const state::Reader& reader) {
  if (!HasRole(actor, v1::POST_ROLE_INTAKE, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only a post that feeds from another system says what is so already: `as_fact`");
  }
  const auto event = FindEvent(event_id, actor, reader);
  if (!event.ok()) return event.status();
  if (!types.saying.contains((*event)->publish().event_type())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`event_types` must name the event's own type");
  }
  if ((*event)->nominal_ids_size() != 1) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`event_id` must be about one person");
  }
  LevelFact fact = {.case_id = "",
                    .category = (*event)->publish().facts().mappa_category(),
                    .level = (*event)->publish().facts().mappa_level(),
                    .standing = FactStanding::kNoCase};
  TEARLINE_RETURN_IF_REFUSED(
      CheckCategoryAndLevel(fact.category, fact.level, "event.facts.mappa_"));

  const std::string& nominal_id = (*event)->nominal_ids(0);
  const auto nominal = NominalWithCase(nominal_id, reader);
  const auto row = CaseOfNominal(nominal_id, reader);
  if (!nominal || !row || !MayFeed(*row, actor, reader) ||
      IsKeptOutOfPerson(actor.post(), nominal_id, reader)) {
    return fact;
  }
  fact.case_id = nominal->case_id();
  fact.standing = FactStanding::kSame;
  if (row->case_().category() == fact.category && row->case_().level() == fact.level) return fact;
  fact.standing = StandingAfterEvents(**event, *row, types, looked_at_max, reader);
  if (fact.standing == FactStanding::kNews &&
      IsChangedSince(**event, *row, fact.case_id, actor, reader)) {
    fact.standing = FactStanding::kChangedSince;
  }
  return fact;
}

}  // namespace tearline::machine
