#include "clients/verifier/leaf_line.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "clients/verifier/export_file.h"
#include "tests/clients/invented_log.h"

namespace tearline::verifier {
namespace {

/// The lines of a small log, with slots and without.
std::vector<std::string> Lines() {
  doubles::InventedLog log;
  log.Scatter(0);
  log.Scatter(3);
  std::vector<std::string> lines;
  for (const LeafEntry& entry : log.Entries()) {
    lines.push_back(LeafLine(entry));
    lines.back().pop_back();
  }
  return lines;
}

/// What an export with this one leaf's line gives; "" if it is refused.
std::string ReadBack(const std::string& line) {
  std::istringstream file(HeadLine({"note", "key"}) + line + '\n');
  std::string again;
  const auto head = ReadExport(file, [&again](const LeafParts& parts) {
    again += LeafLine(parts.Entry());
    return absl::OkStatus();
  });
  return head.ok() ? again : "";
}

TEST(LeafLine, IsReadAsItIsWritten) {
  LeafParts parts;
  for (const std::string& line : Lines()) {
    ASSERT_TRUE(ReadLeafLine(line, parts)) << line;
    EXPECT_EQ(LeafLine(parts.Entry()), line + '\n');
  }
}

/// A blank before it makes a line that only JSON's own reader reads: the outcome is the same.
TEST(LeafLine, BentMeansWhatItMeansAsJson) {
  constexpr char kLetters[] = "\"[]{},:0129=/+aZ \\-.";
  std::mt19937_64 chance(20260302);
  const std::vector<std::string> lines = Lines();
  int plain = 0;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string line = lines[chance() % lines.size()];
    for (auto times = 1 + chance() % 2; times > 0; --times) {
      const std::size_t at = chance() % line.size();
      const char letter = kLetters[chance() % (sizeof kLetters - 1)];
      switch (chance() % 3) {
        case 0:
          line[at] = letter;
          break;
        case 1:
          line.erase(at, 1);
          break;
        default:
          line.insert(at, 1, letter);
      }
    }
    LeafParts parts;
    const std::string as_json = ReadBack(' ' + line);
    ASSERT_EQ(ReadBack(line), as_json) << line;
    const bool is_plain = ReadLeafLine(line, parts);
    ASSERT_TRUE(!is_plain || LeafLine(parts.Entry()) == line + '\n') << line;
    plain += is_plain;
    refused += as_json.empty();
  }
  EXPECT_GT(plain, 500);
  EXPECT_GT(refused, 1'000);
}

TEST(LeafLine, ReadsNoOtherTextAndNoMoreThanItsNumbersHold) {
  LeafParts parts;
  const std::string whole =
      R"({"details":[],"index":18446744073709551615,"leaf":"","padding_hashes":[]})";
  EXPECT_TRUE(ReadLeafLine(whole, parts));
  EXPECT_EQ(parts.index, UINT64_MAX);
  for (const char* text :
       {"", "{}", R"({"details":[],"index":18446744073709551616,"leaf":"","padding_hashes":[]})",
        R"({"details":[],"index":01,"leaf":"","padding_hashes":[]})",
        R"({"details":[],"index":-1,"leaf":"","padding_hashes":[]})",
        R"({"details":[,],"index":1,"leaf":"","padding_hashes":[]})",
        R"({"details":[],"index":1,"leaf":"","padding_hashes":[]} )",
        R"({"index":1,"details":[],"leaf":"","padding_hashes":[]})",
        R"({"details":[],"index":1,"leaf":"","padding_hashes":[],"slots":[]})",
        R"({"beside_hashes":[],"details":[],"index":1,"leaf":"","padding_hashes":[]})",
        R"({"beside_hashes":[],"details":[],"index":1,"leaf":"","padding_hashes":[]})"}) {
    EXPECT_FALSE(ReadLeafLine(text, parts)) << text;
  }
  const auto slots = [](const char* number) {
    return std::string(R"({"beside_hashes":[],"details":[],"index":1,"leaf":"",)") +
           R"("padding_hashes":[],"slots":[)" + number + "]}";
  };
  EXPECT_FALSE(ReadLeafLine(slots(""), parts)) << "they are not written if there are none";
  EXPECT_TRUE(ReadLeafLine(slots("0,4294967295"), parts));
  EXPECT_EQ(parts.slots, (std::vector<std::uint32_t>{0, UINT32_MAX}));
  EXPECT_FALSE(ReadLeafLine(slots("4294967296"), parts));
}

/// What the leaf before had must not show.
TEST(LeafLine, ForgetsTheOneBefore) {
  LeafParts parts;
  for (const std::string& line : {Lines()[0], Lines()[2], Lines()[3], Lines()[1]}) {
    ASSERT_TRUE(ReadLeafLine(line, parts));
    EXPECT_EQ(LeafLine(parts.Entry()), line + '\n');
  }
}

}  // namespace
}  // namespace tearline::verifier
