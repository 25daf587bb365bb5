#include "broker/machine/since.h"

#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

/// The first record that is not before the time; of several with one stamp, the first of them.
TEST(FirstSince, FindsTheFirstRecordThatIsNotBeforeATime) {
  World world;
  const std::int64_t first_ms = world.now_ms;
  world.Register(1);
  world.now_ms += 10;
  world.Register(2);
  world.Register(3);
  const model::Position tip = world.records.size();
  EXPECT_EQ(FirstSince(0, tip, world.state), 1u);
  EXPECT_EQ(FirstSince(first_ms, tip, world.state), 1u);
  EXPECT_EQ(FirstSince(first_ms + 1, tip, world.state), tip - 1);
  EXPECT_EQ(FirstSince(first_ms + 10, tip, world.state), tip - 1);
  EXPECT_EQ(FirstSince(first_ms + 11, tip, world.state), tip + 1);
  EXPECT_EQ(FirstSince(first_ms, 0, world.state), 1u);
}

}  // namespace
}  // namespace tearline::machine
