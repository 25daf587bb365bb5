#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/crypto/secret.h"
#include "broker/identity/revocations.h"
#include "broker/identity/server_certificate.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::rpc {

/// What the door shows, whom it trusts, and whom no longer: the files the settings name, read at
/// one time, whole and checked against each other.
///
/// Threads: any. Never changes.
struct Credentials {
  std::string certificate_pem;           ///< The broker's chain.
  crypto::Secret key;                    ///< Its key, PEM.
  std::string authorities_pem;           ///< Who may speak TLS at all.
  identity::ServerCertificate validity;  ///< Of the broker's certificate.
  identity::Revocations revocations;
};

/// The credentials in force; never null.
using CredentialSource = std::function<std::shared_ptr<const Credentials>()>;

/// Reads the files. A revocation list must be signed by an authority of the bundle or of the
/// directory in `reader`.
///
/// Refuses: KEY_FILE_UNSAFE  the key is readable by others or missing;
///          CONFIG_INVALID   anything else, naming the setting.
[[nodiscard]] Result<std::shared_ptr<const Credentials>> ReadCredentials(
    const settings::v1::Listen& listen, const state::Reader& reader);

/// Every file that ReadCredentials reads.
[[nodiscard]] std::vector<std::string> CredentialFiles(const settings::v1::Listen& listen);

}  // namespace tearline::rpc
