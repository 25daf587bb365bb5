#include "broker/machine/newest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "broker/machine/rows.h"
#include "tests/doubles/counting_reader.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

TEST(NewestEvents, AreAtTheEndAndEnoughOfThem) {
  EventWorld world;
  EXPECT_TRUE(NewestEventsOf(world.nominal, 3, 8, world.state).empty());
  std::string last;
  for (int i = 1; i <= 40; ++i) {
    last = world.PublishOne();
    const auto rows = NewestEventsOf(world.nominal, 3, 8, world.state);
    ASSERT_LE(rows.size(), 8u) << i;
    ASSERT_GE(rows.size(), static_cast<std::size_t>(std::min(i, 3))) << i;
    EXPECT_EQ(rows.back().second, last) << i;
  }
  const doubles::CountingReader counting(world.state);
  EXPECT_EQ(NewestEventsOf(world.nominal, 3, 100, counting).size(), 40u);
  EXPECT_EQ(counting.ScansOf(state::Table::kEventOfNominal), 1) << "few are read at once";
}

}  // namespace
}  // namespace tearline::machine
