#include "broker/rpc/tls.h"

#include <grpc/grpc_security_constants.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "broker/crypto/key_file.h"

namespace tearline::rpc {
namespace {

/// A key in PEM, in bytes: RSA of 4,096 bits takes 3.3 kB.
constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
/// A bundle of certificates in PEM: a thousand authorities.
constexpr std::uintmax_t kBundleBytesMax = 4 * 1024 * 1024;

Result<std::string> ReadCertificates(const std::string& path, const std::string& setting) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error || bytes == 0 || bytes > kBundleBytesMax) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                  "`" + setting + "` must name a readable file of certificates, at most 4 MiB");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file || text.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                  "`" + setting + "` must name a file that holds certificates in PEM");
  }
  return text;
}

}  // namespace

void AllowOnlyTls13() {
  // gRPC 1.51 always offers TLS 1.2 beside 1.3 and lets its users choose the cipher suites of 1.2
  // alone. This one needs a key both sides shared before; nobody here has one, so none is agreed
  // on.
  setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", /*overwrite=*/1);
}

Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const settings::v1::Listen& listen) {
  Result<std::string> certificate =
      ReadCertificates(listen.certificate_file(), "listen.certificate_file");
  if (!certificate.ok()) return certificate.status();
  Result<std::string> authorities =
      ReadCertificates(listen.agency_authorities_file(), "listen.agency_authorities_file");
  if (!authorities.ok()) return authorities.status();
  const Result<crypto::Secret> key =
      crypto::ReadPrivateFile(listen.key_file(), kKeyFileBytesMax, "listen.key_file");
  if (!key.ok()) return key.status();

  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = *std::move(authorities);
  options.pem_key_cert_pairs.push_back({std::string(key->View()), *std::move(certificate)});
  return grpc::SslServerCredentials(options);
}

}  // namespace tearline::rpc
