#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace tearline::client {

/// Where a broker is, and who we are to it. Mutual TLS always.
struct ConnectionSettings {
  std::string server;            ///< HOST:PORT.
  std::string authority_file;    ///< The broker's authority, PEM.
  std::string certificate_file;  ///< Our certificate chain, PEM.
  std::string key_file;          ///< Its key, PEM.
  std::string server_name;       ///< The name to demand of the broker's certificate, if not HOST.
};

/// Settings and what goes with every request, as a profile keeps them.
struct Profile {
  ConnectionSettings connection;
  std::string post;
  std::string purpose;
  std::string legal_basis;
};

/// Reads a profile: lines of KEY=VALUE, blank lines and lines that start with "#" left out. Keys:
/// server ca cert key server-name as purpose legal-basis. A relative file is relative to the
/// profile.
///
/// Refuses: NOT_FOUND; INVALID_ARGUMENT with the line's number.
[[nodiscard]] absl::StatusOr<Profile> ReadProfile(const std::string& path);

/// Fills what is still empty in `settings`: first from TEARLINE_SERVER, TEARLINE_CA, TEARLINE_CERT
/// and TEARLINE_KEY, then from `profile`.
void FillFromEnvironment(ConnectionSettings& settings);
void FillFromProfile(const Profile& profile, ConnectionSettings& settings);

/// A channel to the broker. Nothing is sent yet.
///
/// Refuses: INVALID_ARGUMENT naming the setting that is missing; NOT_FOUND for a file that cannot
/// be read.
[[nodiscard]] absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const ConnectionSettings& settings);

}  // namespace tearline::client
