#include "broker/machine/supervisor.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

std::string Supervise(World& world, const std::string& nominal, const std::string& post) {
  auto row = *world.state.Find<NominalRow>(NominalKey(nominal));
  row.set_supervising_post(post);
  state::Batch batch(world.state);
  batch.PutRow(NominalKey(nominal), row);
  world.state.Commit(batch);
  return nominal;
}

OpenCase CaseOf(const std::string& nominal, const std::string& supervising) {
  OpenCase open;
  open.mutable_case_()->set_nominal_id(model::NominalId::FromBytes(nominal)->Text());
  open.mutable_case_()->set_category(v1::MAPPA_CATEGORY_1);
  open.mutable_case_()->set_level(v1::MAPPA_LEVEL_2);
  open.mutable_case_()->set_lead_agency("probation");
  open.mutable_case_()->set_area("north");
  open.mutable_case_()->set_supervising_post(supervising);
  return open;
}

TEST(Supervisor, IsTheNominalsOwnWhereNoCaseNamesOne) {
  World world;
  const std::string nobodys = world.Register(1);
  EXPECT_EQ(SupervisorOf(nobodys, world.state), "");
  EXPECT_FALSE(SupervisesWithoutCase("", nobodys, world.state)) << "nobody supervises nobody";
  EXPECT_EQ(SupervisorOf(std::string(16, 'x'), world.state), "") << "nor those not known";

  const std::string own = Supervise(world, world.Register(2), "prison/security");
  EXPECT_EQ(SupervisorOf(own, world.state), "prison/security");
  EXPECT_TRUE(SupervisesWithoutCase("prison/security", own, world.state));
  EXPECT_FALSE(SupervisesWithoutCase("probation/supervisor", own, world.state));

  const Actor police = World::System("police/coordinator");
  world.Say(police, COMMAND_NUMBER_OPEN_CASE, CaseOf(own, ""));
  EXPECT_EQ(SupervisorOf(own, world.state), "prison/security") << "the case names nobody";
}

TEST(Supervisor, IsTheCasesWhereItNamesOne) {
  World world;
  const std::string nominal = Supervise(world, world.Register(1), "prison/security");
  const Actor police = World::System("police/coordinator");
  world.Say(police, COMMAND_NUMBER_OPEN_CASE, CaseOf(nominal, "probation/supervisor"));
  EXPECT_EQ(SupervisorOf(nominal, world.state), "probation/supervisor");
  EXPECT_FALSE(SupervisesWithoutCase("prison/security", nominal, world.state));
  EXPECT_FALSE(SupervisesWithoutCase("probation/supervisor", nominal, world.state))
      << "by the case";
}

}  // namespace
}  // namespace tearline::machine
