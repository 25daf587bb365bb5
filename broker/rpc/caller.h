#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "broker/clock/clock.h"
#include "broker/crypto/digest.h"
#include "broker/delivery/dispatcher.h"
#include "broker/identity/certificate.h"
#include "broker/rpc/credentials.h"
#include "broker/rpc/services.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/acting.pb.h"

namespace grpc {
class AuthContext;
class CallbackServerContext;
}  // namespace grpc

namespace tearline::rpc {

/// Who is calling, proved by certificate and in good standing.
struct Caller {
  std::string agency;
  std::string member;
  crypto::Digest certificate_digest;
};

/// Finds out who is calling. What TLS proved is only that one of the agencies' authorities issued
/// the certificate; that it was this agency's own is proved here, against that authority alone.
///
/// Threads: any.
class Callers {
 public:
  /// Requires: `dispatcher` and `clock` outlive it.
  Callers(ViewSource view, clock::Clock& clock, const delivery::Dispatcher& dispatcher,
          CredentialSource credentials);

  /// Who holds this leaf certificate. An answer is remembered for kCallerMemory, not beyond the
  /// end of the certificate or of its authority's revocation list, and not beyond a change of the
  /// directory or of the credentials (Dispatcher::AccessChanges counts both); a refusal is not.
  ///
  /// Refuses: CERTIFICATE_INVALID  unreadable, or of another trust domain than the ledger's;
  ///          UNKNOWN_PRINCIPAL    the directory does not know the agency or the member;
  ///          CERTIFICATE_EXPIRED, WRONG_AUTHORITY  as identity::Authority::Verify;
  ///          CERTIFICATE_REVOKED, REVOCATION_UNKNOWN  as identity::Revocations::Check;
  ///          SUSPENDED; GENESIS_MISSING.
  [[nodiscard]] Result<Caller> Recognise(const std::string& leaf_pem);

  /// What can be said of a certificate that was refused: the agency it names, if the directory
  /// knows that one, and its digest if it can be read.
  [[nodiscard]] stored::v1::Refusal Blame(const std::string& leaf_pem) const;

 private:
  struct Remembered {
    Caller caller;
    std::int64_t until_ms = 0;
    std::uint64_t access_changes = 0;
  };

  const ViewSource view_;
  clock::Clock& clock_;
  const delivery::Dispatcher& dispatcher_;
  const CredentialSource credentials_;
  std::mutex mutex_;
  std::map<crypto::Digest, Remembered> remembered_;  ///< By SHA-256 of the PEM; guarded by mutex_.
};

/// The leaf certificate TLS saw, PEM; "" if there is none, or more than one.
[[nodiscard]] std::string LeafOf(const grpc::AuthContext& context);

/// When a leaf certificate ends, ms since 1970; 0 if it does not read.
[[nodiscard]] std::int64_t EndOf(const std::string& leaf_pem);

/// The key of a call's metadata that may hold a correlation id.
inline constexpr char kCorrelationKey[] = "x-correlation-id";

/// `acting` with the correlation id of the call's metadata, if it gives none itself. It is checked
/// by ActorOf.
[[nodiscard]] v1::Acting WithCorrelation(v1::Acting acting, const grpc::CallbackServerContext& context);

/// The actor that `acting` makes of the caller. An empty post is let through: whatever needs one
/// refuses by itself. The machine checks the post again.
///
/// Refuses: FIELD_INVALID, NAME_INVALID  a field of `acting` has the wrong form;
///          NOT_YOUR_POST                no such post of the caller's agency, or not the member's.
[[nodiscard]] Result<stored::v1::Actor> ActorOf(const Caller& caller, const v1::Acting& acting,
                                                const state::Reader& reader);

/// Whether the caller acts for a post of their agency with the operator's role.
///
/// Refuses: NOT_PERMITTED.
[[nodiscard]] Status CheckOperator(const Caller& caller, const state::Reader& reader);

}  // namespace tearline::rpc
