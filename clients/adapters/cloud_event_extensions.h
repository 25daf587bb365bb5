#pragma once

#include <variant>
#include <vector>

#include "clients/adapters/noticed.h"
#include "clients/adapters/outcome.h"
#include "nlohmann/json.hpp"
#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// What extension attributes say that is not of the event as a whole.
struct Extensions {
  std::vector<v1::ContentFlag> flags;  ///< Of the data, each once.
};

/// Reads every attribute of a CloudEvent that is not of the specification itself: ours, all of
/// which begin with "tearline", into urgency, label, facts and nominals of `event`; others are
/// noticed. The names and forms are told in docs/cloudevents.md. What is not said is
/// OFFICIAL-SENSITIVE and routine, concerns nobody, and is controlled by nobody.
///
/// Requires: `message` is an object. `event.label.pointer_post` holds whom a pointer names where
/// the message does not say.
[[nodiscard]] std::variant<Extensions, Quarantined> ReadExtensions(const nlohmann::json& message,
                                                                   v1::Event& event,
                                                                   Noticed& noticed);

}  // namespace tearline::adapters
