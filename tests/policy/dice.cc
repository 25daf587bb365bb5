#include "tests/policy/dice.h"

#include <cstdlib>
#include <iostream>

namespace tearline::policy {

std::uint32_t Seed() {
  static const std::uint32_t seed = [] {
    const char* asked = std::getenv("TEARLINE_SEED");
    const auto number = static_cast<std::uint32_t>(
        asked == nullptr ? 20'260'301 : std::strtoul(asked, nullptr, 10));
    std::cout << "TEARLINE_SEED=" << number << '\n';
    return number;
  }();
  return seed;
}

}  // namespace tearline::policy
