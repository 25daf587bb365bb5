#include "broker/machine/directory_check.h"

#include <set>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/model/name.h"

namespace tearline::machine {
namespace {

/// An authority's certificate in DER, in bytes; the longest seen in public services is under 4 kB.
constexpr int kAuthorityBytesMax = 16 * 1024;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status CheckKind(const std::string& member, const std::string& agency, const std::string& path,
                 v1::MemberKind kind, const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::MemberRow>(MemberKey(agency, member));
  if (!row) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`" + path + "` must be a member the directory knows, of the post's agency");
  }
  if (row->member().kind() == kind) return {};
  if (kind == v1::MEMBER_KIND_PERSON) {
    return Refuse(v1::ERROR_REASON_PERSON_REQUIRED, "`" + path + "` must be a person");
  }
  return FieldInvalid("`" + path + "` must be a service");
}

}  // namespace

Status CheckAgency(const v1::Agency& agency, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(agency.agency(), path + ".agency"));
  if (agency.agency() == "broker") {
    return Refuse(v1::ERROR_REASON_NAME_INVALID,
                  "`" + path + ".agency` must not be broker: that name is the broker's own");
  }
  if (!v1::AgencyKind_IsValid(agency.kind()) || agency.kind() == v1::AGENCY_KIND_UNSPECIFIED) {
    return FieldInvalid("`" + path + ".kind` must be a kind of agency");
  }
  if (agency.authority_spki_digest().size() != crypto::Digest::kBytes) {
    return FieldInvalid("`" + path + ".authority_spki_digest` must be 32 bytes");
  }
  if (agency.authority_certificate().empty() ||
      agency.authority_certificate().size() > kAuthorityBytesMax) {
    return FieldInvalid("`" + path + ".authority_certificate` must be 1 to 16,384 bytes");
  }
  if (!agency.area().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(agency.area(), path + ".area"));
  }
  if (agency.publishes_for_size() > static_cast<int>(model::kPublishesForMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".publishes_for` has at most 64");
  }
  for (const std::string& other : agency.publishes_for()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(other, path + ".publishes_for"));
  }
  return {};
}

Status CheckMember(const v1::Member& member, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(member.member(), path + ".member"));
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(member.agency(), path + ".agency"));
  if (!v1::MemberKind_IsValid(member.kind()) || member.kind() == v1::MEMBER_KIND_UNSPECIFIED) {
    return FieldInvalid("`" + path + ".kind` must be service or person");
  }
  return {};
}

Status CheckPost(const v1::Post& post, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(post.post(), path + ".post"));
  if (post.roles().empty()) return FieldInvalid("`" + path + ".roles` must name at least one role");
  std::set<int> seen;
  for (const int role : post.roles()) {
    if (!v1::PostRole_IsValid(role) || role == v1::POST_ROLE_UNSPECIFIED ||
        !seen.insert(role).second) {
      return FieldInvalid("`" + path + ".roles` must be known roles, each once");
    }
  }
  if (!post.escalates_to().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(post.escalates_to(), path + ".escalates_to"));
    if (post.escalates_to() == post.post()) {
      return FieldInvalid("`" + path + ".escalates_to` must be another post");
    }
  }
  if (post.services_size() > static_cast<int>(model::kPostServicesMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".services` has at most 16");
  }
  if (post.areas_size() > model::kPostAreasMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".areas` has at most 64");
  }
  std::set<std::string> areas;
  for (const std::string& area : post.areas()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(area, path + ".areas"));
    if (!areas.insert(area).second) return FieldInvalid("`" + path + ".areas` has each area once");
  }
  return model::CheckMarking(post.clearance(), path + ".clearance");
}

Status CheckPostMembers(const v1::Post& post, const std::string& agency, const std::string& path,
                        const state::Reader& reader) {
  for (const auto& [member, field] :
       {std::pair(post.holder(), ".holder"), std::pair(post.deputy(), ".deputy")}) {
    if (member.empty()) continue;
    TEARLINE_RETURN_IF_REFUSED(
        CheckKind(member, agency, path + field, v1::MEMBER_KIND_PERSON, reader));
  }
  for (const std::string& service : post.services()) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckKind(service, agency, path + ".services", v1::MEMBER_KIND_SERVICE, reader));
  }
  return {};
}

}  // namespace tearline::machine
