#include <algorithm>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/directory_check.h"
#include "broker/machine/policy_text.h"
#include "broker/machine/rows.h"
#include "broker/model/marking.h"
#include "broker/policy/policy_set.h"

namespace tearline::machine {
namespace {

constexpr std::size_t kOriginBytesMax = 100;
constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kVaultCheckBytes = 32;

/// A signed note's key name holds neither spaces nor plus signs, and a note no control characters
/// (C2SP signed-note, "Format"). That it is ASCII is ours, so that nobody need know which of
/// Unicode's characters are spaces.
bool FitsKeyName(char c) { return c > ' ' && c < '\x7f' && c != '+'; }

Status CheckNames(const stored::v1::Genesis& command) {
  const std::string& origin = command.log_origin();
  if (origin.empty() || origin.size() > kOriginBytesMax ||
      !std::all_of(origin.begin(), origin.end(), FitsKeyName)) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`log_origin` must be 1 to 100 visible ASCII characters without plus signs");
  }
  if (command.trust_domain().empty() || command.trust_domain().size() > kOriginBytesMax) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`trust_domain` must be 1 to 100 bytes");
  }
  if (command.audit_public_key().size() != kPublicKeyBytes) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`audit_public_key` must be 32 bytes");
  }
  if (!command.vault_check().empty() && command.vault_check().size() != kVaultCheckBytes) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`vault_check` must be 32 bytes");
  }
  return model::CheckMarking(command.accreditation(), "accreditation");
}

Status WriteDirectory(const stored::v1::Genesis& command, Step& step) {
  for (const v1::Agency& agency : command.agencies()) {
    stored::v1::AdmitAgency admit;
    *admit.mutable_agency() = agency;
    TEARLINE_RETURN_IF_REFUSED(ApplyAdmitAgency(admit, step));
  }
  for (const v1::Member& member : command.members()) {
    stored::v1::AdmitMember admit;
    *admit.mutable_member() = member;
    TEARLINE_RETURN_IF_REFUSED(ApplyAdmitMember(admit, step));
  }
  for (const v1::Post& post : command.posts()) {
    stored::v1::SetPost set;
    *set.mutable_post() = post;
    TEARLINE_RETURN_IF_REFUSED(ApplySetPost(set, step));
  }
  for (const v1::Post& post : command.posts()) {
    if (!post.escalates_to().empty() && !step.batch.Get(PostKey(post.escalates_to()))) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND,
                    "`posts.escalates_to` must name a post of the same directory");
    }
  }
  return {};
}

}  // namespace

Status ApplyGenesis(const stored::v1::Genesis& command, Step& step) {
  if (step.header.position != 1) {
    return Refuse(v1::ERROR_REASON_GENESIS_EXISTS,
                  "the ledger has its genesis; change the directory with `tearline directory` and "
                  "the policy with `tearline policy propose`");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckNames(command));
  const Result<policy::PolicySet> policy =
      ReadRecorded(command.policy_text(), step.header.behaviour_version);
  if (!policy.ok()) return policy.status();
  TEARLINE_RETURN_IF_REFUSED(WriteDirectory(command, step));

  const std::string digest = policy->digest().Bytes();
  stored::v1::PolicyRow row;
  row.set_text(command.policy_text());
  *row.mutable_author() = step.actor;
  row.set_approved_position(step.header.position);
  step.batch.PutRow(PolicyKey(digest), row);

  step.ledger.set_ledger_id(step.header.ledger_id.Bytes());
  step.ledger.set_log_origin(command.log_origin());
  step.ledger.set_trust_domain(command.trust_domain());
  *step.ledger.mutable_accreditation() = command.accreditation();
  step.ledger.set_audit_public_key(command.audit_public_key());
  step.ledger.set_policy_digest(digest);
  step.ledger.set_policy_position(step.header.position);
  step.AddChanged("genesis", command.log_origin());
  return {};
}

}  // namespace tearline::machine
