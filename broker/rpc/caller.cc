#include "broker/rpc/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "broker/identity/authority.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::AgencyRow;
using stored::v1::LedgerRow;
using stored::v1::MemberRow;
using stored::v1::PostRow;

/// Whether the agency's own authority issued `leaf` and did not revoke it, and until when that is
/// known. An authority that does not read, or is not the one whose digest was admitted, speaks for
/// nobody.
Result<std::int64_t> CheckAuthority(const v1::Agency& agency, const identity::Certificate& leaf,
                                    const identity::Revocations& revocations, std::int64_t now_ms) {
  const Result<identity::Authority> authority =
      identity::Authority::Read(agency.authority_certificate());
  if (!authority.ok() || authority->SpkiDigest().View() != agency.authority_spki_digest()) {
    return Refuse(v1::ERROR_REASON_WRONG_AUTHORITY,
                  "the directory names no usable authority for this agency; admit it again");
  }
  TEARLINE_RETURN_IF_REFUSED(authority->Verify(leaf, now_ms));
  return revocations.Check(*authority, leaf, now_ms);
}

/// Everything that must hold of a certificate, in the order in which it may be told; and until when
/// it is known to hold.
Result<std::int64_t> CheckCertificate(const identity::Certificate& leaf,
                                      const state::Reader& reader,
                                      const identity::Revocations& revocations,
                                      std::int64_t now_ms) {
  const auto ledger = reader.Find<LedgerRow>(state::Key(state::Table::kLedger));
  if (!ledger) {
    return Refuse(v1::ERROR_REASON_GENESIS_MISSING,
                  "this broker has no directory yet; run `tearlined --genesis`");
  }
  if (leaf.trust_domain != ledger->trust_domain()) {
    return Refuse(v1::ERROR_REASON_CERTIFICATE_INVALID,
                  "the certificate's URI must lie in this broker's trust domain");
  }
  const auto agency = reader.Find<AgencyRow>(machine::AgencyKey(leaf.agency));
  if (!agency) {
    return Refuse(v1::ERROR_REASON_UNKNOWN_PRINCIPAL,
                  "the directory must know the agency and the member");
  }
  const Result<std::int64_t> until_ms = CheckAuthority(agency->agency(), leaf, revocations, now_ms);
  if (!until_ms.ok()) return until_ms.status();
  const auto member = reader.Find<MemberRow>(machine::MemberKey(leaf.agency, leaf.member));
  if (!member) {
    return Refuse(v1::ERROR_REASON_UNKNOWN_PRINCIPAL,
                  "the directory must know the agency and the member");
  }
  if (agency->suspended() || member->suspended()) {
    return Refuse(v1::ERROR_REASON_SUSPENDED, "the agency or the member is suspended");
  }
  return std::min(*until_ms, leaf.not_after_ms);
}

Status CheckOnBehalfOf(const std::string& value, const std::string& path) {
  // It is shown to auditors: nothing in it may do anything to what shows it.
  const bool can_be_shown =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (value.size() > model::kOnBehalfOfBytesMax || !can_be_shown) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`" + path + "` is " + std::to_string(value.size()) +
                      " bytes; it must be printable ASCII of at most 128");
  }
  return {};
}

bool IsOfCorrelation(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// It is a stranger's text that is recorded for ever and shown to auditors: letters and digits are
/// enough to find something again by, and neither steer what shows them nor quote anybody.
Status CheckCorrelation(const std::string& id) {
  if (id.size() <= model::kCorrelationIdBytesMax &&
      std::all_of(id.begin(), id.end(), IsOfCorrelation)) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`acting.correlation_id`, or x-correlation-id in the metadata, is " +
                    std::to_string(id.size()) +
                    " bytes; it must be letters, digits, dots, underscores and hyphens, at "
                    "most 64");
}

Status CheckForm(const v1::Acting& acting) {
  if (!acting.post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(acting.post(), "acting.post"));
  }
  TEARLINE_RETURN_IF_REFUSED(
      CheckOnBehalfOf(acting.on_behalf_of_user(), "acting.on_behalf_of_user"));
  TEARLINE_RETURN_IF_REFUSED(
      CheckOnBehalfOf(acting.on_behalf_of_issuer(), "acting.on_behalf_of_issuer"));
  const std::size_t digest_bytes = acting.on_behalf_of_digest().size();
  if (digest_bytes != 0 && digest_bytes != crypto::Digest::kBytes) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`acting.on_behalf_of_digest` is " +
                                                      std::to_string(digest_bytes) +
                                                      " bytes; it must be 32, or none");
  }
  if (!acting.purpose().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckCode(acting.purpose(), "acting.purpose"));
  }
  if (!acting.legal_basis().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckCode(acting.legal_basis(), "acting.legal_basis"));
  }
  return CheckCorrelation(acting.correlation_id());
}

}  // namespace

