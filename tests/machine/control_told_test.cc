#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_originators.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// What waits for the originator of what it controls, in order: which posts were told all.
std::vector<std::string> ToldAllAgainstControl(const state::Reader& state) {
  std::vector<std::string> posts;
  for (const auto& [key, bytes] : state.Scan(
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
  EXPECT_TRUE(ToldAllAgainstControl(world.state).empty()) << "nobody has been told of it yet";
  world.OpenSession("probation/chair");
  world.OpenSession("prison/security");
  ASSERT_EQ(world.DecisionFor("probation/chair"), std::nullopt);
  EXPECT_EQ(ToldAllAgainstControl(world.state), std::vector<std::string>{"prison/security"})
      << "by D1; the chair is told no more than the originator allows";
  world.Crash();
  world.OpenSession("prison/security");
  EXPECT_EQ(ToldAllAgainstControl(world.state).size(), 1u) << "told again is no news";

  *controlled.mutable_label()->add_released_to_posts() = "prison/security";
  world.Publish(controlled);
  EXPECT_EQ(ToldAllAgainstControl(world.state).size(), 1u) << "released to it";
  world.Publish(world.Event(nominal));
  EXPECT_EQ(ToldAllAgainstControl(world.state).size(), 1u) << "nobody controls it";
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());

  world.behaviour_version = kControlToldFrom - 1;
  controlled.mutable_label()->clear_released_to_posts();
  world.Publish(controlled);
  EXPECT_EQ(ToldAllAgainstControl(world.state).size(), 1u) << "it meant what it meant";
}

/// Whatever is sent anew in the place of what was told, it is news only if more is told.
TEST(ControlTold, AgainOnlyIfMoreIsTold) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kControlToldOnceFrom - 1), kControlToldOnceFrom}) {
    World world;
    Publish controlled = world.Event(world.Register(1));
    controlled.mutable_label()->set_originator_controlled(true);
    ItemRow item;
    item.set_event_id(world.NextEventId());
    item.set_level(v1::LEVEL_FULL);
    item.add_segments(0);
    world.Publish(controlled);
    state::Batch batch(world.state);
    ledger::Header header;
    header.behaviour_version = version;
    Step step{.header = header, .batch = batch, .actor = {}, .ledger = {}};
    std::uint64_t sequence = 0;
    const auto send_anew = [&] {
      EndLetGo("prison/security", item.event_id(), step);
      RememberNumber("prison/security", v1::URGENCY_URGENT, ++sequence, item, step);
      return ToldAllAgainstControl(batch).size();
    };
    EXPECT_EQ(send_anew(), 1u);
    const bool once = version >= kControlToldOnceFrom;
    EXPECT_EQ(send_anew(), once ? 1u : 2u) << "the same once more";
    item.add_segments(1);
    EXPECT_EQ(send_anew(), once ? 2u : 3u) << "more than before";
    item.clear_segments();
    EXPECT_EQ(send_anew(), once ? 2u : 4u) << "less";
    item.set_level(v1::LEVEL_TEAR_LINE);
    EXPECT_EQ(send_anew(), once ? 2u : 4u) << "not all";
    item.set_level(v1::LEVEL_FULL);
    item.add_segments(0);
    EXPECT_EQ(send_anew(), once ? 3u : 5u) << "all, where it had less";
  }
}

}  // namespace
}  // namespace tearline::machine
