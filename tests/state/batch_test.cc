#include "broker/state/batch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/doubles/memory_state.h"

namespace tearline::state {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Key AgencyKey(const std::string& name) { return Key(Table::kAgency).Name(name); }

/// The values, to compare briefly.
std::string Values(const Rows& rows) {
  std::string values;
  for (const auto& [key, value] : rows) values += value;
  return values;
}

class BatchTest : public testing::Test {
 protected:
  BatchTest() {
    Batch batch(below_);
    for (const char* name : {"b", "d", "f"}) batch.Put(AgencyKey(name), name);
    batch.Put(Key(Table::kMember).Name("b"), "member");
    below_.Commit(batch);
  }

  doubles::MemoryState below_;
  const Key all_{Table::kAgency};
};

TEST_F(BatchTest, ReadsItsOwnWritesOverWhatIsBelow) {
  Batch batch(below_);
  EXPECT_EQ(batch.Get(AgencyKey("b")), "b");
  EXPECT_EQ(batch.Get(AgencyKey("c")), std::nullopt);
  batch.Put(AgencyKey("b"), "B");
  batch.Put(AgencyKey("c"), "C");
  batch.Erase(AgencyKey("d"));
  EXPECT_EQ(batch.Get(AgencyKey("b")), "B");
  EXPECT_EQ(batch.Get(AgencyKey("c")), "C");
  EXPECT_EQ(batch.Get(AgencyKey("d")), std::nullopt);
  EXPECT_EQ(below_.Get(AgencyKey("d")), "d");
}

/// What lies below does not change while a batch stands on it, so it is asked once, also for what is
/// not there; and whatever is taken back, what lies below is seen again.
TEST_F(BatchTest, AsksBelowOnceForEachRow) {
  class Counted final : public Reader {
   public:
    explicit Counted(const Reader& behind) : behind_(behind) {}
    std::optional<std::string> Get(const Key& key) const override {
      ++asked[key.bytes()];
      return behind_.Get(key);
    }
    Rows Scan(const Key& prefix, const Key& from, std::size_t rows_max) const override {
      return behind_.Scan(prefix, from, rows_max);
    }
    mutable std::map<std::string, int> asked;

   private:
    const Reader& behind_;
  };
  const Counted counted(below_);
  Batch batch(counted);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(batch.Get(AgencyKey("b")), "b");
    EXPECT_EQ(batch.Get(AgencyKey("c")), std::nullopt);
    batch.Mark();
    batch.Put(AgencyKey("b"), "B");
    batch.Put(AgencyKey("c"), "C");
    batch.Erase(AgencyKey("b"));
    EXPECT_EQ(batch.Get(AgencyKey("b")), std::nullopt);
    EXPECT_EQ(batch.Get(AgencyKey("c")), "C");
    batch.RollBack();
  }
  EXPECT_EQ(counted.asked, (std::map<std::string, int>{{AgencyKey("b").bytes(), 1},
                                                       {AgencyKey("c").bytes(), 1}}));
}

TEST_F(BatchTest, ScansBothInKeyOrderWithinThePrefix) {
  Batch batch(below_);
  EXPECT_EQ(Values(batch.Scan(all_, 10)), "bdf");
  batch.Put(AgencyKey("a"), "A");
  batch.Put(AgencyKey("d"), "D");
  batch.Put(AgencyKey("z"), "Z");
  batch.Erase(AgencyKey("f"));
  batch.Erase(AgencyKey("never-there"));
  batch.Put(Key(Table::kMember).Name("a"), "another table");
  EXPECT_EQ(Values(batch.Scan(all_, 10)), "AbDZ");
  EXPECT_EQ(Values(batch.Scan(all_, 3)), "AbD");
  EXPECT_EQ(Values(batch.Scan(all_, 0)), "");
  EXPECT_EQ(Values(batch.Scan(all_, AgencyKey("b"), 2)), "bD");
  EXPECT_EQ(Values(batch.Scan(all_, AgencyKey("c"), 10)), "DZ");
}

TEST_F(BatchTest, AnErasedRowDoesNotUseUpTheRowsAskedFor) {
  Batch batch(below_);
  batch.Erase(AgencyKey("b"));
  batch.Erase(AgencyKey("d"));
  EXPECT_EQ(Values(batch.Scan(all_, 1)), "f");
}

