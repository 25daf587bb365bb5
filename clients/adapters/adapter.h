#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// How one kind of message is adapted: what a batch needs to know of it.
struct Adapter {
  std::string name;  ///< Begins the names of what lies in quarantine: "hmpps".
  /// One message.
  std::function<std::variant<Adapted, Quarantined>(std::string_view)> adapt;
  /// The messages that one file or line holds; if empty, it is one message itself.
  std::function<std::vector<std::string_view>(std::string_view)> split = {};
  /// The most that one file or line may hold, in bytes.
  std::size_t bytes_max = kOriginalBytesMax;
};

}  // namespace tearline::adapters
