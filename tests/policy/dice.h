#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace tearline::policy {

/// The seed of this run. Another one may be asked for by TEARLINE_SEED; it is printed once, and
/// every failure of a test that throws dice says it.
std::uint32_t Seed();

/// Numbers that follow from the seed and a salt, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint32_t salt) : chance_(Seed() + salt) {}
  /// A number below `bound`.
  std::size_t operator()(std::size_t bound) { return chance_() % bound; }

 private:
  std::mt19937 chance_;
};

}  // namespace tearline::policy
