#include <algorithm>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/capability.h"
#include "broker/machine/directory_check.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/leave.h"
#include "broker/machine/passed_on.h"
#include "broker/machine/raise.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_originators.h"

namespace tearline::machine {
namespace {

using stored::v1::AgencyRow;
using stored::v1::MemberRow;
using stored::v1::PostRow;

Status NoSuchAgency() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "the directory must know the agency first");
}

/// Whether somebody else may speak for the agency now, or policy see it as another kind of body.
bool ChangesAccess(const v1::Agency& before, const v1::Agency& after) {
  return before.kind() != after.kind() ||
         before.authority_spki_digest() != after.authority_spki_digest() ||
         before.authority_certificate() != after.authority_certificate();
}

/// Whether policy may see an agency as another kind of body, or elsewhere.
bool IsJudgedOtherwise(const v1::Agency& before, const v1::Agency& after) {
  return before.kind() != after.kind() || before.area() != after.area();
}

/// Whether the past of a post's people is to be judged for it: by another clearance or other roles
/// it may see more than before; also by fewer, for what hides and caps may name a role.
bool IsRaised(const v1::Post& before, const v1::Post& after) {
  return before.clearance().SerializeAsString() != after.clearance().SerializeAsString() ||
         !std::equal(before.roles().begin(), before.roles().end(), after.roles().begin(),
                     after.roles().end());
}

/// Whether others act for the post now, or policy judges it by other roles or clearance.
bool ChangesAccess(const v1::Post& before, v1::Post after) {
  after.set_escalates_to(before.escalates_to());
  return before.SerializeAsString() != after.SerializeAsString();
}

}  // namespace

Status ApplyAdmitAgency(const stored::v1::AdmitAgency& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckAgency(command.agency(), "agency"));

  const state::Key key = AgencyKey(command.agency().agency());
  const auto known = step.batch.Find<AgencyRow>(key);
  AgencyRow row = known.value_or(AgencyRow());
  *row.mutable_agency() = command.agency();
  row.set_changed_position(step.header.position);
  step.batch.PutRow(key, row);
  step.AddChanged("agency", command.agency().agency());
  if (known && ChangesAccess(known->agency(), command.agency())) {
    TellOriginatorsOfAgency(command.agency().agency(), /*member=*/"", step);
  }
  if (known && IsJudgedOtherwise(known->agency(), command.agency())) BeginRaise(step);
  SetAuthorityEnd(known ? known->agency() : v1::Agency(), command.agency(), step);
  LookAtReachOfAgency(command.agency().agency(), /*member=*/"", step);
  step.applied.access_changed = true;
  return {};
}

Status ApplyAdmitMember(const stored::v1::AdmitMember& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckMember(command.member(), "member"));
  if (!step.batch.Get(AgencyKey(command.member().agency()))) return NoSuchAgency();

  const state::Key key = MemberKey(command.member().agency(), command.member().member());
  const auto known = step.batch.Find<MemberRow>(key);
  MemberRow row = known.value_or(MemberRow());
  *row.mutable_member() = command.member();
  step.batch.PutRow(key, row);
  step.AddChanged("member", command.member().agency() + "/" + command.member().member());
  if (known && known->member().kind() != command.member().kind()) {
    TellOriginatorsOfAgency(command.member().agency(), command.member().member(), step);
  }
  step.applied.access_changed = true;
  return {};
}

Status ApplySetPost(const stored::v1::SetPost& command, Step& step) {
  const v1::Post& post = command.post();
  TEARLINE_RETURN_IF_REFUSED(CheckPost(post, "post"));
  const bool says_capabilities = step.header.behaviour_version >= kCapabilitiesFrom;
  if (says_capabilities) TEARLINE_RETURN_IF_REFUSED(CheckCapabilities(post, "post"));
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
  const auto known = step.batch.Find<PostRow>(key);
  PostRow row = known.value_or(PostRow());
  const bool was_dead = IsDeadAddress(post.post(), step.batch);
  if (post.holder() != row.post().holder()) DropLeave(row, step);
  *row.mutable_post() = post;
  row.set_changed_position(step.header.position);
  step.batch.PutRow(key, row);
  step.AddChanged("post", post.post());
  if (says_capabilities) IndexCapabilities(known ? known->post() : v1::Post(), post, step);
  if (known && ChangesAccess(known->post(), post)) TellOriginatorsOfPost(post.post(), step);
  if (known && IsRaised(known->post(), post)) BeginRaiseFor(post.post(), step);
  if (known && step.header.behaviour_version >= kPostsHandedOverFrom) {
    OpenHandOver(*known, row, step);
  }
  LookAtReach(post.post(), step);
  if (step.header.behaviour_version >= kRequestsPassedOnFrom) {
    EndWork(post.post(), step);
    if (!was_dead && ChangesAccess(known->post(), post)) {
      for (const std::string& dead : WhoseWorkItDoes(post.post(), step.batch)) {
        TellOriginatorsOfWork(dead, post.post(), step);
      }
    }
    PassOnWork(was_dead ? v1::Post() : known->post(), post, step);
  }
  step.applied.access_changed = true;
  return {};
}

Status ApplySetSuspension(const stored::v1::SetSuspension& command, Step& step) {
  auto agency = step.batch.Find<AgencyRow>(AgencyKey(command.agency()));
  if (!agency) return NoSuchAgency();
  const char* what = command.suspended() ? "suspended" : "suspension-lifted";
  bool was_suspended = agency->suspended();
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
    was_suspended = member->suspended();
    member->set_suspended(command.suspended());
    step.batch.PutRow(key, *member);
    step.AddChanged(what, command.agency() + "/" + command.member());
  }
  if (was_suspended && !command.suspended()) {
    TellOriginatorsOfAgency(command.agency(), command.member(), step);
  }
  LookAtReachOfAgency(command.agency(), command.member(), step);
  step.applied.access_changed = true;
  return {};
}

}  // namespace tearline::machine
