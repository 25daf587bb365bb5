#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tearline::simulation {

/// Chance that can be had again: the same seed throws the same dice, on every machine.
///
/// Threads: one.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();
  /// 0 to `count` - 1. Requires: `count` is not zero.
  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(Next() % count); }
  /// `from` to `to`, both included.
  std::int64_t Between(std::int64_t from, std::int64_t to);
  bool Chance(unsigned in_thousand) { return Below(1000) < in_thousand; }
  std::string Bytes(std::size_t count);

  template <typename T>
  const T& OneOf(const std::vector<T>& things) {
    return things[Below(things.size())];
  }

 private:
  std::uint64_t state_;
};

/// From now on crypto::RandomBytes draws from dice of this seed, for the whole program: it is
/// linked in place of the broker's. A run that is not told its seed has none to draw from, and
/// stops.
void SeedRandomBytes(std::uint64_t seed);

}  // namespace tearline::simulation
