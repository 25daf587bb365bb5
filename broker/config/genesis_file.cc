#include "broker/config/genesis_file.h"

#include <string>

#include "broker/config/read_file.h"
#include "broker/config/read_text.h"
#include "broker/identity/authority.h"
#include "broker/model/limits.h"
#include "broker/policy/examine.h"
#include "broker/policy/policy_set.h"
#include "tearline/settings/v1/directory.pb.h"

namespace tearline::config {
namespace {

/// A directory lies in a header, whole; its text takes a few times as much.
constexpr std::size_t kDirectoryBytesMax = 4 * model::kHeaderBytesMax;
constexpr std::size_t kAuthorityBytesMax = 64 * 1024;

Result<v1::Agency> ReadAgency(const settings::v1::DirectoryAgency& written,
                              const std::filesystem::path& base, const std::string& path) {
  const std::string setting = "`" + path + ".authority_certificate_file`";
  const Result<std::string> certificate =
      ReadFile(Resolve(base, written.authority_certificate_file()), kAuthorityBytesMax, setting);
  if (!certificate.ok()) return certificate.status();
  const Result<identity::Authority> authority = identity::Authority::Read(*certificate);
  if (!authority.ok()) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, setting + ": " + SentenceOf(authority.status()));
  }
  v1::Agency agency;
  agency.set_agency(written.agency());
  agency.set_kind(written.kind());
  agency.set_authority_spki_digest(authority->SpkiDigest().Bytes());
  agency.set_authority_certificate(authority->Der());
  agency.mutable_authority_valid_until()->set_seconds(authority->not_after_ms() / 1000);
  *agency.mutable_publishes_for() = written.publishes_for();
  agency.set_area(written.area());
  return agency;
}

}  // namespace

Result<stored::v1::Genesis> LoadGenesis(const std::filesystem::path& directory_file,
                                        const std::filesystem::path& policy_file) {
  const Result<std::string> text =
      ReadFile(directory_file, kDirectoryBytesMax, "the directory file");
  if (!text.ok()) return text.status();
  settings::v1::Directory directory;
  if (const Status read = ReadText(*text, directory); !read.ok()) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "the directory file, " + SentenceOf(read));
  }
  const Result<std::string> policy =
      ReadFile(policy_file, model::kPolicyBytesMax, "the policy file");
  if (!policy.ok()) return policy.status();
  const Result<policy::PolicySet> set = policy::PolicySet::Parse(*policy);
  const Status right = set.ok() ? policy::CheckFindings(*set, policy::Examine(*set)) : set.status();
  if (!right.ok()) {
    return Refuse(ReasonOf(right), "the policy file, " + SentenceOf(right));
  }

  stored::v1::Genesis genesis;
  genesis.set_log_origin(directory.log_origin());
  genesis.set_trust_domain(directory.trust_domain());
  *genesis.mutable_accreditation() = directory.accreditation();
  for (int i = 0; i < directory.agencies_size(); ++i) {
    Result<v1::Agency> agency = ReadAgency(directory.agencies(i), directory_file.parent_path(),
                                           "agencies[" + std::to_string(i) + "]");
    if (!agency.ok()) return agency.status();
    *genesis.add_agencies() = *std::move(agency);
  }
  *genesis.mutable_members() = directory.members();
  *genesis.mutable_posts() = directory.posts();
  genesis.set_policy_text(*policy);
  return genesis;
}

}  // namespace tearline::config
