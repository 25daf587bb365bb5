#include "broker/state/each_row.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"

namespace tearline::state {
namespace {

Key Row(std::uint64_t number) { return Key(Table::kQuota).U64(number); }

/// More rows than are read at once, with neighbours of other tables on both sides.
class EachRowTest : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint64_t i = 0; i < kRows; ++i) batch_.Put(Row(i), std::to_string(i));
    batch_.Put(Key(Table::kHistory), "before");
    batch_.Put(Key(Table::kConsultation), "behind");
  }
  std::vector<std::uint64_t> Numbers(std::uint64_t from, std::uint64_t until) {
    std::vector<std::uint64_t> numbers;
    ForEachRow(batch_, Key(Table::kQuota), Row(from), [&](const auto& key, const auto& value) {
      numbers.push_back(ReadBigEndian(key, 1, 8));
      EXPECT_EQ(value, std::to_string(numbers.back()));
      return numbers.back() != until;
    });
    return numbers;
  }

  static constexpr std::uint64_t kRows = 2 * kRowsAtOnce;
  const doubles::MemoryState below_;
  Batch batch_{below_};
};

TEST_F(EachRowTest, IsVisitedOnceInOrderUnderThePrefixAlone) {
  std::uint64_t next = 0;
  ForEachRow(batch_, Key(Table::kQuota), [&next](const auto& key, const auto&) {
    EXPECT_EQ(ReadBigEndian(key, 1, 8), next++);
    return true;
  });
  EXPECT_EQ(next, kRows);
}

TEST_F(EachRowTest, BeginsAndEndsWhereItIsTold) {
  EXPECT_EQ(Numbers(kRowsAtOnce - 1, kRowsAtOnce + 1),
            (std::vector<std::uint64_t>{kRowsAtOnce - 1, kRowsAtOnce, kRowsAtOnce + 1}));
  EXPECT_EQ(Numbers(kRows - 2, kRows), (std::vector<std::uint64_t>{kRows - 2, kRows - 1}));
  EXPECT_TRUE(Numbers(kRows, kRows).empty());
}

/// Nothing lies between a key and the one just above it; a longer one that begins alike is above.
TEST(JustAbove, IsTheNextKeyThereCanBe) {
  const Key key = Key(Table::kQuota).Name("a");
  EXPECT_GT(JustAbove(key.bytes()).bytes(), key.bytes());
  EXPECT_LE(JustAbove(key.bytes()).bytes(), Key(key).U8(0).bytes());
}

}  // namespace
}  // namespace tearline::state
