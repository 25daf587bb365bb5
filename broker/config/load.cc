#include "broker/config/load.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

#include "broker/config/check_witnesses.h"
#include "broker/config/read_file.h"
#include "broker/config/read_text.h"
#include "broker/crypto/digest.h"
#include "broker/crypto/key_file.h"

namespace tearline::config {
namespace {

namespace fs = std::filesystem;

/// Where operators are listened to unless told otherwise: on this machine alone.
constexpr char kAdminAddress[] = "127.0.0.1:7444";
constexpr std::size_t kConfigBytesMax = 64 * 1024;
constexpr std::size_t kKeyPemBytesMax = 16 * 1024;
constexpr std::size_t kKeyEncryptionKeyBytes = 32;
constexpr std::size_t kCertificatesBytesMax = 1024 * 1024;
constexpr std::size_t kRevocationListBytesMax = 16 * 1024 * 1024;
constexpr int kRevocationListsMax = 1024;
constexpr std::uint32_t kRevocationGraceMaxS = 7 * 24 * 3600;
constexpr std::uint32_t kIntervalMinMs = 100;
constexpr std::uint32_t kIntervalMaxMs = 60'000;

Status Invalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, sentence);
}

/// A setting that names a path.
struct Named {
  std::string setting;
  std::string path;
};

void ResolvePaths(const fs::path& base, settings::v1::BrokerConfig& config) {
  const auto resolve = [&base](std::string* path) { *path = Resolve(base, *path); };
  resolve(config.mutable_listen()->mutable_certificate_file());
  resolve(config.mutable_listen()->mutable_key_file());
  resolve(config.mutable_listen()->mutable_agency_authorities_file());
  for (std::string& list : *config.mutable_listen()->mutable_revocation_lists()) resolve(&list);
  if (config.ledger().has_rocksdb()) {
    resolve(config.mutable_ledger()->mutable_rocksdb()->mutable_directory());
  }
  resolve(config.mutable_state()->mutable_directory());
  resolve(config.mutable_vault()->mutable_directory());
  resolve(config.mutable_vault()->mutable_key_encryption_key_file());
  resolve(config.mutable_audit()->mutable_signing_key_file());
  resolve(config.mutable_audit()->mutable_checkpoint_directory());
}

Status CheckAddress(const std::string& address, const std::string& setting) {
  const std::size_t colon = address.rfind(':');
  if (colon != std::string::npos && colon != 0 &&
      address.find_first_of(" \t\n/") == std::string::npos) {
    const std::string port = address.substr(colon + 1);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error == std::errc() && end == port.data() + port.size() && number <= 65'535) return {};
  }
  return Invalid("`" + setting + "` must be HOST:PORT, the port 0 to 65535");
}

/// Where `path` really is, also if its last part is not there yet.
fs::path Real(const std::string& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(fs::absolute(path), error);
  if (error) real = fs::absolute(path).lexically_normal();
  return real.has_filename() ? real : real.parent_path();
}

