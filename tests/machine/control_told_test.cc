#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// What waits for the originator of what it controls, in order: which posts were told all.
std::vector<std::string> ToldAllAgainstControl(const World& world) {
  std::vector<std::string> posts;
  for (const auto& [key, bytes] : world.state.Scan(
           LaneRows(state::Table::kWaiting, "ct-police/intel", v1::URGENCY_ROUTINE), 100)) {
    ItemRow item;
    item.ParseFromString(bytes);
    if (item.kind() == ITEM_KIND_CONTROL_PASSED) posts.push_back(item.other_post());
  }
  return posts;
}

/// A duty goes before originator control; the originator hears of it as the post is told, once.
TEST(ControlTold, OfWhoeverIsToldAllOfWhatTheyControl) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "prison/security");
  Publish controlled = world.Event(nominal);
  controlled.mutable_label()->set_originator_controlled(true);
  world.Publish(controlled);
  EXPECT_TRUE(ToldAllAgainstControl(world).empty()) << "nobody has been told of it yet";
  world.OpenSession("probation/chair");
  world.OpenSession("prison/security");
  ASSERT_EQ(world.DecisionFor("probation/chair"), std::nullopt);
  EXPECT_EQ(ToldAllAgainstControl(world), std::vector<std::string>{"prison/security"})
      << "by D1; the chair is told no more than the originator allows";
  world.Crash();
  world.OpenSession("prison/security");
  EXPECT_EQ(ToldAllAgainstControl(world).size(), 1u) << "told again is no news";

  *controlled.mutable_label()->add_released_to_posts() = "prison/security";
  world.Publish(controlled);
  EXPECT_EQ(ToldAllAgainstControl(world).size(), 1u) << "released to it";
  world.Publish(world.Event(nominal));
  EXPECT_EQ(ToldAllAgainstControl(world).size(), 1u) << "nobody controls it";
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());

  world.behaviour_version = kControlToldFrom - 1;
  controlled.mutable_label()->clear_released_to_posts();
  world.Publish(controlled);
  EXPECT_EQ(ToldAllAgainstControl(world).size(), 1u) << "it meant what it meant";
}

}  // namespace
}  // namespace tearline::machine
