#include "broker/machine/quota.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

constexpr std::uint32_t kMax = model::kResolvesPerHourMax;
constexpr std::int64_t kHourMs = 60 * 60 * 1000;

/// What is left of an hour is left to one member, and the next hour begins anew.
TEST(Quota, IsOneMembersForOneHour) {
  World world;
  EXPECT_TRUE(CheckQuota(QuotaKind::kResolve, World::System("prison/security"), kMax, world.now_ms,
                         world.state)
                  .ok());
  EXPECT_EQ(ReasonOf(CheckQuota(QuotaKind::kResolve, World::System("prison/security"), kMax + 1,
                                world.now_ms, world.state)),
            v1::ERROR_REASON_QUOTA_USED);

  world.Register(1);  // one identifier, asked by the police coordinator's system
  const stored::v1::Actor asked = World::System("police/coordinator");
  EXPECT_TRUE(CheckQuota(QuotaKind::kResolve, asked, kMax - 1, world.now_ms, world.state).ok());
  EXPECT_EQ(ReasonOf(CheckQuota(QuotaKind::kResolve, asked, kMax, world.now_ms, world.state)),
            v1::ERROR_REASON_QUOTA_USED);
  EXPECT_TRUE(CheckQuota(QuotaKind::kResolve, World::Holder("police/coordinator"), kMax,
                         world.now_ms, world.state)
                  .ok())
      << "another member of the same post";
  EXPECT_TRUE(
      CheckQuota(QuotaKind::kResolve, asked, kMax, world.now_ms + kHourMs, world.state).ok());
}

/// A record that should never have been written counts for nobody.
TEST(Quota, IsNotUsedByWhatCouldNotBeApplied) {
  World world;
  stored::v1::Actor asking = World::System("prison/security");
  asking.set_purpose("public-protection");
  stored::v1::RegisterNominal command;
  *command.add_identifiers() = World::Number(1);
  command.add_keys()->set_nominal_index(7);
  EXPECT_EQ(world.Say(asking, stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL, command).outcome,
            audit::Outcome::kUnappliable);
  EXPECT_TRUE(CheckQuota(QuotaKind::kResolve, asking, kMax, world.now_ms, world.state).ok());
}

}  // namespace
}  // namespace tearline::machine
