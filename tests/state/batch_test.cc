#include "broker/state/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tearline/stored/v1/row.pb.h"
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

std::size_t WritesOf(const Batch& batch) {
  std::size_t writes = 0;
  batch.ForEachWrite([&writes](const std::string&, const RowValue&) { ++writes; });
  return writes;
}

/// Counts how often each row is asked for.
class Counted final : public Reader {
 public:
  explicit Counted(const Reader& behind) : behind_(behind) {}
  std::optional<std::string> Get(const Key& key) const override {
    ++asked[key.bytes()];
    return behind_.Get(key);
  }
  Rows Scan(const Key& prefix, const Key& from, std::size_t rows_max) const override {
    scanned_from.push_back(from.bytes());
    return behind_.Scan(prefix, from, rows_max);
  }
  mutable std::map<std::string, int> asked;
  mutable std::vector<std::string> scanned_from;

 private:
  const Reader& behind_;
};

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

/// What lies below does not change while a batch stands on it, so it is asked once, also for what
/// is not there; and whatever is taken back, what lies below is seen again.
TEST_F(BatchTest, AsksBelowOnceForEachRow) {
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
  EXPECT_EQ(counted.asked,
            (std::map<std::string, int>{{AgencyKey("b").bytes(), 1}, {AgencyKey("c").bytes(), 1}}));
}

/// A row is a message to those who ask for one, and bytes to those below; whichever it was written
/// as.
TEST_F(BatchTest, ShowsARowAsItsMessageToAllWhoAsk) {
  const Key lane = Key(Table::kLane).Name("a");
  stored::v1::LaneRow row;
  row.set_waiting(1);
  Batch under(below_);
  under.PutRow(lane, row);
  below_.Commit(under);

  Batch batch(below_);
  const auto seen = batch.See<stored::v1::LaneRow>(lane);
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->waiting(), 1u);
  EXPECT_EQ(batch.See<stored::v1::LaneRow>(lane), seen) << "parsed once";
  EXPECT_EQ(batch.See<stored::v1::LaneRow>(Key(Table::kLane).Name("b")), nullptr);

  batch.Mark();
  row.set_waiting(2);
  EXPECT_EQ(batch.PutRow(lane, row)->waiting(), 2u);
  EXPECT_EQ(batch.See<stored::v1::LaneRow>(lane)->waiting(), 2u);
  EXPECT_EQ(batch.Find<stored::v1::LaneRow>(lane)->waiting(), 2u);
  EXPECT_EQ(batch.Get(lane), row.SerializeAsString());
  EXPECT_EQ(Values(batch.Scan(Key(Table::kLane), 10)), row.SerializeAsString());
  EXPECT_EQ(seen->waiting(), 1u) << "what was seen stays as it was";
  batch.RollBack();
  EXPECT_EQ(batch.See<stored::v1::LaneRow>(lane), seen);
}

/// From group to group: what was committed is what lies below, and is not asked for again; also
/// what was erased.
TEST_F(BatchTest, GoesOnAboveWhatItWasCommittedTo) {
  const Counted counted(below_);
  Batch batch(counted);
  batch.Mark();
  batch.Put(AgencyKey("b"), "B");
  batch.Erase(AgencyKey("d"));
  EXPECT_EQ(batch.Get(AgencyKey("f")), "f");
  below_.Commit(batch);
  batch.GoOnAbove(counted);
  EXPECT_EQ(WritesOf(batch), 0u);
  EXPECT_EQ(batch.Get(AgencyKey("b")), "B");
  EXPECT_EQ(batch.Get(AgencyKey("d")), std::nullopt);
  EXPECT_EQ(batch.Get(AgencyKey("f")), "f");
  EXPECT_EQ(Values(batch.Scan(all_, 10)), "Bf");
  EXPECT_EQ(counted.asked, (std::map<std::string, int>{{AgencyKey("f").bytes(), 1}}));

  batch.Put(AgencyKey("b"), "again");
  batch.RollBack();
  EXPECT_EQ(batch.Get(AgencyKey("b")), "B") << "what was committed is not taken back";
}

Key DeadlineAt(std::uint64_t ms) { return Key(Table::kDeadline).U64(ms); }

