#include "broker/machine/audit_scope.h"

#include <algorithm>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"

namespace tearline::machine {

using stored::v1::Actor;

bool IsBoundToAreas(const Actor& actor, const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::PostRow>(PostKey(actor.post()));
  return !row || !row->post().areas().empty();
}

bool MayAskOfArea(const std::string& area, const Actor& actor, const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::PostRow>(PostKey(actor.post()));
  if (!row) return false;
  const auto& areas = row->post().areas();
  return areas.empty() || std::find(areas.begin(), areas.end(), area) != areas.end();
}

bool MayAskOfNominal(const std::string& nominal_id, const Actor& actor,
                     const state::Reader& reader) {
  if (!IsBoundToAreas(actor, reader)) return true;
  const auto its_case = LastCaseOf(nominal_id, reader);
  return its_case && MayAskOfArea(its_case->case_().area(), actor, reader);
}

bool MayAskOfEvent(const stored::v1::EventRow& event, const Actor& actor,
                   const state::Reader& reader) {
  if (!IsBoundToAreas(actor, reader)) return true;
  const auto& ids = event.nominal_ids();
  return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
    return MayAskOfNominal(id, actor, reader);
  });
}

}  // namespace tearline::machine
