#pragma once

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

  /// An item that is no event has nothing to check. Ends the command if the broker is asked and
  /// refuses.
  [[nodiscard]] verifier::OriginatorCheck Check(const v1::Delivery& delivery);

  /// What is said of it below the event.
  [[nodiscard]] std::string Text(const verifier::OriginatorCheck& check) const;
  [[nodiscard]] nlohmann::json Json(const verifier::OriginatorCheck& check) const;

 private:
  const verifier::OriginatorKeys& KeysOf(const std::string& agency);

  const Invocation& invocation_;
  const bool pinned_;
  std::map<std::string, verifier::OriginatorKeys> known_;  // By agency.
};

/// The delivery as JSON; of an event, with `originator_check` beside its fields.
[[nodiscard]] nlohmann::json DeliveryJson(const v1::Delivery& delivery,
                                          const Originators& originators,
                                          const verifier::OriginatorCheck& check);

/// Whether it may count as received: what is signed was verified, or nothing is and nothing must
/// be.
[[nodiscard]] bool IsSound(const verifier::OriginatorCheck& check);

}  // namespace tearline::cli
