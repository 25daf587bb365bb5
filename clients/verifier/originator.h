#pragma once

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
};

/// How a delivery stands to what its originator signed.
enum class Signed {
  kNot,         ///< It carries no signature.
  kVerified,    ///< All of its originator's that is shown is what that agency signed.
  kKeyUnknown,  ///< None of the keys known of that agency signed it.
  kOtherwise,   ///< It is not what was signed, or not for this log, or the form is broken.
};

struct OriginatorCheck {
  Signed standing = Signed::kNot;
  std::string agency;        ///< Who signed; "" unless verified.
  std::string key_id;        ///< By which key, 64 hexadecimal digits; "" unless verified.
  bool compromised = false;  ///< The key was revoked since, because others hold it.
  std::string sentence;      ///< What is wrong; "" unless something is.
};

/// Checks what an event's delivery shows at its level against the statement it carries. What the
/// broker adds (ids, when it accepted, whom it concerns here) no originator signs.
///
/// A key must have been in force when the event was accepted, as the broker tells that time; one
/// that signed a tear-line which was written later may have begun since.
///
/// Source: docs/verifying.md, "What originators sign".
[[nodiscard]] OriginatorCheck CheckOriginator(const v1::DeliveredEvent& event,
                                              const OriginatorKeys& known);

}  // namespace tearline::verifier
