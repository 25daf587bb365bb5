#include "broker/state/tables.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace tearline::state {
namespace {

std::string Text(const std::string& path) {
  std::ifstream stream(std::string(TEARLINE_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// "number name", for every match of a pattern whose groups are those two, in either order.
std::multiset<std::string> Tables(const std::string& text, const char* pattern, int number,
                                  int name) {
  std::multiset<std::string> tables;
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    tables.insert((*match)[number].str() + " " + (*match)[name].str());
  }
  return tables;
}

TEST(Tables, EveryTableAndNoOtherIsToldInTheDocs) {
  const std::multiset<std::string> written =
      Tables(Text("broker/state/tables.h"), R"(k(\w+) =\s+(\d+),)", 2, 1);
  ASSERT_GT(written.size(), 30u);
  EXPECT_EQ(Tables(Text("docs/on-disk.md"), R"(\n\| (\d+) \| ([A-Z]\w+) \|)", 1, 2), written);
}

TEST(Tables, NoNumberIsUsedTwice) {
  std::set<std::string> numbers;
  for (const std::string& table :
       Tables(Text("broker/state/tables.h"), R"(k(\w+) =\s+(\d+),)", 2, 1)) {
    EXPECT_TRUE(numbers.insert(table.substr(0, table.find(' '))).second) << table;
  }
}

}  // namespace
}  // namespace tearline::state
