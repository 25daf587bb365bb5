#pragma once

#include <cstddef>

namespace tearline::policy {

/// How often this program has asked for memory so far: operator new is counted (allocations.cc).
[[nodiscard]] std::size_t Allocations();

}  // namespace tearline::policy
