#include "broker/machine/permission.h"

#include <algorithm>

#include "broker/model/vocabulary.h"
#include "broker/state/key.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using namespace stored::v1;  // the table below is read by people: NUMBER, who, roles

constexpr v1::PostRole kOperator = v1::POST_ROLE_OPERATOR;
constexpr v1::PostRole kCoordinator = v1::POST_ROLE_COORDINATOR;
constexpr v1::PostRole kChair = v1::POST_ROLE_CHAIR;

/// Roles that work with people and may say what they know about them.
const std::vector<v1::PostRole>& Practising() {
  static const std::vector<v1::PostRole> roles = {
      v1::POST_ROLE_COORDINATOR,         v1::POST_ROLE_CHAIR,
      v1::POST_ROLE_OFFENDER_MANAGER,    v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT,
      v1::POST_ROLE_PRISON_SECURITY,     v1::POST_ROLE_INTELLIGENCE,
      v1::POST_ROLE_ACCOUNTABLE_OFFICER, v1::POST_ROLE_SAFEGUARDING,
      v1::POST_ROLE_PRACTITIONER,        v1::POST_ROLE_INTAKE};
  return roles;
}

/// Those, and whoever answers for an agency's data.
const std::vector<v1::PostRole>& PractisingOrGovernance() {
  static const std::vector<v1::PostRole> roles = [] {
    std::vector<v1::PostRole> all = Practising();
    all.push_back(v1::POST_ROLE_INFORMATION_GOVERNANCE);
    return all;
  }();
  return roles;
}

/// About people and their cases.
std::vector<Permission> PeopleRows() {
  return {
      {COMMAND_NUMBER_REGISTER_NOMINAL, Who::kRole, Practising(), /*purpose_required=*/true},
      {COMMAND_NUMBER_RESOLVE_NOMINAL, Who::kRole, Practising(), /*purpose_required=*/true},
      {COMMAND_NUMBER_LINK_IDENTIFIER, Who::kRole, Practising(), /*purpose_required=*/true},
      // Of what its own agency asserted. It shows nobody more: a number in error is nobody's (P10).
      {COMMAND_NUMBER_CORRECT_IDENTIFIER, Who::kRole, PractisingOrGovernance(),
       /*purpose_required=*/true},
      {COMMAND_NUMBER_LIMIT_ACCESS,
       Who::kRole,
       {kCoordinator, kChair, v1::POST_ROLE_OFFENDER_MANAGER},
       /*purpose_required=*/true},
      {COMMAND_NUMBER_DECLARE_CONFLICT, Who::kRole, Practising(), /*purpose_required=*/true},
      {COMMAND_NUMBER_ERASE_NOMINAL,
       Who::kRole,
       {v1::POST_ROLE_INFORMATION_GOVERNANCE, kOperator},
       /*purpose_required=*/true},
      // Whoever allots people to posts. A post of one's own agency takes two hands.
      {COMMAND_NUMBER_SET_SUPERVISOR,
       Who::kRole,
       {kCoordinator, v1::POST_ROLE_OFFENDER_MANAGER},
       /*purpose_required=*/true},
      {COMMAND_NUMBER_MERGE_NOMINALS, Who::kRole, PractisingOrGovernance(),
       /*purpose_required=*/true},
      {COMMAND_NUMBER_UNMERGE_NOMINALS, Who::kRole, PractisingOrGovernance(),
       /*purpose_required=*/true},
      {COMMAND_NUMBER_OPEN_CASE, Who::kRole, {kCoordinator}},
      {COMMAND_NUMBER_SEAT_POST, Who::kRole, {kCoordinator}},
      {COMMAND_NUMBER_NAME_ACCOUNTABLE, Who::kRole, {kCoordinator}},
      {COMMAND_NUMBER_DECIDE_DISCLOSURE,
       Who::kRole,
       {kCoordinator, kChair},
       /*purpose_required=*/true},
      {COMMAND_NUMBER_NAME_POST, Who::kRole, {kCoordinator}},
      // Widens one's own access with one hand (P10 says none does): an emergency does not wait for
      // a second. In its place: originators and the line are told at once, and a review is owed.
      {COMMAND_NUMBER_BREAK_GLASS, Who::kRole, Practising(), /*purpose_required=*/true},
      {COMMAND_NUMBER_REVIEW_BREAK_GLASS,
       Who::kRole,
       {v1::POST_ROLE_INFORMATION_GOVERNANCE, v1::POST_ROLE_AUDITOR},
       /*purpose_required=*/true},
      // A feed from another system says what is so already, and nothing else; a raise that it says
      // waits for nobody, or a panel would go without. Originators are told (decision 0034).
      {COMMAND_NUMBER_SET_LEVEL, Who::kRole, {kCoordinator, kChair, v1::POST_ROLE_INTAKE}},
      {COMMAND_NUMBER_END_CASE, Who::kRole, {kCoordinator, kChair, v1::POST_ROLE_INTAKE}},
      // Whoever speaks for the panel. A writer of one's own agency takes two hands.
      {COMMAND_NUMBER_COMMISSION_REPORT,
       Who::kRole,
       {kCoordinator, kChair},
       /*purpose_required=*/true},
      {COMMAND_NUMBER_CHANGE_CASE, Who::kRole, {kCoordinator}},
      {COMMAND_NUMBER_ADD_ACTION, Who::kRole, {kCoordinator, kChair}},
      // Its owner may be any post that a case brings in.
      {COMMAND_NUMBER_END_ACTION, Who::kAnyPost, {}},
      // A panel holds posts of every role, guests among them: who may ask it, and who was asked, is
      // the case's to say. Neither shows anybody more than the case does (P10).
      {COMMAND_NUMBER_MAKE_PROPOSAL, Who::kAnyPost, {}, /*purpose_required=*/true},
      {COMMAND_NUMBER_ANSWER_PROPOSAL, Who::kAnyPost, {}, /*purpose_required=*/true},
      // To ask shows the author nobody's information: what answers is judged as every event.
      // Whoever is asked may be of any role.
      {COMMAND_NUMBER_ASK_FOR_INFORMATION, Who::kRole, Practising(), /*purpose_required=*/true},
      {COMMAND_NUMBER_ANSWER_FOR_INFORMATION, Who::kAnyPost, {}, /*purpose_required=*/true},
      {COMMAND_NUMBER_PLAN_MEETING, Who::kRole, {kCoordinator, kChair}},
      {COMMAND_NUMBER_END_MEETING, Who::kRole, {kCoordinator, kChair}},
      {COMMAND_NUMBER_RECORD_MINUTES, Who::kRole, {kCoordinator, kChair}},
  };
}

