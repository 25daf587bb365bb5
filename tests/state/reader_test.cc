#include "broker/state/reader.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/state/batch.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/doubles/counting_reader.h"
#include "tests/doubles/memory_state.h"

namespace tearline::state {
namespace {

const Key kLanes{Table::kLane};
Key LaneKey(const char* feed) { return Key(Table::kLane).Name(feed); }

stored::v1::LaneRow Lane(std::uint32_t waiting) {
  stored::v1::LaneRow lane;
  lane.set_waiting(waiting);
  return lane;
}

/// How many wait in each lane, no further than one in which three do.
std::string SeenIn(const Reader& reader, std::size_t rows_max) {
  std::string seen;
  reader.SeeEach<stored::v1::LaneRow>(kLanes, rows_max, [&seen](const stored::v1::LaneRow& lane) {
    seen += std::to_string(lane.waiting());
    return lane.waiting() != 3;
  });
  return seen;
}

class SeeEach : public testing::Test {
 protected:
  SeeEach() {
    Batch batch(below_);
    batch.PutRow(LaneKey("a"), Lane(1));
    batch.PutRow(LaneKey("b"), Lane(2));
    below_.Commit(batch);
  }

  doubles::MemoryState below_;
  const doubles::CountingReader counting_{below_};
};

TEST_F(SeeEach, ShowsRowsInOrderUntilItIsEnough) {
  EXPECT_EQ(SeenIn(below_, 10), "12");
  EXPECT_EQ(SeenIn(below_, 1), "1");
  Batch batch(below_);
  batch.PutRow(LaneKey("aa"), Lane(3));
  EXPECT_EQ(SeenIn(batch, 10), "13");
}

TEST_F(SeeEach, FindsRowsOnceUntilTheirTableIsWritten) {
  Batch batch(counting_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(SeenIn(batch, 10), "12");
    EXPECT_EQ(SeenIn(batch, 1), "1");
    batch.Put(Key(Table::kAgency).Name("b"), "another table's");
  }
  EXPECT_EQ(counting_.ScansOf(Table::kLane), 2);

  batch.Mark();
  batch.PutRow(LaneKey("b"), Lane(4));
  EXPECT_EQ(SeenIn(batch, 10), "14");
  batch.RollBack();
  EXPECT_EQ(SeenIn(batch, 10), "12");
  batch.Erase(LaneKey("a"));
  EXPECT_EQ(SeenIn(batch, 10), "2");
}

/// What was committed is what lies below.
TEST_F(SeeEach, FindsRowsOnceFromGroupToGroup) {
  Batch batch(counting_);
  batch.PutRow(LaneKey("b"), Lane(4));
  EXPECT_EQ(SeenIn(batch, 10), "14");
  below_.Commit(batch);
  const int scans = counting_.ScansOf(Table::kLane);
  batch.GoOnAbove(counting_);
  EXPECT_EQ(SeenIn(batch, 10), "14");
  EXPECT_EQ(counting_.ScansOf(Table::kLane), scans);
}

}  // namespace
}  // namespace tearline::state
