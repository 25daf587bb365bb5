#pragma once

#include <filesystem>
#include <string>

#include "tearline/settings/v1/broker.pb.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/identity/certificate_workshop.h"

namespace tearline::rpc {

/// The files that `listen` names, in a directory of their own: a broker's certificate with its key,
/// and whatever bundle and revocation lists a test writes.
class ListenFiles {
 public:
  ListenFiles();

  /// Replaces a file in one step, as an operator should.
  void Write(const std::string& name, const std::string& text) const;
  /// Replaces the broker's certificate and key by new ones; the certificate, PEM.
  std::string RenewBroker(std::int64_t not_before_s, std::int64_t not_after_s) const;

  std::filesystem::path Path(const std::string& name) const { return directory_.path() / name; }
  const identity::Issued& broker_authority() const { return broker_authority_; }

  /// Names broker.pem, broker.key and agencies.pem; no revocation lists.
  settings::v1::Listen listen() const;

 private:
  doubles::TemporaryDirectory directory_;
  identity::Issued broker_authority_;
};

}  // namespace tearline::rpc
