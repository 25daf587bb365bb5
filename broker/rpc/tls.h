#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::rpc {

/// Leaves nothing of TLS below 1.3 in this process, client and server alike: docs/decisions/
/// 0005-tls13.md says how and why this way.
///
/// Requires: called before gRPC makes its first credentials, best before any thread exists (it
/// writes to the environment). Again: nothing.
void AllowOnlyTls13();

/// Mutual TLS as the settings say: the broker's certificate, and a client certificate asked for,
/// required, and verified against the agencies' authorities together. Which of them may speak for
/// an agency is judged later, per call (caller.h).
///
/// Refuses: KEY_FILE_UNSAFE  the key is readable by others or missing;
///          CONFIG_INVALID   a certificate file is missing or empty, or too large.
[[nodiscard]] Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const settings::v1::Listen& listen);

}  // namespace tearline::rpc
