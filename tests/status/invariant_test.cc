#include "broker/status/invariant.h"

#include <gtest/gtest.h>

namespace tearline {
namespace {

TEST(Invariant, LetsWhatHoldsPass) { TEARLINE_INVARIANT(1 + 1 == 2, "arithmetic holds"); }

/// P9. A fault of our own stops the process, in release builds too, and says which.
TEST(InvariantDeathTest, StopsAtWhatDoesNotHold) {
  EXPECT_DEATH(TEARLINE_INVARIANT(1 + 1 == 3, "arithmetic holds"),
               "tearline: stopped: arithmetic holds does not hold .*invariant_test.cc");
}

/// The condition is looked at once.
TEST(Invariant, LooksOnce) {
  int looks = 0;
  TEARLINE_INVARIANT(++looks > 0, "counted");
  EXPECT_EQ(looks, 1);
}

}  // namespace
}  // namespace tearline
