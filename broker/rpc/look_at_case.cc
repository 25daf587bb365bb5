#include "broker/rpc/look_at_case.h"

#include <algorithm>
#include <optional>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::CaseRow;

Result<std::optional<CaseRow>> Find(const v1::GetCaseRequest& request, const state::Reader& view) {
  if (request.which_case() == v1::GetCaseRequest::kCaseId) {
    const auto id = ReadId<model::CaseId>(request.case_id(), "case_id");
    if (!id.ok()) return id.status();
    return view.Find<CaseRow>(machine::CaseKey(id->Bytes()));
  }
  if (request.which_case() == v1::GetCaseRequest::kNominalId) {
    const auto id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
    if (!id.ok()) return id.status();
    return machine::CaseOfNominal(id->Bytes(), view);
  }
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`case_id` or `nominal_id` must say which case");
}

bool WorksInArea(const stored::v1::Actor& actor, const std::string& area,
                 const state::Reader& view) {
  const auto agency = view.Find<stored::v1::AgencyRow>(machine::AgencyKey(actor.agency()));
  return agency && (agency->agency().area().empty() || agency->agency().area() == area);
}

bool MaySee(const v1::Case& shown, const stored::v1::Actor& actor, const state::Reader& view) {
  const std::string& post = actor.post();
  if (post.empty()) return false;
  if (actor.agency() == shown.lead_agency() || post == shown.supervising_post() ||
      post == shown.accountable_post()) {
    return true;
  }
  const bool seated = std::any_of(shown.seats().begin(), shown.seats().end(),
                                  [&post](const v1::Seat& seat) { return seat.post() == post; });
  return seated || (HasRole(actor, v1::POST_ROLE_COORDINATOR, view) &&
                    WorksInArea(actor, shown.area(), view));
}

}  // namespace

Status LookAtCase(const v1::GetCaseRequest& request, const stored::v1::Actor& actor,
                  const state::Reader& view, v1::GetCaseResponse& response) {
  const Result<std::optional<CaseRow>> found = Find(request, view);
  if (!found.ok()) return found.status();
  if (!*found || !MaySee((*found)->case_(), actor, view)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that this post may see");
  }
  *response.mutable_case_() = (*found)->case_();
  return {};
}

}  // namespace tearline::rpc