/// What a store erased it may walk over until it merges its files, and deadlines are erased from
/// their front.
TEST_F(BatchTest, ReadsDeadlinesFromTheFirstThatIsThere) {
  const Key all(Table::kDeadline);
  Counted counted(below_);
  Batch batch(counted);
  const auto commit = [&] {
    below_.Commit(batch);
    batch.GoOnAbove(counted);
    counted.scanned_from.clear();
  };
  for (std::uint64_t ms = 10; ms < 20; ++ms) batch.Put(DeadlineAt(ms), std::to_string(ms) + " ");
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "10 11 ");
  for (std::uint64_t ms = 10; ms < 15; ++ms) batch.Erase(DeadlineAt(ms));
  EXPECT_EQ(Values(batch.Scan(all, 2)), "15 16 ");
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "15 16 ");
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "15 16 ");
  EXPECT_THAT(counted.scanned_from, testing::Each(DeadlineAt(15).bytes()));

  batch.Put(DeadlineAt(12), "12 ");  // An earlier one is found, before and after it lasts.
  EXPECT_EQ(Values(batch.Scan(all, 2)), "12 15 ");
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "12 15 ");
  for (const std::uint64_t ms : {12U, 15U, 16U, 17U, 18U, 19U}) batch.Erase(DeadlineAt(ms));
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "");
  batch.Put(DeadlineAt(9), "9 ");
  commit();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "9 ");
}

/// What a record erased and gave back is found again.
TEST_F(BatchTest, FindsAgainTheFirstDeadlineThatWasRolledBack) {
  const Key all(Table::kDeadline);
  Batch batch(below_);
  for (const std::uint64_t ms : {10U, 20U}) batch.Put(DeadlineAt(ms), std::to_string(ms) + " ");
  below_.Commit(batch);
  batch.GoOnAbove(below_);
  batch.Mark();
  batch.Erase(DeadlineAt(10));
  EXPECT_EQ(Values(batch.Scan(all, 2)), "20 ");
  batch.RollBack();
  EXPECT_EQ(Values(batch.Scan(all, 2)), "10 20 ");
}

TEST_F(BatchTest, ForgetsWhatNobodyAskedForOnceItKnowsMuch) {
  const Counted counted(below_);
  Batch batch(counted);
  const auto fill = [&](Table table, std::uint32_t from, std::uint32_t count) {
    for (std::uint32_t i = from; i < from + count; ++i) batch.Put(Key(table).U32(i), "x");
    below_.Commit(batch);
    batch.GoOnAbove(counted);
  };
  const Key leaf = Key(Table::kLeaf).U32(7);
  fill(Table::kLeaf, 0, 10);
  EXPECT_EQ(batch.Get(leaf), "x");
  fill(Table::kLeaf, 10, 20'000);
  EXPECT_EQ(batch.Get(leaf), "x");
  EXPECT_EQ(counted.asked[leaf.bytes()], 0) << "asked for, and kept";
  EXPECT_EQ(batch.Get(Key(Table::kLeaf).U32(8)), "x");
  EXPECT_EQ(counted.asked[Key(Table::kLeaf).U32(8).bytes()], 1) << "forgotten, and found below";
  fill(Table::kLeaf, 20'010, 20'000);
  fill(Table::kLeaf, 40'010, 20'000);
  EXPECT_EQ(batch.Get(leaf), "x");
  EXPECT_EQ(counted.asked[leaf.bytes()], 1) << "not asked for during a whole filling";
}

TEST_F(BatchTest, RowsOfEventsDoNotDriveOutThoseOfPosts) {
  const Counted counted(below_);
  Batch batch(counted);
  const auto fill = [&](Table table, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) batch.Put(Key(table).U32(i), "x");
    below_.Commit(batch);
    batch.GoOnAbove(counted);
  };
  EXPECT_EQ(batch.Get(AgencyKey("b")), "b");
  for (int i = 0; i < 3; ++i) fill(Table::kLeaf, 20'000);
  EXPECT_EQ(batch.Get(AgencyKey("b")), "b");
  EXPECT_EQ(counted.asked[AgencyKey("b").bytes()], 1);
  for (int i = 0; i < 2; ++i) fill(Table::kLane, 140'000);
  EXPECT_EQ(batch.Get(AgencyKey("b")), "b");
  EXPECT_EQ(counted.asked[AgencyKey("b").bytes()], 2) << "even of posts not everything is kept";
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
  EXPECT_TRUE(batch.Wrote(Table::kAgency));
  // A write that never was is not an erasure either.
  EXPECT_EQ(WritesOf(batch), 2u);
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
  EXPECT_TRUE(batch.Wrote(Table::kAgency));
  EXPECT_FALSE(batch.Wrote(Table::kMember));
  batch.RollBack();
  EXPECT_EQ(WritesOf(batch), 0u);
  EXPECT_FALSE(batch.Wrote(Table::kAgency));
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
    switch (Below(5)) {
      case 0:
        return Key(Table::kMember).Fixed(name);
      case 1:  // A time, and whose: none has a set bit in front.
        return Key(Table::kDeadline).Fixed(name.empty() ? name : "\x1" + name);
      default:
        return Key(Table::kAgency).Fixed(name);
    }
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
  std::optional<Batch> going_on;  // From group to group with every other seed.
  for (int round = 0; round < 40; ++round) {
    if (!going_on || GetParam() % 2 == 0) {
      going_on.emplace(below);
    } else {
      going_on->GoOnAbove(below);
    }
    Batch& batch = *going_on;
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
