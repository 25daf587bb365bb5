#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "clients/cli/invocation.h"
#include "clients/verifier/originator.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace CLI {
class App;
}

namespace tearline::cli {

/// Checks deliveries against their originators' keys: those of a file that came from the agencies
/// themselves, or else those the broker's directory gives.
class Originators {
 public:
  /// `keys_file` holds what `tearline directory keys --json` prints, a line for each agency; ""
  /// asks the broker. Ends with kUsage if it does not read.
  ///
  /// Requires: `invocation` outlives it.
  Originators(const Invocation& invocation, const std::string& keys_file);

  /// Ends the command if the broker is asked and refuses.
  [[nodiscard]] verifier::OriginatorCheck Check(const v1::Delivery& delivery);

  /// What is said of it below the delivery; "" where nothing is signed.
  [[nodiscard]] std::string Text(const verifier::OriginatorCheck& check) const;
  [[nodiscard]] nlohmann::json Json(const verifier::OriginatorCheck& check) const;

 private:
  const verifier::OriginatorKeys& KeysOf(const std::string& agency);

  const Invocation& invocation_;
  const bool pinned_;
  std::map<std::string, verifier::OriginatorKeys> known_;  // By agency.
};

/// The delivery as JSON; where it is signed, with `originator_check` beside its fields.
[[nodiscard]] nlohmann::json DeliveryJson(const v1::Delivery& delivery,
                                          const Originators& originators,
                                          const verifier::OriginatorCheck& check);

/// Adds `--signing-keys`.
void AddSigningKeysOption(CLI::App& verb, std::string& keys_file);

/// Whether it may count as received: it is not signed, or what is signed was verified.
[[nodiscard]] bool IsSound(const verifier::OriginatorCheck& check);

}  // namespace tearline::cli
