#include "clients/cpp/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace tearline::client {
namespace {

/// The broker pings nobody; we find out after 30 s that a connection is dead, and not sooner than
/// the broker allows to be asked.
constexpr int kKeepaliveMs = 30'000;
/// What may come on a stream before it is asked for. Left to itself gRPC widens that with the
/// connection's speed: who writes a log to a disk that is slower than its broker held 100 MiB of it.
constexpr int kReadAheadBytes = 4 * 1024 * 1024;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kConnectMs = 5'000;

absl::StatusOr<std::string> ReadWhole(const std::string& path, const char* what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) {
    return absl::NotFoundError(std::string("the ") + what + " file cannot be read");
  }
  return text.str();
}

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Where the profile keeps the value of `key`; nothing if there is no such key.
std::string* Place(const std::string& key, Profile& profile) {
  ConnectionSettings& connection = profile.connection;
  if (key == "server") return &connection.server;
  if (key == "ca") return &connection.authority_file;
  if (key == "cert") return &connection.certificate_file;
  if (key == "key") return &connection.key_file;
  if (key == "server-name") return &connection.server_name;
  if (key == "as") return &profile.post;
  if (key == "purpose") return &profile.purpose;
  if (key == "legal-basis") return &profile.legal_basis;
  return nullptr;
}

void Fill(const std::string& from, std::string& to) {
  if (to.empty()) to = from;
}

}  // namespace

absl::StatusOr<Profile> ReadProfile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError("the profile cannot be read");
  Profile profile;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    line = Trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    std::string* place =
        equals == std::string::npos ? nullptr : Place(Trimmed(line.substr(0, equals)), profile);
    if (place == nullptr) {
      return absl::InvalidArgumentError(
          "line " + std::to_string(number) +
          " of the profile must be KEY=VALUE, KEY one of server ca cert key server-name as purpose "
          "legal-basis");
    }
    *place = Trimmed(line.substr(equals + 1));
  }
  const std::filesystem::path home = std::filesystem::absolute(path).parent_path();
  for (std::string* named : {&profile.connection.authority_file,
                             &profile.connection.certificate_file, &profile.connection.key_file}) {
    if (!named->empty()) *named = (home / *named).string();
  }
  return profile;
}

void FillFromEnvironment(ConnectionSettings& settings) {
  const auto fill = [](const char* name, std::string& to) {
    if (const char* value = std::getenv(name); value != nullptr) Fill(value, to);
  };
  fill("TEARLINE_SERVER", settings.server);
  fill("TEARLINE_CA", settings.authority_file);
  fill("TEARLINE_CERT", settings.certificate_file);
  fill("TEARLINE_KEY", settings.key_file);
}

void FillFromProfile(const Profile& profile, ConnectionSettings& settings) {
  Fill(profile.connection.server, settings.server);
  Fill(profile.connection.authority_file, settings.authority_file);
  Fill(profile.connection.certificate_file, settings.certificate_file);
  Fill(profile.connection.key_file, settings.key_file);
  Fill(profile.connection.server_name, settings.server_name);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const ConnectionSettings& settings) {
  if (settings.server.empty()) {
    return absl::InvalidArgumentError("say where the broker is: --server HOST:PORT");
  }
  if (settings.authority_file.empty() || settings.certificate_file.empty() ||
      settings.key_file.empty()) {
    return absl::InvalidArgumentError(
        "say who you are and whom you trust: --cert FILE --key FILE --ca FILE");
  }
  const auto authority = ReadWhole(settings.authority_file, "--ca");
  if (!authority.ok()) return authority.status();
  const auto certificate = ReadWhole(settings.certificate_file, "--cert");
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadWhole(settings.key_file, "--key");
  if (!key.ok()) return key.status();

  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *authority;
  options.pem_cert_chain = *certificate;
  options.pem_private_key = *key;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kReadAheadBytes);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // Also the time one attempt to connect may take, handshake and all.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  if (!settings.server_name.empty()) {
    arguments.SetSslTargetNameOverride(settings.server_name);
  }
  return grpc::CreateCustomChannel(settings.server, grpc::SslCredentials(options), arguments);
}

}  // namespace tearline::client
