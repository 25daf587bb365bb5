#include "broker/crypto/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::crypto {
namespace {

struct Row {
  const char* bytes;
  const char* text;
};

// RFC 4648, section 10.
constexpr Row kRows[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

TEST(Base64, MatchesRfc4648BothWays) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Base64Encode(row.bytes), row.text);
    ASSERT_TRUE(Base64Decode(row.text).ok()) << row.text;
    EXPECT_EQ(*Base64Decode(row.text), row.bytes);
  }
}

TEST(Base64, CarriesEveryByteAtEveryLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const Result<std::string> back = Base64Decode(Base64Encode(bytes));
    ASSERT_TRUE(back.ok()) << i << " bytes";
    EXPECT_EQ(*back, bytes);
    bytes += static_cast<char>(255 - i % 256);
  }
  EXPECT_EQ(Base64Encode("\xfb\xff"), "+/8=");
}

struct RefusedRow {
  const char* why;
  std::string text;
};

TEST(Base64, RefusesWhatItWouldNotHaveWritten) {
  const RefusedRow rows[] = {
      {"padding missing", "Zg"},
      {"padding short", "Zg="},
      {"padding too long", "Z==="},
      {"padding alone", "===="},
      {"padding surplus", "Zm9v===="},
      {"padding within", "Zg==Zm9v"},
      {"padding before a digit", "Zg=v"},
      {"one of the four unused bits set", "Zh=="},
      {"one of the two unused bits set", "Zm9="},
      {"a line break at the end", "Zm9v\n"},
      {"a space within", "Zm 9"},
      {"the alphabet for addresses", "-_8="},
      {"a zero byte", std::string("Zm9\0", 4)},
      {"a byte above 127", "Zm9\xe9"},
  };
  for (const RefusedRow& row : rows) {
    EXPECT_EQ(ReasonOf(Base64Decode(row.text).status()), v1::ERROR_REASON_FIELD_INVALID) << row.why;
  }
}

/// Every text of four characters over a small alphabet is refused, or is what Base64Encode writes.
TEST(Base64, NoTwoTextsMeanTheSame) {
  const std::string alphabet = "AB/=Q\n";
  int accepted = 0;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      for (const char c : alphabet) {
        for (const char d : alphabet) {
          const std::string text{a, b, c, d};
          const Result<std::string> bytes = Base64Decode(text);
          if (!bytes.ok()) continue;
          ++accepted;
          EXPECT_EQ(Base64Encode(*bytes), text);
        }
      }
    }
  }
  EXPECT_GT(accepted, 4 * 4 * 4 * 4);
}

}  // namespace
}  // namespace tearline::crypto