Callers::Callers(ViewSource view, clock::Clock& clock, const delivery::Dispatcher& dispatcher,
                 CredentialSource credentials)
    : view_(std::move(view)),
      clock_(clock),
      dispatcher_(dispatcher),
      credentials_(std::move(credentials)) {}

Result<Caller> Callers::Recognise(const std::string& leaf_pem) {
  const crypto::Digest pem_digest = crypto::Sha256(leaf_pem);
  const std::int64_t now_ms = clock_.WallMs();
  // Read before view and credentials: what is found out now may be older than the count, never
  // newer.
  const std::uint64_t access_changes = dispatcher_.AccessChanges();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = remembered_.find(pem_digest);
    if (found != remembered_.end() && now_ms < found->second.until_ms &&
        found->second.access_changes == access_changes) {
      return found->second.caller;
    }
  }

  const Result<identity::Certificate> leaf = identity::ReadCertificate(leaf_pem);
  if (!leaf.ok()) return leaf.status();
  const Result<std::int64_t> until_ms =
      CheckCertificate(*leaf, *view_(), credentials_()->revocations, now_ms);
  if (!until_ms.ok()) return until_ms.status();

  Remembered fresh;
  fresh.caller = {leaf->agency, leaf->member, leaf->fingerprint};
  const std::int64_t memory_ms = std::chrono::milliseconds(kCallerMemory).count();
  fresh.until_ms = std::min(now_ms + memory_ms, *until_ms);
  fresh.access_changes = access_changes;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (remembered_.size() >= kCallersRemembered) remembered_.clear();
  return remembered_.insert_or_assign(pem_digest, std::move(fresh)).first->second.caller;
}

stored::v1::Refusal Callers::Blame(const std::string& leaf_pem) const {
  stored::v1::Refusal refusal;
  refusal.set_count(1);
  const Result<identity::Certificate> leaf = identity::ReadCertificate(leaf_pem);
  if (!leaf.ok()) return refusal;
  refusal.set_certificate_digest(leaf->fingerprint.Bytes());
  if (view_()->Get(machine::AgencyKey(leaf->agency))) refusal.set_agency(leaf->agency);
  return refusal;
}

std::string LeafOf(const grpc::AuthContext& context) {
  const std::vector<grpc::string_ref> found =
      context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  return found.size() == 1 ? std::string(found[0].data(), found[0].size()) : std::string();
}

std::int64_t EndOf(const std::string& leaf_pem) {
  const Result<identity::Certificate> leaf = identity::ReadCertificate(leaf_pem);
  return leaf.ok() ? leaf->not_after_ms : 0;
}

v1::Acting WithCorrelation(v1::Acting acting, const grpc::CallbackServerContext& context) {
  if (!acting.correlation_id().empty()) return acting;
  const auto [first, end] = context.client_metadata().equal_range(kCorrelationKey);
  for (auto each = first; each != end; ++each) {
    // Two are no name for one thing: the blank between them is refused.
    if (each != first) acting.mutable_correlation_id()->push_back(' ');
    acting.mutable_correlation_id()->append(each->second.data(), each->second.size());
  }
  return acting;
}

Result<stored::v1::Actor> ActorOf(const Caller& caller, const v1::Acting& acting,
                                  const state::Reader& reader) {
  TEARLINE_RETURN_IF_REFUSED(CheckForm(acting));
  if (!acting.post().empty()) {
    const auto post = reader.Find<PostRow>(machine::PostKey(acting.post()));
    if (!post || machine::AgencyOfPost(acting.post()) != caller.agency ||
        !machine::ActsFor(post->post(), caller.member)) {
      return Refuse(v1::ERROR_REASON_NOT_YOUR_POST,
                    "`acting.post` must be a post the member holds, deputises or serves");
    }
  }
  stored::v1::Actor actor;
  actor.set_agency(caller.agency);
  actor.set_member(caller.member);
  actor.set_certificate_digest(caller.certificate_digest.Bytes());
  actor.set_post(acting.post());
  actor.set_on_behalf_of_user(acting.on_behalf_of_user());
  actor.set_on_behalf_of_issuer(acting.on_behalf_of_issuer());
  actor.set_on_behalf_of_digest(acting.on_behalf_of_digest());
  actor.set_purpose(acting.purpose());
  actor.set_legal_basis(acting.legal_basis());
  actor.set_correlation_id(acting.correlation_id());
  return actor;
}

Status CheckOperator(const Caller& caller, const state::Reader& reader) {
  // An agency's posts lie together: their names begin with its own.
  const state::Key own = state::Key(state::Table::kPost).Fixed(caller.agency + "/");
  for (const auto& [key, bytes] : reader.Scan(own, kPostsOfAgencyMax)) {
    PostRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a post's row parses");
    if (machine::HasRole(row.post(), v1::POST_ROLE_OPERATOR) &&
        machine::ActsFor(row.post(), caller.member)) {
      return {};
    }
  }
  return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                "the member must act for a post with the operator's role");
}

}  // namespace tearline::rpc
