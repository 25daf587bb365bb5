#include "broker/model/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::model {
namespace {

struct Row {
  const char* what;
  std::string bytes;
  bool good;
};

TEST(Utf8, IsWellFormedExactlyWhereTheTableSaysSo) {
  const Row rows[] = {
      {"nothing", "", true},
      {"plain", "recall ordered", true},
      {"two bytes, the least", "\xC2\x80", true},
      {"two bytes, too long a form", "\xC1\xBF", false},
      {"three bytes, the least", "\xE0\xA0\x80", true},
      {"three bytes, too long a form", "\xE0\x9F\xBF", false},
      {"just below the surrogates", "\xED\x9F\xBF", true},
      {"a surrogate", "\xED\xA0\x80", false},
      {"just above the surrogates", "\xEE\x80\x80", true},
      {"four bytes, the least", "\xF0\x90\x80\x80", true},
      {"four bytes, too long a form", "\xF0\x8F\xBF\xBF", false},
      {"U+10FFFF", "\xF4\x8F\xBF\xBF", true},
      {"above U+10FFFF", "\xF4\x90\x80\x80", false},
      {"F5", "\xF5\x80\x80\x80", false},
      {"a stray continuation", "a\x80", false},
      {"cut short", "ab\xE2\x82", false},
      {"whole", "ab\xE2\x82\xAC", true},
      {"bad third byte", "\xE2\x82\x41", false},
  };
  for (const Row& row : rows) EXPECT_EQ(IsUtf8(row.bytes), row.good) << row.what;
}

}  // namespace
}  // namespace tearline::model