/// About all the rest.
std::vector<Permission> OtherRows() {
  return {
      {COMMAND_NUMBER_GENESIS, Who::kBroker, {}},
      {COMMAND_NUMBER_ADMIT_AGENCY, Who::kRole, {kOperator}},
      {COMMAND_NUMBER_ADMIT_MEMBER, Who::kRole, {kOperator}},
      {COMMAND_NUMBER_SET_POST, Who::kRole, {kOperator}},
      {COMMAND_NUMBER_SET_SUSPENSION, Who::kRole, {kOperator}},
      // Of one's own post or one below it, but for operators. Whoever stands in acts for the post
      // as it is: nobody's access widens (P10).
      {COMMAND_NUMBER_SET_LEAVE, Who::kAnyPost, {}},
      {COMMAND_NUMBER_SECOND_HAND, Who::kAnyPost, {}},
      // Of the actor's own agency only; an operator may end another's key, as it may suspend it.
      {COMMAND_NUMBER_ENROL_SIGNING_KEY,
       Who::kRole,
       {kOperator, v1::POST_ROLE_INFORMATION_GOVERNANCE}},
      {COMMAND_NUMBER_REVOKE_SIGNING_KEY,
       Who::kRole,
       {kOperator, v1::POST_ROLE_INFORMATION_GOVERNANCE}},
      {COMMAND_NUMBER_PROPOSE_POLICY, Who::kRole, {v1::POST_ROLE_POLICY_AUTHOR}},
      {COMMAND_NUMBER_APPROVE_POLICY, Who::kRole, {v1::POST_ROLE_INFORMATION_GOVERNANCE}},
      {COMMAND_NUMBER_NOTE_SIMULATION,
       Who::kRole,
       {v1::POST_ROLE_POLICY_AUTHOR, v1::POST_ROLE_INFORMATION_GOVERNANCE},
       /*purpose_required=*/true},
      {COMMAND_NUMBER_PUBLISH, Who::kRole, Practising()},
      // Both speak of the actor's own agency's events only. To withdraw shows nobody more; whom an
      // originator releases to is its own to say, as when it publishes. One hand is enough (P10).
      {COMMAND_NUMBER_WITHDRAW_EVENT, Who::kRole, PractisingOrGovernance(),
       /*purpose_required=*/true},
      {COMMAND_NUMBER_AMEND_EVENT, Who::kRole, Practising(), /*purpose_required=*/true},
      // Of what its own agency published, or one that it publishes for. Takes two hands as a merge.
      {COMMAND_NUMBER_MOVE_BOOKING, Who::kRole, PractisingOrGovernance(),
       /*purpose_required=*/true},
      {COMMAND_NUMBER_OPEN_SESSION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_CLOSE_SESSION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_RELEASE, Who::kBroker, {}},
      {COMMAND_NUMBER_ACKNOWLEDGE, Who::kAnyPost, {}},
      {COMMAND_NUMBER_RETRY, Who::kAnyPost, {}},
      {COMMAND_NUMBER_PARK, Who::kAnyPost, {}},
      {COMMAND_NUMBER_READ, Who::kAnyPost, {}},
      // A subscription only asks, of one's own post: policy judges every event for the post as if
      // nobody had asked. It widens nothing, so one hand is enough (P10).
      {COMMAND_NUMBER_CREATE_SUBSCRIPTION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_SEEK_SUBSCRIPTION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_DELETE_SUBSCRIPTION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_DISCHARGE_OBLIGATION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_ESCALATE_OBLIGATION, Who::kAnyPost, {}},
      {COMMAND_NUMBER_PULSE, Who::kBroker, {}},
      {COMMAND_NUMBER_CONFIRM_CLOCK, Who::kBrokerOrRole, {kOperator}},
      {COMMAND_NUMBER_NOTE_REFUSALS, Who::kBroker, {}},
      {COMMAND_NUMBER_ACCEPT_LOST_KEYS, Who::kBroker, {}},
      {COMMAND_NUMBER_NOTE_WITNESSES, Who::kBroker, {}},
      {COMMAND_NUMBER_CONSULT, Who::kAnyPost, {}, /*purpose_required=*/true},
  };
}

