#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace grpc {
class Channel;
}

namespace tearline::benchmark {

/// What gRPC gives at best on this machine: a server in a process of its own that speaks
/// PublishStream over mutual TLS, keeps nothing, looks at nothing, and answers each frame with as
/// many results as it has events.
class BareServer {
 public:
  /// With the certificates that lie in `certificates`, as make-development-certs lays them.
  ///
  /// Throws std::runtime_error.
  explicit BareServer(const std::filesystem::path& certificates);
  ~BareServer();
  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;

  /// The server's process.
  pid_t process() const { return process_; }

  /// A channel for a member, "AGENCY/MEMBER".
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& member) const;

 private:
  const std::filesystem::path certificates_;
  pid_t process_ = -1;
  std::string address_;
};

/// What that process does: serves with the certificates in `certificates`, after it has said its
/// port on standard output, until its parent is gone.
[[noreturn]] void ServeBare(const std::filesystem::path& certificates);

}  // namespace tearline::benchmark
