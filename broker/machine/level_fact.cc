#include "broker/machine/level_fact.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

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

/// Whether another than the actor's post has said how the case is managed since the event was
/// accepted.
bool IsChangedSince(const EventRow& event, const CaseRow& row, const std::string& case_id,
                    const Actor& actor, const state::Reader& reader) {
  if (OpenedAt(case_id, reader) > event.accepted_ms()) return true;
  for (int i = 0; i < row.changes_size(); ++i) {
    const stored::v1::CaseChange& change = row.changes(i);
    if (change.until_ms() < event.accepted_ms() || change.changed_by() == actor.post()) continue;
    const bool last = i + 1 == row.changes_size();
    const auto category = last ? row.case_().category() : row.changes(i + 1).category();
    const auto level = last ? row.case_().level() : row.changes(i + 1).level();
    if (change.category() != category || change.level() != level) return true;
  }
  return false;
}

/// Whether another event of the same agency, of one of the types, says later how it is managed.
bool IsOvertaken(const EventRow& event, const std::string& nominal_id,
                 const std::set<std::string>& types, std::size_t looked_at_max,
                 const state::Reader& reader) {
  const auto place = [](const EventRow& each) {
    return std::pair(each.publish().occurred_ms(), each.position());
  };
  const auto says = [&](const EventRow& other) {
    return types.contains(other.publish().event_type()) &&
           other.publish().originating_agency() == event.publish().originating_agency() &&
           CheckCategoryAndLevel(other.publish().facts().mappa_category(),
                                 other.publish().facts().mappa_level(), "")
               .ok() &&
           !IsWithdrawn(other) && other.nominal_ids_size() == 1;
  };
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    for (const auto& [key, event_id] :
         NewestEventsOf(id, looked_at_max / 2, looked_at_max, reader)) {
      const auto other = reader.See<EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(other != nullptr, "an event in an index is kept");
      if (place(*other) > place(event) && says(*other)) return true;
    }
  }
  return false;
}

}  // namespace

bool MayFeed(const CaseRow& row, const Actor& actor, const state::Reader& reader) {
  const auto agency = reader.See<stored::v1::AgencyRow>(AgencyKey(actor.agency()));
  const std::string& area = agency->agency().area();
  return actor.agency() == row.case_().lead_agency() || area.empty() || area == row.case_().area();
}

Result<LevelFact> ReadLevelFact(const std::string& event_id, const std::set<std::string>& types,
                                const Actor& actor, std::size_t looked_at_max,
                                const state::Reader& reader) {
  if (!HasRole(actor, v1::POST_ROLE_INTAKE, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only a post that feeds from another system says what is so already: `as_fact`");
  }
  const auto event = FindEvent(event_id, actor, reader);
  if (!event.ok()) return event.status();
  if ((*event)->nominal_ids_size() != 1) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`event_id` must be about one person");
  }
  LevelFact fact = {.case_id = "",
                    .category = (*event)->publish().facts().mappa_category(),
                    .level = (*event)->publish().facts().mappa_level(),
                    .standing = FactStanding::kNews};
  TEARLINE_RETURN_IF_REFUSED(
      CheckCategoryAndLevel(fact.category, fact.level, "event.facts.mappa_"));

  const std::string& nominal_id = (*event)->nominal_ids(0);
  const auto nominal = NominalWithCase(nominal_id, reader);
  const auto row = CaseOfNominal(nominal_id, reader);
  if (!nominal || !row || !MayFeed(*row, actor, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "the person has no open case that this post has a say in");
  }
  fact.case_id = nominal->case_id();
  if (row->case_().category() == fact.category && row->case_().level() == fact.level) {
    fact.standing = FactStanding::kSame;
  } else if (IsOvertaken(**event, nominal_id, types, looked_at_max, reader)) {
    fact.standing = FactStanding::kOvertaken;
  } else if (IsChangedSince(**event, *row, fact.case_id, actor, reader)) {
    fact.standing = FactStanding::kChangedSince;
  }
  return fact;
}

}  // namespace tearline::machine