const std::vector<Permission>& Rows() {
  static const std::vector<Permission> rows = [] {
    std::vector<Permission> all = PeopleRows();
    const std::vector<Permission> others = OtherRows();
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return rows;
}

Status CheckStanding(const Actor& actor, const state::Reader& reader) {
  const auto agency = reader.See<AgencyRow>(Key(Table::kAgency).Name(actor.agency()));
  const auto member =
      reader.See<MemberRow>(Key(Table::kMember).Name(actor.agency()).Name(actor.member()));
  if (!agency || !member || actor.certificate_digest().size() != crypto::Digest::kBytes) {
    return Refuse(v1::ERROR_REASON_UNKNOWN_PRINCIPAL,
                  "the directory must know the agency and the member");
  }
  if (agency->suspended() || member->suspended()) {
    return Refuse(v1::ERROR_REASON_SUSPENDED, "the agency or the member is suspended");
  }
  return {};
}

bool HasOneOf(const std::vector<v1::PostRole>& roles, const v1::Post& post) {
  return std::any_of(roles.begin(), roles.end(),
                     [&post](v1::PostRole role) { return HasRole(post, role); });
}

}  // namespace

std::span<const Permission> PermissionTable() { return Rows(); }

std::string WordOf(CommandNumber command) {
  return model::CodeOf(CommandNumber_Name(command), "COMMAND_NUMBER_");
}

bool IsBroker(const Actor& actor) {
  return actor.agency() == "broker" && actor.certificate_digest().empty();
}

bool HasRole(const Actor& actor, v1::PostRole role, const state::Reader& reader) {
  const auto row = reader.See<PostRow>(Key(Table::kPost).Name(actor.post()));
  return row && HasRole(row->post(), role);
}

bool HasRole(const v1::Post& post, v1::PostRole role) {
  return std::find(post.roles().begin(), post.roles().end(), role) != post.roles().end();
}

bool ActsFor(const v1::Post& post, const std::string& member) {
  return !member.empty() && (post.holder() == member || post.deputy() == member ||
                             std::find(post.services().begin(), post.services().end(), member) !=
                                 post.services().end());
}

Status CheckPermission(CommandNumber command, const Actor& actor, const state::Reader& reader) {
  const std::vector<Permission>& rows = Rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [command](const Permission& each) {
    return each.command == command;
  });
  if (row == rows.end()) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "no row of the permission table allows this");
  }
  if (IsBroker(actor)) {
    if (row->who == Who::kBroker || row->who == Who::kBrokerOrRole) return {};
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "the broker itself does not do this");
  }
  if (row->who == Who::kBroker) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "only the broker itself does this");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckStanding(actor, reader));

  const auto post = reader.See<PostRow>(Key(Table::kPost).Name(actor.post()));
  if (!post || !actor.post().starts_with(actor.agency() + "/") ||
      !ActsFor(post->post(), actor.member())) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST,
                  "`acting.post` must be a post the member holds, deputises or serves");
  }
  if (row->who != Who::kAnyPost && !HasOneOf(row->roles, post->post())) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "the post's roles do not allow this");
  }
  if (row->purpose_required && actor.purpose().empty()) {
    return Refuse(v1::ERROR_REASON_PURPOSE_REQUIRED, "`acting.purpose` is required for this");
  }
  return {};
}

}  // namespace tearline::machine
