#pragma once

#include <memory>
#include <string>

#include "broker/rpc/services.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::rpc {

/// The door: every service of proto/tearline/v1 over mutual TLS 1.3. There is no other way in, and
/// no setting to turn that off.
class Server {
 public:
  /// Listens and serves at once.
  ///
  /// The files of `listen` are looked at every kLookAtFilesEvery and read again when they were
  /// touched; feeds whose certificate is no longer good then end. grpc.health.v1 tells how every
  /// part is, to whoever has a certificate.
  ///
  /// Requires: what `services` names outlives the server.
  /// Refuses:  as ReadCredentials; CONFIG_INVALID also if the address has the wrong form or is
  ///           taken.
  /// With an address in `admin`, the operators' door (admin.h) stands there too.
  static Result<std::unique_ptr<Server>> Start(const settings::v1::Listen& listen,
                                               Services services,
                                               const settings::v1::Admin& admin = {});

  /// Drains.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "HOST:PORT", with the port that was really taken.
  std::string Address() const { return address_; }

  /// The same for the operators' door; "" if there is none.
  std::string AdminAddress() const { return admin_address_; }

  /// Reads certificate, key, authorities and revocation lists again, at once.
  ///
  /// Refuses: as CredentialKeeper::Reload; those before stand.
  /// Threads: any.
  Status Reload();

  /// Refuses what is new, ends every feed with UNAVAILABLE, waits at most kDrainMax for calls that
  /// are being answered, stops, and proposes the refusals that wait to be noted. Again: nothing.
  ///
  /// Requires: the writer still answers what was proposed.
  void Drain();

 private:
  class Inside;
  Server();

  std::unique_ptr<Inside> inside_;
  std::string address_;
  std::string admin_address_;
};

}  // namespace tearline::rpc
