#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "clients/adapters/outcome.h"
#include "nlohmann/json.hpp"

namespace tearline::adapters {

/// The data of a CloudEvent. No content if the event has none.
struct Content {
  std::string media_type;
  std::string content;
};

/// Reads `data` or `data_base64`, whichever is there:
///
///   data_base64            the bytes it stands for.
///   data, of a JSON type   the value's text, byte for byte as it lies in the event (`data_slice`);
///                          application/json where the event names no type.
///   data, of another type  must be a string: its text.
///
/// Requires: `event` is an object whose `datacontenttype`, if it has one, is a string.
[[nodiscard]] std::variant<Content, Quarantined> ReadContent(
    const nlohmann::json& event, std::optional<std::string_view> data_slice);

}  // namespace tearline::adapters
