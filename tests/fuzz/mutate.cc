#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace tearline::fuzz {
namespace {

/// Bytes at which readers turn: ends, signs, brackets, lengths that lie.
constexpr std::array<std::uint8_t, 20> kTurns = {0,   1,   '\n', ' ',  '"',  '%', '-',
                                                 '.', '0', '9',  ':',  '\\', '{', '}',
                                                 127, 128, 0xc0, 0xed, 0xfe, 0xff};

std::size_t Below(std::size_t bound, std::mt19937_64& chance) { return chance() % bound; }

char AnyByte(std::mt19937_64& chance) {
  const std::uint64_t drawn = chance();
  return static_cast<char>((drawn & 1) != 0 ? kTurns[(drawn >> 1) % kTurns.size()] : drawn >> 8);
}

std::string AnyPart(const std::string& of, std::mt19937_64& chance) {
  const std::size_t begin = Below(of.size() + 1, chance);
  return of.substr(begin, Below(32, chance));
}

void ChangeOnePlace(std::string& input, const std::string& other, std::mt19937_64& chance) {
  const std::size_t at = Below(input.size() + 1, chance);
  const bool has_byte = at < input.size();
  switch (Below(8, chance)) {
    case 0:
      if (has_byte) input[at] = static_cast<char>(input[at] ^ (1 << Below(8, chance)));
      break;
    case 1:
      if (has_byte) input[at] = AnyByte(chance);
      break;
    case 2:
      input.insert(at, 1 + Below(4, chance), AnyByte(chance));
      break;
    case 3:
      input.erase(at, 1 + Below(16, chance));
      break;
    case 4:
      input.insert(at, AnyPart(input, chance));
      break;
    case 5:
      input.insert(at, AnyPart(other, chance));
      break;
    case 6:
      input.resize(at);
      break;
    default:
      input.replace(at, input.npos, other, Below(other.size() + 1, chance), other.npos);
      break;
  }
}

}  // namespace

std::string Mutate(const std::vector<std::string>& seeds, std::mt19937_64& chance) {
  std::string input = seeds[Below(seeds.size(), chance)];
  for (std::size_t left = 1 + Below(8, chance); left > 0; --left) {
    ChangeOnePlace(input, seeds[Below(seeds.size(), chance)], chance);
  }
  input.resize(std::min(input.size(), kInputBytesMax));
  return input;
}

}  // namespace tearline::fuzz
