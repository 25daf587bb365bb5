#include "broker/machine/identity.h"

#include <algorithm>
#include <limits>
#include <map>

#include "broker/machine/access_limit.h"
#include "broker/machine/look_again.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using stored::v1::NominalRow;

std::string SurvivorOf(const std::string& nominal_id, const state::Reader& reader) {
  std::string id = nominal_id;
  for (int steps = 0; steps < model::kSamePersonMax; ++steps) {
    const auto row = reader.See<NominalRow>(NominalKey(id));
    if (!row || row->surviving_id().empty()) return id;
    id = row->surviving_id();
  }
  TEARLINE_INVARIANT(false, "a merge makes no circle");
  return id;
}

std::vector<std::string> SamePerson(const std::string& nominal_id, const state::Reader& reader) {
  const auto own = reader.See<NominalRow>(NominalKey(nominal_id));
  if (!own || (own->surviving_id().empty() && own->merged_ids().empty())) return {nominal_id};
  return GoesWith(SurvivorOf(nominal_id, reader), reader);
}

std::vector<std::string> GoesWith(const std::string& nominal_id, const state::Reader& reader) {
  std::vector<std::string> all = {nominal_id};
  for (std::size_t next = 0; next < all.size(); ++next) {
    const auto row = reader.See<NominalRow>(NominalKey(all[next]));
    if (row) all.insert(all.end(), row->merged_ids().begin(), row->merged_ids().end());
  }
  return all;
}

bool IsAbout(const stored::v1::EventRow& event, const std::string& nominal_id,
             const state::Reader& reader) {
  const std::vector<std::string> person = SamePerson(nominal_id, reader);
  const auto& ids = event.nominal_ids();
  return std::find_first_of(ids.begin(), ids.end(), person.begin(), person.end()) != ids.end();
}

std::set<std::string> SamePersonAt(const std::string& nominal_id, std::int64_t at_ms,
                                   const state::Reader& reader) {
  std::set<std::string> all;
  std::vector<std::string> next = {nominal_id};
  while (!next.empty()) {
    const std::string id = next.back();
    next.pop_back();
    const auto row = reader.Find<NominalRow>(NominalKey(id));
    if (!all.insert(id).second || !row) continue;
    if (!row->surviving_id().empty() && row->merged_ms() <= at_ms) {
      next.push_back(row->surviving_id());
    }
    for (const std::string& merged : row->merged_ids()) {
      if (reader.Find<NominalRow>(NominalKey(merged))->merged_ms() <= at_ms) next.push_back(merged);
    }
    for (const stored::v1::Parted& parted : row->parted()) {
      const bool held = parted.merged_ms() <= at_ms && at_ms < parted.parted_ms();
      if (held) next.push_back(parted.nominal_id());
    }
  }
  return all;
}

model::Position JoinedAt(const std::string& nominal_id, const std::string& other_id,
                         const state::Reader& reader) {
  // From each up to where the person ends: the last merge on the way to every nominal passed.
  const auto climb = [&reader](std::string id) {
    std::map<std::string, model::Position> passed;
    model::Position last = 0;
    for (int steps = 0; steps <= model::kSamePersonMax; ++steps) {
      passed.emplace(id, last);
      const auto row = reader.See<NominalRow>(NominalKey(id));
      if (!row || row->surviving_id().empty()) break;
      last = std::max<model::Position>(last, row->merged_position());
      id = row->surviving_id();
    }
    return passed;
  };
  const std::map<std::string, model::Position> others = climb(other_id);
  model::Position joined = std::numeric_limits<model::Position>::max();
  for (const auto& [id, last] : climb(nominal_id)) {
    const auto met = others.find(id);
    if (met != others.end()) joined = std::min(joined, std::max(last, met->second));
  }
  TEARLINE_INVARIANT(joined != std::numeric_limits<model::Position>::max(), "two of one person");
  return joined;
}

bool IsKeptOutOfPerson(const std::string& post, const std::string& nominal_id,
                       const state::Reader& reader) {
  const std::vector<std::string> ids = SamePerson(nominal_id, reader);
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
    const auto row = reader.See<NominalRow>(NominalKey(id));
    return row && (IsKeptOut(post, *row) || IsInConflict(post, *row));
  });
}

std::string NameFor(const std::string& post, const std::string& nominal_id,
                    const state::Reader& reader) {
  return IsKeptOutOfPerson(post, nominal_id, reader) ? nominal_id : SurvivorOf(nominal_id, reader);
}

std::shared_ptr<const NominalRow> NominalWithCase(const std::string& nominal_id,
                                                  const state::Reader& reader) {
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    auto row = reader.See<NominalRow>(NominalKey(id));
    if (row && !row->case_id().empty()) return row;
  }
  return nullptr;
}

std::shared_ptr<const stored::v1::CaseRow> CaseOfNominal(const std::string& nominal_id,
                                                         const state::Reader& reader) {
  const auto nominal = NominalWithCase(nominal_id, reader);
  return nominal ? reader.See<stored::v1::CaseRow>(CaseKey(nominal->case_id())) : nullptr;
}

void RejudgePerson(const std::string& nominal_id, const std::set<std::string>& posts, Step& step) {
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    auto row = step.batch.Find<NominalRow>(NominalKey(id));
    TEARLINE_INVARIANT(row.has_value(), "a nominal that was merged is there");
    row->set_changed_position(step.header.position);
    step.batch.PutRow(NominalKey(id), *row);
  }
  step.applied.telling_changed = true;
  for (const std::string& post : posts) BeginLookingAgainFor(post, step);
}

}  // namespace tearline::machine
