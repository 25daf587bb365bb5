#pragma once

#include <string>

#include "clients/adapters/outcome.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {

/// Why a message whose JSON has a fault is set aside. `where` names what was read.
[[nodiscard]] Quarantined FromFault(JsonFault fault, const std::string& where);

}  // namespace tearline::adapters
