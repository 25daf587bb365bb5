#include "broker/policy/duration.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "broker/model/limits.h"

namespace tearline::policy {
namespace {

constexpr std::int64_t kRefused = -1;

struct Row {
  const char* text;
  std::int64_t ms;
};

constexpr Row kRows[] = {
    {"1s", 1'000},
    {"90s", 90'000},
    {"30m", 1'800'000},
    {"4h", 14'400'000},
    {"7d", 604'800'000},
    {"007d", 604'800'000},
    {"366d", std::chrono::milliseconds(model::kObligeWithinMax).count()},
    {"367d", kRefused},
    {"8784h", 31'622'400'000},
    {"8785h", kRefused},
    {"31622400s", 31'622'400'000},
    {"31622401s", kRefused},
    {"999999999d", kRefused},
    {"99999999999999999999d", kRefused},
    {"0h", kRefused},
    {"", kRefused},
    {"h", kRefused},
    {"4", kRefused},
    {"4H", kRefused},
    {"4w", kRefused},
    {"4 h", kRefused},
    {" 4h", kRefused},
    {"4h ", kRefused},
    {"-4h", kRefused},
    {"+4h", kRefused},
    {"1.5h", kRefused},
    {"1h30m", kRefused},
    {"0x4h", kRefused},
};

TEST(Duration, IsReadExactlyWhereTheTableSaysSo) {
  for (const Row& row : kRows) {
    EXPECT_EQ(ReadDuration(row.text).value_or(kRefused), row.ms) << "`" << row.text << "`";
  }
}

}  // namespace
}  // namespace tearline::policy
