#include "broker/policy/duration.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tearline::policy {
namespace {

struct Row {
  const char* text;
  std::int64_t ms;  // 0: refused.
};

constexpr Row kRows[] = {
    {"1s", 1'000},
    {"90s", 90'000},
    {"30m", 1'800'000},
    {"4h", 14'400'000},
    {"7d", 604'800'000},
    {"007d", 604'800'000},
    {"366d", 31'622'400'000},
    {"367d", 0},
    {"8784h", 31'622'400'000},
    {"8785h", 0},
    {"31622400s", 31'622'400'000},
    {"31622401s", 0},
    {"999999999d", 0},
    {"99999999999999999999d", 0},
    {"0h", 0},
    {"", 0},
    {"h", 0},
    {"4", 0},
    {"4H", 0},
    {"4w", 0},
    {"4 h", 0},
    {" 4h", 0},
    {"4h ", 0},
    {"-4h", 0},
    {"+4h", 0},
    {"1.5h", 0},
    {"1h30m", 0},
    {"0x4h", 0},
};

TEST(Duration, IsReadExactlyWhereTheTableSaysSo) {
  for (const Row& row : kRows) {
    EXPECT_EQ(ReadDuration(row.text).value_or(0), row.ms) << "`" << row.text << "`";
  }
}

}  // namespace
}  // namespace tearline::policy
