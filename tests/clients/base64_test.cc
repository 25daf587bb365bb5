#include "clients/verifier/base64.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace tearline::verifier {
namespace {

std::string SomeBytes(std::mt19937_64& chance, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

/// What `text` holds, read four characters at a time: too few for whatever reads many at once. Only
/// the last may be padded.
std::optional<std::string> ReadByFours(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::optional<std::string> three = FromBase64(text.substr(i, 4));
    if (!three || (three->size() < 3 && i + 4 < text.size())) return std::nullopt;
    bytes += *three;
  }
  return bytes;
}

/// RFC 4648, section 10, and one text with each letter.
TEST(Base64, IsThatOfTheStandard) {
  for (const auto& [bytes, text] :
       {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(FromBase64(text), bytes);
  }
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  EXPECT_EQ(Base64(*FromBase64(letters)), letters);
}

/// Bit by bit; what is not exactly what these bits are written as does not read.
std::optional<std::string> Base64ByDefinition(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits;
  for (const char letter : text.substr(0, text.find('='))) {
    const std::size_t value = kLetters.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    for (int bit = 5; bit >= 0; --bit) bits += (value >> bit & 1) != 0 ? '1' : '0';
  }
  std::string bytes;
  for (std::size_t at = 0; at + 8 <= bits.size(); at += 8) {
    bytes += static_cast<char>(std::stoi(bits.substr(at, 8), nullptr, 2));
  }
  if (Base64(bytes) != text) return std::nullopt;
  return bytes;
}

TEST(Base64, ReadsEveryGroupOfFourAsItIsDefined) {
  constexpr std::string_view kSome = "ABQg/+09az=*-\x80";
  int read = 0;
  for (const char a : kSome) {
    for (const char b : kSome) {
      for (const char c : kSome) {
        for (const char d : kSome) {
          const std::string text = {'Z', 'm', '9', 'v', a, b, c, d};
          const std::optional<std::string> bytes = FromBase64(text);
          ASSERT_EQ(bytes, Base64ByDefinition(text)) << testing::PrintToString(text);
          read += bytes.has_value();
        }
      }
    }
  }
  EXPECT_GT(read, 10 * 10 * 10 * 10);
}

TEST(Base64, GivesBackWhatItWrote) {
  std::mt19937_64 chance(20260401);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string bytes = SomeBytes(chance, size);
    EXPECT_EQ(FromBase64(Base64(bytes)), bytes) << size;
  }
}

/// Long texts are read many letters at once, short ones are not: each character that there is, at
/// each place, means the same to both.
TEST(Base64, MeansTheSameInALongTextAsInAShortOne) {
  std::mt19937_64 chance(20260402);
  int read = 0;
  for (const std::size_t size : {96u, 97u, 98u}) {
    const std::string good = Base64(SomeBytes(chance, size));
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (int character = 0; character < 256; ++character) {
        std::string text = good;
        text[at] = static_cast<char>(character);
        const std::optional<std::string> bytes = FromBase64(text);
        ASSERT_EQ(bytes, ReadByFours(text)) << character << " at " << at << " of " << text.size();
        ASSERT_TRUE(!bytes || Base64(*bytes) == text) << text;
        read += bytes.has_value();
      }
    }
  }
  EXPECT_GT(read, 20'000);
}

TEST(Base64, OfAnotherLengthIsNone) {
  const std::string good = Base64(std::string(90, 'b'));
  for (std::size_t size = 0; size <= good.size(); ++size) {
    EXPECT_EQ(FromBase64(good.substr(0, size)).has_value(), size % 4 == 0) << size;
  }
  for (const char* text : {"=", "====", "Z===", "Zg=", "Zg", "Zg==Zg==", "Zm8=\n", " Zm8=", "Zm8==",
                           "Zm9vYh==", "Zm9v Yg=", "Zm=v", "Zm9*"}) {
    EXPECT_FALSE(FromBase64(text)) << text;
  }
}

/// Wherever it ends, what follows is left alone, and nothing is written beyond the room asked for.
TEST(Base64, IsTakenFromTheFrontOfAText) {
  std::mt19937_64 chance(20260403);
  for (std::size_t size = 0; size < 130; ++size) {
    const std::string bytes = SomeBytes(chance, size);
    const std::string written = Base64(bytes);
    for (const std::string& rest : {std::string(), std::string("\""), "\",\"" + written,
                                    "\"" + std::string(40, '\xff')}) {
      const std::string text = written + rest;
      const std::size_t room = text.size() / 4 * 3 + kBase64Slack;
      std::string to(room + 1, '#');
      const std::optional<Base64Taken> taken = TakeBase64(text, to.data());
      ASSERT_TRUE(taken) << size;
      EXPECT_EQ(taken->characters, written.size());
      EXPECT_EQ(to.substr(0, taken->bytes), bytes);
      EXPECT_EQ(to.back(), '#') << size;
    }
  }
  char to[16];
  for (const char* text : {"Zm9\"", "Zm9vZg\"", "Zm9vZh==", "Zm9vZm9=", "Zm9vZ\""}) {
    EXPECT_FALSE(TakeBase64(text, to)) << text;
  }
}

TEST(Hex, ReadsWhatItWritesAndNothingElse) {
  EXPECT_EQ(Hex(std::string("\0\xff", 2)), "00ff");
  EXPECT_EQ(FromHex("00fF"), std::string("\0\xff", 2));
  EXPECT_EQ(FromHex("0"), std::nullopt);
  EXPECT_EQ(FromHex("0g"), std::nullopt);
}

}  // namespace
}  // namespace tearline::verifier
