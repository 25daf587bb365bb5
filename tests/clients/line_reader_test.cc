#include "clients/verifier/line_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace tearline::verifier {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream file(text);
  LineReader reader(file);
  std::vector<std::string> lines;
  for (std::string_view line; reader.Take(line);) lines.emplace_back(line);
  return lines;
}

/// As the standard library reads them.
std::vector<std::string> KnownLines(const std::string& text) {
  std::istringstream file(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(LineReader, ReadsAsManyLinesAsThereAre) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Lines(""), Texts());
  EXPECT_EQ(Lines("\n"), Texts{""});
  EXPECT_EQ(Lines("one"), Texts{"one"});
  EXPECT_EQ(Lines("one\n"), Texts{"one"});
  EXPECT_EQ(Lines("one\n\ntwo"), (Texts{"one", "", "two"}));
  EXPECT_EQ(Lines("one\r\n"), Texts{"one\r"});
}

/// Wherever what is read at a time ends: within a line, beside its newline, many times in one.
TEST(LineReader, ReadsLinesOfAnyLength) {
  std::mt19937_64 chance(20260404);
  constexpr std::size_t kReadBytes = std::size_t{128} * 1024;
  for (int i = 0; i < 40; ++i) {
    std::string text;
    while (text.size() < 5 * kReadBytes) {
      const std::size_t size = chance() % 4 == 0 ? chance() % (3 * kReadBytes) : chance() % 3000;
      text += std::string(size, static_cast<char>('a' + chance() % 26));
      if (chance() % 9 != 0) text += '\n';
    }
    ASSERT_TRUE(Lines(text) == KnownLines(text)) << i;
  }
  for (std::size_t size = kReadBytes - 2; size <= kReadBytes + 2; ++size) {
    for (const std::string& rest : {std::string(), std::string("\n"), std::string("\nz\n")}) {
      const std::string text = std::string(size, 'a') + rest;
      ASSERT_TRUE(Lines(text) == KnownLines(text)) << size;
    }
  }
}

}  // namespace
}  // namespace tearline::verifier
