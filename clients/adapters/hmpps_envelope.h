#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "clients/adapters/noticed.h"
#include "clients/adapters/outcome.h"
#include "nlohmann/json.hpp"

namespace tearline::adapters {

/// A message out of its envelope.
struct Opened {
  nlohmann::json body;            ///< An object.
  std::string event_type;         ///< Words of a-z, 0-9 and -, joined by dots; at most 200 bytes.
  std::string source_message_id;  ///< The envelope's; "" if the message was bare.
};

/// Opens a bare message or an SNS notification and settles what type of event it is.
[[nodiscard]] std::variant<Opened, Quarantined> Open(std::string_view bytes, Noticed& noticed);

}  // namespace tearline::adapters
