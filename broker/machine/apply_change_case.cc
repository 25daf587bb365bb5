#include <set>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/history.h"
#include "broker/machine/judge.h"
#include "broker/machine/look_again.h"
#include "broker/machine/office.h"
#include "broker/machine/open_work.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/tell_originators.h"
#include "broker/machine/widen.h"
#include "broker/model/name.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::ChangeCase;

Status CheckForm(const ChangeCase& command) {
  if (!command.area().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(command.area(), "area"));
  }
  if (!command.unsupervised() || command.supervising_post().empty()) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`supervising` must be a post, or `unsupervised`, and not both");
}

/// The case as it is to be.
v1::Case Changed(v1::Case changed, const ChangeCase& command) {
  if (!command.lead_agency().empty()) changed.set_lead_agency(command.lead_agency());
  if (!command.area().empty()) changed.set_area(command.area());
  if (!command.supervising_post().empty() || command.unsupervised()) {
    changed.set_supervising_post(command.supervising_post());
  }
  return changed;
}

Status CheckKnown(const ChangeCase& command, const state::Reader& reader) {
  if (!command.lead_agency().empty() && !reader.Get(AgencyKey(command.lead_agency()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`lead_agency` must be an agency the directory knows");
  }
  if (!command.supervising_post().empty() && !reader.Get(PostKey(command.supervising_post()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`supervising_post` must be a post the directory knows");
  }
  return {};
}

/// Whoever was named for the person supervises it where the case names nobody any more.
void FollowSupervision(const CaseRow& before, const CaseRow& row, Step& step) {
  const std::string nominal_id = NominalOf(row);
  const std::string& post = row.case_().supervising_post();
  if (post == before.case_().supervising_post()) return;
  step.AddChanged("case-supervising", row.case_().case_id(), post);
  std::set<std::string> posts = SupervisorsWithoutCase(nominal_id, step.batch);
  if (!post.empty()) posts = {post};
  HandOnSupervision(before, row, step);
  for (const std::string& each : posts) {
    TellOriginators(nominal_id, each, step);
    BeginHistory(nominal_id, each, step);
  }
}

/// Who leads a case and where it lies are what policy goes by: the past is judged again for whoever
/// it brings in, and so is what is out.
void JudgeAnew(const CaseRow& before, const CaseRow& row, Step& step) {
  const bool same = row.case_().lead_agency() == before.case_().lead_agency() &&
                    row.case_().area() == before.case_().area();
  if (same || step.header.behaviour_version < kMovedCasesWidenFrom) return;
  Widen(row, step);
  for (const std::string& post : PostsOfCase(row)) BeginLookingAgainFor(post, step);
}

}  // namespace

/// A person moves, and another area and agency manages them: the case goes on, with its panel, its
/// work and its history. Who managed it until now is kept among its changes.
Status ApplyChangeCase(const ChangeCase& command, Step& step) {
  Result<CaseRow> row = FindCoordinated(command.case_id(), step);
  if (!row.ok()) return row.status();
  TEARLINE_RETURN_IF_REFUSED(CheckForm(command));
  TEARLINE_RETURN_IF_REFUSED(CheckKnown(command, step.batch));
  const CaseRow before = *row;
  const v1::Case changed = Changed(before.case_(), command);
  if (changed.SerializeAsString() == before.case_().SerializeAsString()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "`lead_agency`, `area` or `supervising` must be another than the case has");
  }

  KeepChange(*row, step);
  *row->mutable_case_() = changed;
  WriteCase(command.case_id(), before, *row, step);
  if (changed.area() != before.case_().area()) {
    step.AddChanged("case-area", changed.case_id(), changed.area());
  }
  if (changed.lead_agency() != before.case_().lead_agency()) {
    step.AddChanged("case-lead", changed.case_id(), changed.lead_agency());
    if (step.header.behaviour_version < kMovedCasesWidenFrom) {
      TellOriginatorsOfLead(NominalOf(*row), changed.lead_agency(), step);
    }
  }
  JudgeAnew(before, *row, step);
  FollowSupervision(before, *row, step);
  return {};
}

}  // namespace tearline::machine
