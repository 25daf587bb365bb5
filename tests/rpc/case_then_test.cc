#include "broker/rpc/case_then.h"

#include <gtest/gtest.h>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

/// As the last record up to then left it; before its first there was none.
TEST(CaseThen, IsAsItWasThen) {
  Inquiry inquiry;
  const std::int64_t opened = inquiry.world.now_ms;
  inquiry.world.now_ms += 1000;
  stored::v1::SeatPost leave;
  leave.set_case_id(inquiry.its_case);
  leave.mutable_seat()->set_post(Inquiry::kChair);
  leave.set_leave(true);
  inquiry.world.Say(machine::World::System("police/coordinator"),
                    stored::v1::COMMAND_NUMBER_SEAT_POST, leave);
  const auto seats = [&](std::int64_t at_ms) {
    const auto then = CaseThen(inquiry.its_case, at_ms, inquiry.world.state);
    return then ? then->case_().seats_size() : -1;
  };
  EXPECT_EQ(seats(opened), 1);
  EXPECT_EQ(seats(opened + 999), 1);
  EXPECT_EQ(seats(opened + 1000), 0);
  EXPECT_EQ(seats(opened - 1), -1);
}

}  // namespace
}  // namespace tearline::rpc
