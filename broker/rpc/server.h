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
  /// Requires: what `services` names outlives the server.
  /// Refuses:  KEY_FILE_UNSAFE; CONFIG_INVALID also if the address has the wrong form, is taken, or
  ///           key and certificate do not fit each other.
  static Result<std::unique_ptr<Server>> Start(const settings::v1::Listen& listen,
                                               Services services);

  /// Drains.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "HOST:PORT", with the port that was really taken.
  std::string Address() const { return address_; }

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
};

}  // namespace tearline::rpc
