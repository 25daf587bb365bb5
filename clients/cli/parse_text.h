#pragma once

#include <google/protobuf/message.h>

#include <compare>
#include <string>

namespace tearline::cli {

/// Where something stands in a text, counted from 0; {-1, 0} is nowhere.
struct Place {
  int line = -1;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

/// "line 2, column 11", counted from 1.
[[nodiscard]] std::string PlaceText(const Place& place);

/// Reads protobuf text. Nothing of it is printed or quoted; if it does not read, `furthest` becomes
/// the place of its first error, unless it is further on already.
[[nodiscard]] bool ParseText(const std::string& text, google::protobuf::Message& message,
                             Place& furthest);

}  // namespace tearline::cli
