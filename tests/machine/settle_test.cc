#include "broker/machine/settle.h"

#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

/// Settling is the current session's, and its own post's: the session is looked at first.
TEST(Settle, IsTheCurrentSessionsOfItsOwnPost) {
  World world;
  const std::string session = world.OpenSession("probation/chair");
  state::Batch batch(world.state);
  const ledger::Header header;
  Step step{
      .header = header, .batch = batch, .actor = World::System("probation/chair"), .ledger = {}};
  EXPECT_TRUE(CheckSession("probation/chair", session, step).ok());
  EXPECT_EQ(ReasonOf(CheckSession("probation/chair", std::string(16, 'x'), step)),
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(ReasonOf(CheckSession("education/guest", session, step)),
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  step.actor = World::System("education/guest");
  EXPECT_EQ(ReasonOf(CheckSession("probation/chair", session, step)),
            v1::ERROR_REASON_NOT_YOUR_POST);
}

/// Deadlines of two items never share an id.
TEST(Settle, NamesEveryRetryApart) {
  EXPECT_NE(RetryDeadlineId("a/b", v1::URGENCY_URGENT, 1),
            RetryDeadlineId("a/b", v1::URGENCY_URGENT, 2));
  EXPECT_NE(RetryDeadlineId("a/b", v1::URGENCY_URGENT, 1),
            RetryDeadlineId("a/b", v1::URGENCY_ROUTINE, 1));
  EXPECT_NE(RetryDeadlineId("a/b", v1::URGENCY_URGENT, 1),
            RetryDeadlineId("a/bc", v1::URGENCY_URGENT, 1));
}

}  // namespace
}  // namespace tearline::machine
