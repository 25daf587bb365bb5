#include "broker/rpc/look_at_case.h"

#include <memory>
#include <string>

#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_actions.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::CaseRow;

Result<std::shared_ptr<const CaseRow>> Find(const v1::GetCaseRequest& request,
                                            const state::Reader& view) {
  if (request.which_case() == v1::GetCaseRequest::kCaseId) {
    const auto id = ReadId<model::CaseId>(request.case_id(), "case_id");
    if (!id.ok()) return id.status();
    return view.See<CaseRow>(machine::CaseKey(id->Bytes()));
  }
  if (request.which_case() == v1::GetCaseRequest::kNominalId) {
    const auto id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
    if (!id.ok()) return id.status();
    return machine::CaseOfNominal(id->Bytes(), view);
  }
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`case_id` or `nominal_id` must say which case");
}

/// The bytes of an id as a row has it in text; of no id, sixteen zero bytes, which nothing has.
template <typename Id>
std::string BytesOf(const std::string& text) {
  const Result<Id> id = Id::Parse(text);
  return id.ok() ? id->Bytes() : std::string(Id::kBytes, '\0');
}

}  // namespace

Result<Looked> LookAtCase(const v1::GetCaseRequest& request, const stored::v1::Actor& actor,
                          const state::Reader& view, v1::GetCaseResponse& response) {
  const Result<std::shared_ptr<const CaseRow>> found = Find(request, view);
  if (!found.ok()) return found.status();
  // What ended since is found by its own id alone.
  const v1::Case shown = *found ? (*found)->case_() : v1::Case();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_CASE);
  looked.consulted.set_case_id(BytesOf<model::CaseId>(shown.case_id()));
  looked.consulted.set_nominal_id(BytesOf<model::NominalId>(shown.nominal_id()));
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  *response.mutable_case_() = shown;
  ShowManagement(looked.consulted.case_id(), **found, actor.post(), view, response);
  return looked;
}

}  // namespace tearline::rpc
