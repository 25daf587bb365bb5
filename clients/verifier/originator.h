#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/directory.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::verifier {

/// By what deliveries are judged: the keys their originators are known to sign with, and the log
/// they must have been signed for.
struct OriginatorKeys {
  std::string log_origin;
  std::vector<v1::SigningKey> keys;
  /// Whether all that it originates must be signed, but pointers: those that may not name their
  /// holder never are.
  bool demanded = false;
};

/// How a delivery stands to what its originator signed.
enum class Signed {
  kNot,         ///< It carries no signature, and nothing that its level is not told; where one is
                ///< demanded, the sentence says so.
  kVerified,    ///< All of its originator's that is shown is what that agency signed.
  kKeyUnknown,  ///< None of the keys known of that agency signed it, or none are known.
  kOtherwise,   ///< It is not what was signed, or not for this log, or the form is broken.
};

struct OriginatorCheck {
  Signed standing = Signed::kNot;
  std::string agency;        ///< Who signed; "" unless verified.
  std::string key_id;        ///< By which key, 64 hexadecimal digits; "" unless verified.
  bool compromised = false;  ///< The key was revoked since, because others hold it.
  /// Whether the delivery tells when what is signed was accepted: not of a pointer, nor of a
  /// tear-line that was written later, which a key may have signed after it ended.
  bool time_told = false;
  /// When the key ends or ended: run out, or revoked for whatever reason. Ms since 1970; 0 unless
  /// verified.
  std::int64_t key_until_ms = 0;
  std::string sentence;  ///< What is wrong; "" unless something is.
};

/// Checks what an event's delivery shows at its level against the statement it carries; a field
/// that its level is not told is itself wrong, signed or not. What the broker adds (ids, when it
/// accepted, whom it concerns here) no originator signs.
///
/// A key must have been in force when the event was accepted, as the broker tells that time, which
/// it must at full and tear-line; one that signed a tear-line which was written later may have
/// begun since.
///
/// Source: docs/verifying.md, "What originators sign".
[[nodiscard]] OriginatorCheck CheckOriginator(const v1::DeliveredEvent& event,
                                              const OriginatorKeys& known);

/// From whom a notice that an event was withdrawn says it comes: the agency its statement names;
/// "" where it carries none that reads.
[[nodiscard]] std::string WithdrawnBy(const v1::DeliveredAccessWithdrawn& notice);

/// Checks a notice that an event was withdrawn against the statement it carries. One without a
/// signature is not signed, and proves nothing: it names nobody who could have had to sign it.
///
/// The statement tells when it was signed by the signer's word alone, so `time_told` is false; a
/// key that had ended by then, or began a day later, did not sign what the broker accepted.
///
/// Source: docs/verifying.md, "What originators sign".
[[nodiscard]] OriginatorCheck CheckWithdrawn(const v1::DeliveredAccessWithdrawn& notice,
                                             const OriginatorKeys& known);

}  // namespace tearline::verifier
