#include "broker/machine/numbers.h"

#include <set>
#include <utility>

#include "broker/machine/brought_in.h"
#include "broker/machine/consultation.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/state/each_row.h"

namespace tearline::machine {
namespace {

using stored::v1::Actor;
using stored::v1::IdentifierRow;
using stored::v1::NominalRow;

state::Key NumbersOf(const std::string& nominal_id) {
  return state::Key(state::Table::kNominalIdentifier).Fixed(nominal_id);
}

/// A number by its key in the index of its nominal. One in error lies there, and is nobody's.
Number NumberAt(const std::string& nominal_id, const std::string& key, bool in_error,
                const state::Reader& reader) {
  constexpr std::size_t kTypeBytes = 4;
  const std::size_t type_at = 1 + nominal_id.size();
  Number number;
  number.nominal_id = nominal_id;
  number.type = static_cast<v1::IdentifierType>(state::ReadBigEndian(key, type_at, kTypeBytes));
  number.index = key.substr(type_at + kTypeBytes);
  number.row = *reader.See<IdentifierRow>(
      in_error ? NumberOfKey(nominal_id, number.type, number.index)
               : IdentifierKey(number.type, number.index));
  return number;
}

}  // namespace

v1::IdentifierStatus StatusOf(const IdentifierRow& row) {
  if (row.status() != v1::IDENTIFIER_STATUS_UNSPECIFIED) return row.status();
  return row.verified() ? v1::IDENTIFIER_STATUS_VERIFIED : v1::IDENTIFIER_STATUS_UNVERIFIED;
}

bool IsWithPerson(const std::string& nominal_id, const std::string& post, std::int64_t now_ms,
                  const state::Reader& reader) {
  return IsJudgedFor(nominal_id, post, now_ms, reader) &&
         !IsKeptOutOfPerson(post, nominal_id, reader);
}

bool MayKnowSource(const IdentifierRow& row, const Actor& actor, std::int64_t now_ms,
                   const state::Reader& reader) {
  if (row.asserted_by() == actor.agency()) return true;
  const auto its_case = CaseOfNominal(row.nominal_id(), reader);  // not those with broken glass
  return its_case && IsWithPerson(row.nominal_id(), actor.post(), now_ms, reader) &&
         AgenciesOfCase(*its_case).contains(row.asserted_by());
}

std::vector<Number> NumbersFor(const std::string& nominal_id, const Actor& actor,
                               std::int64_t now_ms, const state::Reader& reader) {
  if (IsKeptOutOfPerson(actor.post(), nominal_id, reader)) return {};
  const bool all = IsWithPerson(nominal_id, actor.post(), now_ms, reader);
  std::vector<Number> numbers;
  for (const std::string& id :
       all ? SamePerson(nominal_id, reader) : std::vector<std::string>{nominal_id}) {
    state::ForEachRow(reader, NumbersOf(id), [&](const auto& key, const auto& value) {
      Number number = NumberAt(id, key, !value.empty(), reader);
      if (all || number.row.asserted_by() == actor.agency()) numbers.push_back(std::move(number));
      return true;
    });
  }
  return numbers;
}

std::vector<std::string> DisagreeingFor(const std::string& nominal_id, const std::string& post,
                                        const state::Reader& reader) {
  if (IsKeptOutOfPerson(post, nominal_id, reader)) return {};
  bool owes = false;
  state::ForEachRow(reader, OpenAbout(nominal_id), [&](const auto&, const auto& id) {
    const auto open = reader.See<stored::v1::ObligationRow>(ObligationKey(id));
    owes =
        open && open->type() == v1::OBLIGATION_TYPE_REVIEW_NUMBERS && open->debtor_post() == post;
    return !owes;
  });
  const auto row = owes ? reader.See<NominalRow>(NominalKey(nominal_id)) : nullptr;
  if (!row) return {};
  std::vector<std::string> ids;
  for (const std::string& id : row->disagreeing_ids()) {
    if (IsKeptOutOfPerson(post, id, reader)) continue;
    if (SurvivorOf(id, reader) != SurvivorOf(nominal_id, reader)) ids.push_back(id);
  }
  return ids;
}

bool MaySeeNumbers(const std::string& nominal_id, const Actor& actor, std::int64_t now_ms,
                   const state::Reader& reader) {
  return reader.Get(NominalKey(nominal_id)) &&
         (!NumbersFor(nominal_id, actor, now_ms, reader).empty() ||
          !DisagreeingFor(nominal_id, actor.post(), reader).empty());
}

std::string FindByNumbers(const stored::v1::ResolveNominal& command, Step& step) {
  std::vector<const stored::v1::StoredIdentifier*> asked = {&command.identifier()};
  for (const auto& further : command.also_known_by()) asked.push_back(&further);
  Resolution& came = step.applied.resolution;
  std::set<std::string> people;
  bool is_verified = false;
  for (const stored::v1::StoredIdentifier* each : asked) {
    const auto row = step.batch.See<IdentifierRow>(IdentifierKey(each->type(), each->index()));
    if (!row) continue;
    IndexLook(row->nominal_id(), step);
    people.insert(NameFor(step.actor.post(), row->nominal_id(), step.batch));
    is_verified = is_verified || (StatusOf(*row) == v1::IDENTIFIER_STATUS_VERIFIED &&
                                  HoldsAt(*row, step.now_ms(), step));
    if (MayKnowSource(*row, step.actor, step.now_ms(), step.batch)) {
      came.sources.insert(row->asserted_by());
    } else {
      came.other_sources = true;
    }
  }
  came.disagree = people.size() > 1;
  came.outcome = people.empty()                    ? v1::RESOLUTION_OUTCOME_NONE
                 : is_verified && !came.disagree ? v1::RESOLUTION_OUTCOME_MATCH
                                                 : v1::RESOLUTION_OUTCOME_POSSIBLE;
  return people.size() == 1 ? *people.begin() : std::string();
}

}  // namespace tearline::machine
