#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace tearline::fuzz {

/// The longest input that is made, in bytes.
inline constexpr std::size_t kInputBytesMax = 4096;

/// One of `seeds`, changed in one to eight places: bits flipped, bytes replaced, put in, taken out
/// or said twice, ends cut off, or the end of another seed in place of its own. The same chance
/// makes the same input.
[[nodiscard]] std::string Mutate(const std::vector<std::string>& seeds, std::mt19937_64& chance);

}  // namespace tearline::fuzz
