#include "broker/machine/erased_reads.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "tests/machine/action_world.h"
#include "tests/machine/erasing.h"

namespace tearline::machine {
namespace {

/// One record ends so many, and pulses the rest, across a crash. (Before kErasedReadsBoundedFrom one
/// record ended them all.)
TEST(ErasedReads, AreEndedByAsManyRecordsAsItTakes) {
  const auto unread = [](const World& world) {
    int count = 0;
    for (const auto& [id, row] : world.OpenObligations()) {
      count += row.type() == v1::OBLIGATION_TYPE_READ ? 1 : 0;
    }
    return count;
  };
  for (const bool bounded : {true, false}) {
    ActionWorld world;
    world.behaviour_version =
        bounded ? kErasedReadsBoundedFrom : kErasedReadsBoundedFrom - 1;
    for (int i = 0; i < model::kReleaseRowsMax + 10; ++i) world.PublishOne();
    ASSERT_EQ(unread(world), model::kReleaseRowsMax + 10);
    Erase(world.nominal, world);
    EXPECT_EQ(unread(world), bounded ? 11 : 0) << "and what could be erased";
    world.Crash();
    world.PassAndPulse(0);
    EXPECT_EQ(unread(world), 0);
    EXPECT_GT(NextDeadlineMs(world.state), world.now_ms) << "it is through";
    EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
  }
}

}  // namespace
}  // namespace tearline::machine
