#include "broker/machine/widen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/changing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;
using testing::IsEmpty;

constexpr char kNext[] = "prison/security";

/// Policies that go by the case's area, or by who leads it: the past comes to whom they let see more
/// from now on, and what is out to whom they do not is taken back.
TEST(Widen, HasThePastJudgedForItsPanel) {
  ChangingWorld world;
  AdmitAgency prison;
  *prison.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey("prison"))->agency();
  prison.mutable_agency()->set_area("south");
  world.Admit(prison);
  world.PutInForce(R"(id: "areas" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { of_case_area: true } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { of_lead_agency: true } } })");
  SeatPost seat;
  seat.set_case_id(world.case_id);
  seat.mutable_seat()->set_post(kNext);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
            "");
  world.OpenSession(kNext);
  world.OpenSession(ChangingWorld::kChair);
  world.PublishOne();
  ASSERT_THAT(world.Inbox(kNext), IsEmpty());
  ASSERT_THAT(world.Inbox(ChangingWorld::kChair), Contains("event full"));

  ChangeCase command = world.Changing();
  command.set_lead_agency("prison");
  ASSERT_EQ(world.Change(command).sentence, "");
  EXPECT_THAT(world.Inbox(ChangingWorld::kChair), Contains("withdrawn 1"));
  world.PassAndPulse(0);
  EXPECT_THAT(world.Inbox(kNext), Contains("event full")) << "whose agency leads";
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());

  ChangingWorld other;
  other.PutInForce(R"(id: "area" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { of_case_area: true } } })");
  other.Admit(prison);
  seat.set_case_id(other.case_id);
  ASSERT_EQ(other.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
            "");
  other.OpenSession(kNext);
  other.PublishOne();
  for (int i = 0; i < 4; ++i) other.PassAndPulse(0);
  ASSERT_THAT(other.Inbox(kNext), IsEmpty());
  command = other.Changing();
  command.set_area("south");
  ASSERT_EQ(other.Change(command).sentence, "");
  other.PassAndPulse(0);
  EXPECT_THAT(other.Inbox(kNext), Contains("event full")) << "who works there";
}

/// Law 10. Records of before mean what they meant.
TEST(Widen, HadNothingJudgedBefore) {
  ChangingWorld world;
  world.PublishOne();
  world.behaviour_version = kMovedCasesWidenFrom - 1;
  ChangeCase command = world.Changing();
  command.set_lead_agency("prison");
  ASSERT_EQ(world.Change(command).sentence, "");
  EXPECT_GT(NextDeadlineMs(world.state), world.now_ms);
}

}  // namespace
}  // namespace tearline::machine