TEST_F(BatchTest, RollBackUndoesWhatCameAfterTheMark) {
  Batch batch(below_);
  batch.Put(AgencyKey("b"), "first");
  batch.Erase(AgencyKey("d"));
  batch.Mark();
  batch.Put(AgencyKey("b"), "second");
  batch.Erase(AgencyKey("b"));
  batch.Put(AgencyKey("d"), "back");
  batch.Put(AgencyKey("new"), "new");
  batch.RollBack();
  EXPECT_EQ(batch.Get(AgencyKey("b")), "first");
  EXPECT_EQ(batch.Get(AgencyKey("d")), std::nullopt);
  EXPECT_EQ(batch.Get(AgencyKey("new")), std::nullopt);
  // A write that never was is not an erasure either.
  EXPECT_EQ(batch.writes().size(), 2u);
}

TEST_F(BatchTest, RollBackTwiceUndoesNoMore) {
  Batch batch(below_);
  batch.Put(AgencyKey("b"), "first");
  batch.Mark();
  batch.Put(AgencyKey("b"), "second");
  batch.RollBack();
  batch.RollBack();
  EXPECT_EQ(batch.Get(AgencyKey("b")), "first");
}

TEST_F(BatchTest, WithoutAMarkRollBackLeavesNothing) {
  Batch batch(below_);
  batch.Put(AgencyKey("b"), "B");
  batch.Erase(AgencyKey("d"));
  batch.RollBack();
  EXPECT_TRUE(batch.writes().empty());
}

/// Whatever is done, a batch over a state reads as a plain map would. The seeds are fixed.
class BatchAgainstMap : public testing::TestWithParam<unsigned> {
 protected:
  using Model = std::map<std::string, std::string>;

  unsigned Below(unsigned end) { return static_cast<unsigned>(chance_() % end); }
  // Few keys and a long alphabet of two, so that prefixes, erasures and both sides meet.
  Key AnyKey() {
    std::string name;
    for (unsigned i = Below(5); i > 0; --i) name += Below(2) == 0 ? '\0' : '\xff';
    return Key(Below(4) == 0 ? Table::kMember : Table::kAgency).Fixed(name);
  }
  void WriteAnything(Batch& batch, Model& model) {
    const Key key = AnyKey();
    if (Below(3) == 0) {
      batch.Erase(key);
      model.erase(key.bytes());
    } else {
      const std::string value = std::to_string(Below(1000));
      batch.Put(key, value);
      model[key.bytes()] = value;
    }
  }
  static Rows ScanOf(const Model& model, const Key& prefix, const Key& from, std::size_t rows_max) {
    Rows rows;
    for (const auto& row : model) {
      if (rows.size() < rows_max && row.first >= from.bytes() &&
          row.first.starts_with(prefix.bytes())) {
        rows.push_back(row);
      }
    }
    return rows;
  }

  std::mt19937 chance_{GetParam()};
};

TEST_P(BatchAgainstMap, ReadsTheSame) {
  doubles::MemoryState below;
  Model model;
  for (int round = 0; round < 40; ++round) {
    Batch batch(below);
    for (unsigned record = Below(4); record > 0; --record) {
      batch.Mark();
      const Model before = model;
      for (unsigned i = Below(12); i > 0; --i) WriteAnything(batch, model);
      if (Below(4) == 0) {
        batch.RollBack();
        model = before;
      }
      const Key prefix = AnyKey();
      const Key from = Key(prefix).Fixed(AnyKey().bytes().substr(1));
      const std::size_t rows_max = Below(6);
      ASSERT_EQ(batch.Scan(prefix, from, rows_max), ScanOf(model, prefix, from, rows_max));
      const auto found = model.find(prefix.bytes());
      ASSERT_EQ(batch.Get(prefix).value_or("none"), found == model.end() ? "none" : found->second);
    }
    below.Commit(batch);
    Rows committed = below.Scan(Key(Table::kAgency), 1000);
    ASSERT_EQ(committed, ScanOf(model, Key(Table::kAgency), Key(Table::kAgency), 1000));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BatchAgainstMap, testing::Range(1u, 41u));

/// Long runs of erased rows are read through page by page.
TEST(BatchPages, FindsTheOneRowBehindManyErasedOnes) {
  doubles::MemoryState below;
  Batch filling(below);
  for (std::uint32_t i = 0; i < 5000; ++i) filling.Put(Key(Table::kLeaf).U32(i), std::to_string(i));
  below.Commit(filling);
  Batch batch(below);
  for (std::uint32_t i = 0; i < 4999; ++i) batch.Erase(Key(Table::kLeaf).U32(i));
  EXPECT_EQ(Values(batch.Scan(Key(Table::kLeaf), 1)), "4999");
  EXPECT_EQ(Values(batch.Scan(Key(Table::kLeaf), 1000)), "4999");
}

}  // namespace
}  // namespace tearline::state
