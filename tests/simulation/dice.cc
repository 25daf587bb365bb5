#include "tests/simulation/dice.h"

#include <optional>

#include "broker/crypto/random.h"
#include "broker/status/invariant.h"

namespace tearline::simulation {
namespace {

std::optional<Dice>& Unforeseeable() {
  static std::optional<Dice> dice;
  return dice;
}

}  // namespace

// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
std::uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

std::int64_t Dice::Between(std::int64_t from, std::int64_t to) {
  return from + static_cast<std::int64_t>(Below(static_cast<std::size_t>(to - from + 1)));
}

std::string Dice::Bytes(std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    std::uint64_t word = Next();
    for (int i = 0; i < 8 && bytes.size() < count; ++i, word >>= 8) {
      bytes.push_back(static_cast<char>(word & 0xff));
    }
  }
  return bytes;
}

void SeedRandomBytes(std::uint64_t seed) { Unforeseeable().emplace(seed); }

}  // namespace tearline::simulation

namespace tearline::crypto {

// Stands in for broker/crypto/random.cc, whose object the linker then leaves in its library.
std::string RandomBytes(std::size_t count) {
  std::optional<simulation::Dice>& dice = simulation::Unforeseeable();
  TEARLINE_INVARIANT(dice.has_value(), "a simulation is told its seed first");
  return dice->Bytes(count);
}

}  // namespace tearline::crypto
