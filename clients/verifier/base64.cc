#include "clients/verifier/base64.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tearline::verifier {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Marks what is no letter; above the 24 bits of four letters.
constexpr std::uint32_t kNoLetter = 1U << 31;

/// The bits of each letter where they stand in a group, for each of its four places.
using Places = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr Places kPlaces = [] {
  Places places{};
  for (std::size_t place = 0; place < places.size(); ++place) {
    places[place].fill(kNoLetter);
    for (std::uint32_t value = 0; value < kLetters.size(); ++value) {
      places[place][static_cast<unsigned char>(kLetters[value])] = value << (18 - 6 * place);
    }
  }
  return places;
}();

std::uint32_t LetterAt(std::size_t place, char letter) {
  return kPlaces[place][static_cast<unsigned char>(letter)];
}

void Put(std::uint32_t bits, char* to) {
  to[0] = static_cast<char>(bits >> 16);
  to[1] = static_cast<char>(bits >> 8);
  to[2] = static_cast<char>(bits);
}

/// Groups of four letters from the front of `text`, up to one that has something else in it, three
/// bytes each. Returns: how many letters.
std::size_t TakeGroups(std::string_view text, char* to) {
  std::size_t taken = 0;
  for (; taken + 4 <= text.size(); taken += 4, to += 3) {
    const char* const group = text.data() + taken;
    const std::uint32_t bits = LetterAt(0, group[0]) | LetterAt(1, group[1]) |
                               LetterAt(2, group[2]) | LetterAt(3, group[3]);
    if ((bits & kNoLetter) != 0) break;
    Put(bits, to);
  }
  return taken;
}

#ifdef __x86_64__
/// The same, 32 letters at a time while there are as many characters. Writes 28 bytes at a time, of
/// which 24, or fewer at the end, are meant.
///
/// Source: W. Mula, D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", 2018.
[[gnu::target("avx2")]] std::size_t TakeWide(std::string_view text, char* to) {
  // A character is no letter if what its lower and what its upper four bits find have a bit in
  // common. How far a letter is from its value its upper four bits say, but for the slash.
  const __m256i by_lower = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b,
                    0x1b, 0x1b, 0x1a));
  const __m256i by_upper = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10,
                    0x10, 0x10, 0x10));
  const __m256i distance = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i big_endian = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i low_bits = _mm256_set1_epi8(0x0f);
  std::size_t taken = 0;
  for (; taken + 32 <= text.size(); taken += 32, to += 24) {
    const __m256i letters =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + taken));
    const __m256i lower = _mm256_and_si256(letters, low_bits);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi32(letters, 4), low_bits);
    const __m256i strange = _mm256_and_si256(_mm256_shuffle_epi8(by_lower, lower),
                                             _mm256_shuffle_epi8(by_upper, upper));
    const __m256i is_slash = _mm256_cmpeq_epi8(letters, _mm256_set1_epi8('/'));
    const __m256i values = _mm256_add_epi8(
        letters, _mm256_shuffle_epi8(distance, _mm256_add_epi8(is_slash, upper)));
    const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i bytes = _mm256_shuffle_epi8(groups, big_endian);  // 12 in each half
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(bytes));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 12), _mm256_extracti128_si256(bytes, 1));
    const auto letters_at = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(strange, _mm256_setzero_si256())));
    if (letters_at != UINT32_MAX) {
      return taken + static_cast<std::size_t>(std::countr_one(letters_at)) / 4 * 4;
    }
  }
  return taken + TakeGroups(text.substr(taken), to);
}
#endif

std::size_t Take(std::string_view text, char* to) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") != 0) return TakeWide(text, to);
#endif
  return TakeGroups(text, to);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= group.size() ? kLetters[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

std::optional<Base64Taken> TakeBase64(std::string_view text, char* to) {
  const std::size_t letters = Take(text, to);
  const Base64Taken taken{letters, letters / 4 * 3};
  text.remove_prefix(letters);
  if (text.empty() || (LetterAt(0, text[0]) & kNoLetter) != 0) return taken;
  // A last group: less than three bytes, and padding.
  if (text.size() < 4 || text[3] != '=') return std::nullopt;
  const std::size_t padding = text[2] == '=' ? 2 : 1;
  std::uint32_t bits = LetterAt(0, text[0]) | LetterAt(1, text[1]);
  if (padding == 1) bits |= LetterAt(2, text[2]);
  const std::uint32_t stray = padding == 1 ? 0xff : 0xffff;
  if ((bits & (kNoLetter | stray)) != 0) return std::nullopt;
  Put(bits, to + taken.bytes);
  return Base64Taken{letters + 4, taken.bytes + 3 - padding};
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + kBase64Slack, '\0');
  const std::optional<Base64Taken> taken = TakeBase64(text, bytes.data());
  if (!taken || taken->characters != text.size()) return std::nullopt;
  bytes.resize(taken->bytes);
  return bytes;
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace tearline::verifier
