#include "broker/rpc/credentials.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "broker/crypto/key_file.h"
#include "broker/rpc/server_limits.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

/// A key in PEM, in bytes: RSA of 4,096 bits takes 3.3 kB.
constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
/// A bundle of certificates in PEM, in bytes: a thousand authorities.
constexpr std::uintmax_t kBundleBytesMax = 4 * 1024 * 1024;

Status Invalid(const std::string& setting, const std::string& what) {
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`" + setting + "` " + what);
}

Result<std::string> ReadWhole(const std::string& path, std::uintmax_t bytes_max,
                              const std::string& setting) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error || bytes == 0 || bytes > bytes_max) {
    return Invalid(setting,
                   "must name a readable file of 1 to " + std::to_string(bytes_max) + " bytes");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file || text.size() != bytes) return Invalid(setting, "must name a file that can be read");
  return text;
}

/// A refusal of another room, as one of this setting.
Status Because(const std::string& setting, const Status& refusal) {
  return Invalid(setting, "does not read: " + SentenceOf(refusal));
}

/// The bundle's authorities and the directory's: an agency's may stand below one of the bundle.
std::vector<identity::Authority> KnownAuthorities(std::vector<identity::Authority> bundle,
                                                  const state::Reader& reader) {
  const state::Key all(state::Table::kAgency);
  for (const auto& [key, bytes] : reader.Scan(all, kAgenciesMax)) {
    stored::v1::AgencyRow row;
    if (!row.ParseFromString(bytes)) continue;
    Result<identity::Authority> authority =
        identity::Authority::Read(row.agency().authority_certificate());
    if (authority.ok()) bundle.push_back(*std::move(authority));
  }
  return bundle;
}

Result<identity::Revocations> ReadRevocations(const settings::v1::Listen& listen,
                                              std::vector<identity::Authority> bundle,
                                              const state::Reader& reader) {
  std::vector<identity::RevocationList> lists;
  for (int i = 0; i < listen.revocation_lists_size(); ++i) {
    const std::string setting = "listen.revocation_lists[" + std::to_string(i) + "]";
    const Result<std::string> text =
        ReadWhole(listen.revocation_lists(i), identity::kRevocationFileBytesMax, setting);
    if (!text.ok()) return text.status();
    Result<std::vector<identity::RevocationList>> read = identity::RevocationList::ReadAll(*text);
    if (!read.ok()) return Because(setting, read.status());
    for (identity::RevocationList& list : *read) lists.push_back(std::move(list));
  }
  const identity::RevocationTerms terms{
      .grace_ms = std::int64_t{listen.revocation_grace_s()} * 1000,
      .required = listen.revocation_lists_required()};
  if (lists.empty()) return identity::Revocations::Make({}, {}, terms);
  Result<identity::Revocations> revocations =
      identity::Revocations::Make(lists, KnownAuthorities(std::move(bundle), reader), terms);
  if (!revocations.ok()) return Because("listen.revocation_lists", revocations.status());
  return revocations;
}

}  // namespace

Result<std::shared_ptr<const Credentials>> ReadCredentials(const settings::v1::Listen& listen,
                                                           const state::Reader& reader) {
  Result<std::string> certificate =
      ReadWhole(listen.certificate_file(), kBundleBytesMax, "listen.certificate_file");
  if (!certificate.ok()) return certificate.status();
  Result<std::string> authorities = ReadWhole(listen.agency_authorities_file(), kBundleBytesMax,
                                              "listen.agency_authorities_file");
  if (!authorities.ok()) return authorities.status();
  Result<crypto::Secret> key =
      crypto::ReadPrivateFile(listen.key_file(), kKeyFileBytesMax, "`listen.key_file`");
  if (!key.ok()) return key.status();

  const auto validity = identity::ReadServerCertificate(*certificate, *key);
  if (!validity.ok()) return Because("listen.certificate_file", validity.status());
  Result<std::vector<identity::Authority>> bundle = identity::Authority::ReadAll(*authorities);
  if (!bundle.ok()) return Because("listen.agency_authorities_file", bundle.status());
  Result<identity::Revocations> revocations = ReadRevocations(listen, *std::move(bundle), reader);
  if (!revocations.ok()) return revocations.status();

  auto credentials = std::make_shared<Credentials>();
  credentials->certificate_pem = *std::move(certificate);
  credentials->key = *std::move(key);
  credentials->authorities_pem = *std::move(authorities);
  credentials->validity = *validity;
  credentials->revocations = *std::move(revocations);
  return credentials;
}

std::vector<std::string> CredentialFiles(const settings::v1::Listen& listen) {
  std::vector<std::string> files = {listen.certificate_file(), listen.key_file(),
                                    listen.agency_authorities_file()};
  files.insert(files.end(), listen.revocation_lists().begin(), listen.revocation_lists().end());
  return files;
}

}  // namespace tearline::rpc
