#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "clients/cli/invocation.h"
#include "clients/verifier/originator.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::cli {

/// What is said of `--signing-keys` by those who check deliveries.
inline constexpr char kOriginatorsKeys[] =
    "Originators' keys, as `directory keys --json` prints them; else the broker's word. What these "
    "agencies originate must be signed";

/// Checks deliveries against their originators' keys: those of a file that came from the agencies
/// themselves, or else those the broker's directory gives.
class Originators {
 public:
  /// `keys_file` is one that ReadSigningKeys reads; "" asks the broker. Ends with kUsage if it does
  /// not read.
  ///
  /// Requires: `invocation` outlives it.
  Originators(const Invocation& invocation, const std::string& keys_file);

  /// An item that is neither an event nor a notice that one was withdrawn has nothing to check.
  /// Ends the command if the broker is asked and refuses.
  [[nodiscard]] verifier::OriginatorCheck Check(const v1::Delivery& delivery);

  /// What is said of it below the event.
  [[nodiscard]] std::string Text(const verifier::OriginatorCheck& check) const;
  [[nodiscard]] nlohmann::json Json(const verifier::OriginatorCheck& check) const;

 private:
  const verifier::OriginatorKeys& KeysOf(const std::string& agency);
  verifier::OriginatorCheck CheckNotice(const v1::DeliveredAccessWithdrawn& notice);
  /// What `judge` gives by the agency's keys.
  template <typename Judge>
  verifier::OriginatorCheck CheckBy(const std::string& agency, Judge judge);

  const Invocation& invocation_;
  const bool pinned_;
  std::map<std::string, verifier::OriginatorKeys> known_;  // By agency.
};

/// Whether an originator may have signed what an item tells: of an event, and of a notice that its
/// originator withdrew one.
[[nodiscard]] bool MayBeSigned(const v1::Delivery& delivery);

/// The delivery as JSON; of what may be signed, with `originator_check` beside its fields.
[[nodiscard]] nlohmann::json DeliveryJson(const v1::Delivery& delivery,
                                          const Originators& originators,
                                          const verifier::OriginatorCheck& check);

/// Whether it may count as received: what is signed was verified, or nothing is and nothing must
/// be.
[[nodiscard]] bool IsSound(const verifier::OriginatorCheck& check);

/// Ends a feed of which `unsound` items were not with kVerificationFailed; 0: goes on.
void StopIfUnsound(std::uint64_t unsound);

}  // namespace tearline::cli
