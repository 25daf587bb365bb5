#pragma once

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <string>

#include "broker/rpc/credentials.h"
#include "broker/status/status.h"

namespace tearline::rpc {

/// Whether the holder of a leaf certificate may call.
using Admit = std::function<Status(const std::string& leaf_pem)>;

/// Leaves nothing of TLS below 1.3 in this process, client and server alike: docs/decisions/
/// 0005-tls13.md says how and why this way.
///
/// Requires: called before gRPC makes its first credentials, best before any thread exists (it
/// writes to the environment). Again: nothing.
void AllowOnlyTls13();

/// Mutual TLS with whatever `source` gives when a handshake begins: the broker's certificate, and a
/// client certificate asked for, required, and verified against the agencies' authorities together.
/// Which of them may speak for an agency, and whom they revoked, is judged later, per call
/// (caller.h). docs/decisions/0012-credentials-per-handshake.md says why this way.
///
/// With `admit`, each call is asked about before it is begun: the holder of its leaf certificate,
/// PEM ("" if there is none), is let in, or the call is refused. Then `admit` must not wait.
///
/// Requires: what it returns is kept until every server that listens with it is gone, and used for
/// one port.
[[nodiscard]] std::shared_ptr<grpc::ServerCredentials> MakeCredentials(CredentialSource source,
                                                                       Admit admit = {});

}  // namespace tearline::rpc