bool IsWithin(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Status CheckDirectories(const std::vector<Named>& directories) {
  for (const Named& each : directories) {
    if (each.path.empty()) return Invalid("`" + each.setting + "` is required");
    std::error_code error;
    const fs::path real = Real(each.path);
    if (!fs::is_directory(real.parent_path(), error)) {
      return Invalid("`" + each.setting + "` must be in a directory that is there");
    }
    if (fs::exists(real, error) && !fs::is_directory(real, error)) {
      return Invalid("`" + each.setting + "` must be a directory");
    }
    for (const Named& other : directories) {
      if (&other == &each || other.path.empty() || !IsWithin(real, Real(other.path))) continue;
      return Invalid("`" + each.setting + "` must not be `" + other.setting + "` or lie within it");
    }
  }
  return {};
}

Status CheckOutside(const Named& file, const std::vector<Named>& directories) {
  for (const Named& directory : directories) {
    if (!IsWithin(Real(file.path), Real(directory.path))) continue;
    return Refuse(v1::ERROR_REASON_KEY_FILE_UNSAFE, "`" + file.setting + "` must not lie within `" +
                                                        directory.setting +
                                                        "`: a copy of the data would hold its key");
  }
  return {};
}

Status CheckKeys(const settings::v1::BrokerConfig& config, const std::vector<Named>& directories) {
  const Named listen{"listen.key_file", config.listen().key_file()};
  const Named vault{"vault.key_encryption_key_file", config.vault().key_encryption_key_file()};
  const Named audit{"audit.signing_key_file", config.audit().signing_key_file()};
  for (const Named& key : {listen, vault, audit}) {
    if (key.path.empty()) return Invalid("`" + key.setting + "` is required");
    TEARLINE_RETURN_IF_REFUSED(CheckOutside(key, directories));
  }
  TEARLINE_RETURN_IF_REFUSED(
      crypto::ReadPrivateFile(listen.path, kKeyPemBytesMax, "`listen.key_file`").status());
  TEARLINE_RETURN_IF_REFUSED(
      crypto::ReadKeyFile(vault.path, kKeyEncryptionKeyBytes, "`vault.key_encryption_key_file`")
          .status());
  return crypto::ReadPrivateFile(audit.path, kKeyPemBytesMax, "`audit.signing_key_file`").status();
}

Status CheckCertificates(const settings::v1::Listen& listen) {
  TEARLINE_RETURN_IF_REFUSED(
      ReadFile(listen.certificate_file(), kCertificatesBytesMax, "`listen.certificate_file`")
          .status());
  return ReadFile(listen.agency_authorities_file(), kCertificatesBytesMax,
                  "`listen.agency_authorities_file`")
      .status();
}

Status CheckRevocation(const settings::v1::Listen& listen) {
  if (listen.revocation_lists_size() > kRevocationListsMax) {
    return Invalid("`listen.revocation_lists` must be at most 1024 files");
  }
  if (listen.revocation_grace_s() > kRevocationGraceMaxS) {
    return Invalid("`listen.revocation_grace_s` must be 0 to 604800");
  }
  for (int i = 0; i < listen.revocation_lists_size(); ++i) {
    const std::string setting = "`listen.revocation_lists[" + std::to_string(i) + "]`";
    TEARLINE_RETURN_IF_REFUSED(
        ReadFile(listen.revocation_lists(i), kRevocationListBytesMax, setting).status());
  }
  return {};
}

Status CheckInterval(settings::v1::AuditConfig& audit) {
  if (audit.checkpoint_interval_ms() == 0) audit.set_checkpoint_interval_ms(kCheckpointIntervalMs);
  if (audit.checkpoint_interval_ms() >= kIntervalMinMs &&
      audit.checkpoint_interval_ms() <= kIntervalMaxMs) {
    return {};
  }
  return Invalid("`audit.checkpoint_interval_ms` must be 100 to 60000");
}

}  // namespace

Result<Loaded> LoadConfig(const fs::path& file) {
  const Result<std::string> text = ReadFile(file, kConfigBytesMax, "the configuration file");
  if (!text.ok()) return text.status();
  Loaded loaded;
  loaded.digest = crypto::Sha256(*text).Hex();
  settings::v1::BrokerConfig& config = loaded.config;
  TEARLINE_RETURN_IF_REFUSED(ReadText(*text, config));

  TEARLINE_RETURN_IF_REFUSED(CheckAddress(config.listen().address(), "listen.address"));
  if (config.has_admin()) {
    if (config.admin().address().empty()) config.mutable_admin()->set_address(kAdminAddress);
    TEARLINE_RETURN_IF_REFUSED(CheckAddress(config.admin().address(), "admin.address"));
  }
  if (!config.ledger().has_rocksdb()) return Invalid("`ledger`: choose `rocksdb`");
  ResolvePaths(file.parent_path(), config);
  const std::vector<Named> directories = {
      {"ledger.rocksdb.directory", config.ledger().rocksdb().directory()},
      {"state.directory", config.state().directory()},
      {"vault.directory", config.vault().directory()},
      {"audit.checkpoint_directory", config.audit().checkpoint_directory()}};
  TEARLINE_RETURN_IF_REFUSED(CheckDirectories(directories));
  TEARLINE_RETURN_IF_REFUSED(CheckKeys(config, directories));
  TEARLINE_RETURN_IF_REFUSED(CheckCertificates(config.listen()));
  TEARLINE_RETURN_IF_REFUSED(CheckRevocation(config.listen()));
  TEARLINE_RETURN_IF_REFUSED(CheckInterval(*config.mutable_audit()));
  TEARLINE_RETURN_IF_REFUSED(CheckWitnesses(*config.mutable_audit()));
  return loaded;
}

}  // namespace tearline::config
