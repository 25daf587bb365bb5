#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/directory_check.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::AgencyRow;
using stored::v1::MemberRow;
using stored::v1::PostRow;

Status NoSuchAgency() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "the directory must know the agency first");
}

}  // namespace

Status ApplyAdmitAgency(const stored::v1::AdmitAgency& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckAgency(command.agency(), "agency"));

  const state::Key key = AgencyKey(command.agency().agency());
  AgencyRow row = step.batch.Find<AgencyRow>(key).value_or(AgencyRow());
  *row.mutable_agency() = command.agency();
  row.set_changed_position(step.header.position);
  step.batch.PutRow(key, row);
  step.AddChanged("agency", command.agency().agency());
  step.applied.access_changed = true;
  return {};
}

Status ApplyAdmitMember(const stored::v1::AdmitMember& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckMember(command.member(), "member"));
  if (!step.batch.Get(AgencyKey(command.member().agency()))) return NoSuchAgency();

  const state::Key key = MemberKey(command.member().agency(), command.member().member());
  MemberRow row = step.batch.Find<MemberRow>(key).value_or(MemberRow());
  *row.mutable_member() = command.member();
  step.batch.PutRow(key, row);
  step.AddChanged("member", command.member().agency() + "/" + command.member().member());
  step.applied.access_changed = true;
  return {};
}

Status ApplySetPost(const stored::v1::SetPost& command, Step& step) {
  const v1::Post& post = command.post();
  TEARLINE_RETURN_IF_REFUSED(CheckPost(post, "post"));
  const std::string agency = AgencyOfPost(post.post());
  if (!step.batch.Get(AgencyKey(agency))) return NoSuchAgency();
  TEARLINE_RETURN_IF_REFUSED(CheckPostMembers(post, agency, "post", step.batch));
  // Genesis lays all posts first and looks at their lines afterwards.
  if (step.header.position != 1 && !post.escalates_to().empty() &&
      !step.batch.Get(PostKey(post.escalates_to()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`post.escalates_to` must be a post the directory knows");
  }

  const state::Key key = PostKey(post.post());
  PostRow row = step.batch.Find<PostRow>(key).value_or(PostRow());
  *row.mutable_post() = post;
  row.set_changed_position(step.header.position);
  step.batch.PutRow(key, row);
  step.AddChanged("post", post.post());
  step.applied.access_changed = true;
  return {};
}

Status ApplySetSuspension(const stored::v1::SetSuspension& command, Step& step) {
  auto agency = step.batch.Find<AgencyRow>(AgencyKey(command.agency()));
  if (!agency) return NoSuchAgency();
  const char* what = command.suspended() ? "suspended" : "suspension-lifted";
  if (command.member().empty()) {
    agency->set_suspended(command.suspended());
    agency->set_changed_position(step.header.position);
    step.batch.PutRow(AgencyKey(command.agency()), *agency);
    step.AddChanged(what, command.agency());
  } else {
    const state::Key key = MemberKey(command.agency(), command.member());
    auto member = step.batch.Find<MemberRow>(key);
    if (!member) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND, "the directory must know the member first");
    }
    member->set_suspended(command.suspended());
    step.batch.PutRow(key, *member);
    step.AddChanged(what, command.agency() + "/" + command.member());
  }
  step.applied.access_changed = true;
  return {};
}

}  // namespace tearline::machine
