#include "broker/machine/case_row.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/machine/audit_scope.h"
#include "broker/machine/commission.h"
#include "broker/machine/identity.h"
#include "broker/machine/joined_case.h"
#include "broker/machine/judge.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::Actor;
using stored::v1::CaseRow;
using stored::v1::NominalRow;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

}  // namespace

Status CheckCategoryAndLevel(v1::MappaCategory category, v1::MappaLevel level,
                             const std::string& path) {
  if (!v1::MappaCategory_IsValid(category) || category == v1::MAPPA_CATEGORY_UNSPECIFIED) {
    return FieldInvalid("`" + path + "category` must be 1, 2, 3, 4 or unknown");
  }
  if (!v1::MappaLevel_IsValid(level) || level == v1::MAPPA_LEVEL_UNSPECIFIED) {
    return FieldInvalid("`" + path + "level` must be 1, 2 or 3");
  }
  if (category == v1::MAPPA_CATEGORY_3 && level == v1::MAPPA_LEVEL_1) {
    return FieldInvalid("`" + path + "level` must be 2 or 3 in category 3, which has no level 1");
  }
  return {};
}

bool OnlyLowers(const v1::Case& before, v1::MappaCategory category, v1::MappaLevel level) {
  return category == before.category() && level <= before.level();
}

Result<CaseRow> FindOpenCase(const std::string& case_id, const state::Reader& reader) {
  auto row = reader.Find<CaseRow>(CaseKey(case_id));
  if (!row) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case");
  if (row->ended_ms() != 0) return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  return *std::move(row);
}

Result<CaseRow> FindCoordinated(const std::string& case_id, const Step& step) {
  if (step.header.behaviour_version >= kCoordinatedFrom) {
    const auto row = step.batch.See<CaseRow>(CaseKey(case_id));
    if (!row || !IsCoordinated(row->case_(), step)) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case whose area this post co-ordinates");
    }
  }
  return FindOpenCase(case_id, step.batch);
}

bool IsCoordinated(const v1::Case& its_case, const Step& step) {
  Actor second;
  return IsCoordinatorOf(its_case, step.actor, step.batch) &&
         (!step.confirmed || (second.ParseFromString(step.header.actor) &&
                              IsCoordinatorOf(its_case, second, step.batch)));
}

void WriteCase(const std::string& case_id, const CaseRow& before, CaseRow& row, Step& step) {
  for (const std::string& post : PostsOfCase(before)) step.batch.Erase(CaseOfKey(post, case_id));
  for (const std::string& post : PostsOfCase(row)) step.batch.Put(CaseOfKey(post, case_id), "");
  row.set_changed_position(step.header.position);
  step.batch.PutRow(CaseKey(case_id), row);
  step.batch.PutRow(CaseAtKey(case_id).U64(step.header.position), row);
  const std::string nominal_id = NominalOf(row);
  auto nominal = step.batch.Find<NominalRow>(NominalKey(nominal_id));
  if (row.ended_ms() == 0) {
    nominal->set_case_id(case_id);
    nominal->set_commission_until_ms(FirstCommissionEnd(row.case_()));
  } else {
    nominal->clear_case_id();
    nominal->clear_commission_until_ms();
    step.batch.PutRow(EndedCasesOf(nominal_id).U64(step.header.position), row);
  }
  nominal->set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(nominal_id), *nominal);
  step.applied.telling_changed = true;
}

std::string NominalOf(const CaseRow& row) {
  return model::NominalId::Parse(row.case_().nominal_id())->Bytes();
}

state::Key EndedCasesOf(const std::string& nominal_id) {
  return state::Key(state::Table::kCaseAt).Fixed(nominal_id);
}

std::optional<CaseRow> LastCaseOf(const std::string& nominal_id, const state::Reader& reader) {
  if (nominal_id.empty()) return std::nullopt;
  if (const auto open = CaseOfNominal(nominal_id, reader)) return *open;
  std::optional<CaseRow> last;
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    const auto ended = reader.Scan(EndedCasesOf(id), kAll);  // a person has few
    if (ended.empty()) continue;
    CaseRow row;
    TEARLINE_INVARIANT(row.ParseFromString(ended.back().second), "a case row parses");
    if (!last || last->ended_ms() < row.ended_ms()) last = std::move(row);
  }
  return last;
}

bool IsChair(const v1::Case& its_case, const std::string& post) {
  return std::any_of(its_case.seats().begin(), its_case.seats().end(), [&](const v1::Seat& seat) {
    return seat.kind() == v1::SEAT_KIND_CHAIR && seat.post() == post;
  });
}

bool HasChair(const v1::Case& its_case) {
  return std::any_of(its_case.seats().begin(), its_case.seats().end(),
                     [](const v1::Seat& seat) { return seat.kind() == v1::SEAT_KIND_CHAIR; });
}

bool IsCoordinatorOf(const v1::Case& its_case, const Actor& actor, const state::Reader& reader) {
  if (!HasRole(actor, v1::POST_ROLE_COORDINATOR, reader)) return false;
  const auto row = reader.Find<stored::v1::AgencyRow>(AgencyKey(actor.agency()));
  return row && (row->agency().area().empty() || row->agency().area() == its_case.area());
}

bool SpeaksForPanel(const v1::Case& its_case, const Actor& actor, const state::Reader& reader) {
  return IsChair(its_case, actor.post()) || IsCoordinatorOf(its_case, actor, reader);
}

bool WorksWithCase(const v1::Case& its_case, const Actor& actor, const state::Reader& reader) {
  const std::string& post = actor.post();
  const auto& seats = its_case.seats();
  return post == its_case.supervising_post() || post == its_case.accountable_post() ||
         std::any_of(seats.begin(), seats.end(),
                     [&post](const v1::Seat& seat) { return seat.post() == post; }) ||
         IsCoordinatorOf(its_case, actor, reader);
}

bool MaySeeCase(const CaseRow& row, const Actor& actor, const state::Reader& reader) {
  const v1::Case& shown = row.case_();
  const std::string& post = actor.post();
  if (post.empty()) return false;
  if (IsCoordinatorOf(shown, actor, reader)) return true;
  if (row.ended_ms() != 0) {
    return ChairsWhatGoesOn(post, row, reader) || (HasRole(actor, v1::POST_ROLE_AUDITOR, reader) &&
                                                   MayAskOfArea(shown.area(), actor, reader));
  }
  if (actor.agency() == shown.lead_agency() || post == shown.supervising_post() ||
      post == shown.accountable_post()) {
    return true;
  }
  return std::any_of(shown.seats().begin(), shown.seats().end(),
                     [&post](const v1::Seat& seat) { return seat.post() == post; });
}

}  // namespace tearline::machine
