#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/event_change.h"
#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// Something joins a composite after the chair's post was changed, and is not shown to it: what the
/// change would bring it could take for a sign of that (P6).
class CompositeJoin : public testing::Test {
 protected:
  static constexpr const char* kChair = CompositeWorld::kChair;

  /// Whoever is of the board is told of no composite.
  static std::string NoneToTheBoard() {
    return std::string(kCompositePolicy) + R"(
rules { id: "A9" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_SOURCE_PROTECTION
  when { event { event_type: "composite." } recipient { role: POST_ROLE_STRATEGIC_BOARD } } }
)";
  }
  /// The chair's post comes to be of the board, or is no more.
  void SetOnBoard(bool on_board) {
    SetPost set;
    v1::Post& post = *set.mutable_post();
    post = world_.state.Find<PostRow>(PostKey(kChair))->post();
    post.clear_roles();
    post.add_roles(v1::POST_ROLE_CHAIR);
    if (on_board) post.add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence,
              "");
    world_.Settle();
    world_.now_ms += CompositeWorld::kDay;
  }
  std::string MakeOne() {
    world_.Breach(CompositeWorld::kPrison);
    world_.Breach(CompositeWorld::kPrison);
    world_.Breach(CompositeWorld::kKeeper);
    return world_.Composites().at(0).publish().event_id();
  }
  /// The chair settles all that is out to it in the composite's lane.
  void Acknowledge() {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, item] : world_.Released(kChair, CompositeWorld::kLane)) {
      numbers.push_back(number);
    }
    world_.Acknowledge(kChair, world_.OpenSession(kChair), CompositeWorld::kLane, numbers);
  }
  void JoinUnseen() {
    const int members = world_.Composites().at(0).composite().members_size();
    world_.SecretBreach();
    ASSERT_EQ(world_.Composites().at(0).composite().members_size(), members + 1);
  }
  /// What is out to the chair, but notices of what is owed.
  std::vector<ItemKind> Came() const {
    std::vector<ItemKind> kinds;
    for (const auto& [number, item] : world_.Released(kChair, CompositeWorld::kLane)) {
      if (item.kind() != ITEM_KIND_OBLIGATION) kinds.push_back(item.kind());
    }
    return kinds;
  }

  CompositeWorld world_{NoneToTheBoard()};
};

TEST_F(CompositeJoin, UnseenTakesNothingBackFromWhoHasSettledIt) {
  MakeOne();
  ASSERT_THAT(Came(), ElementsAre(ITEM_KIND_EVENT));
  Acknowledge();
  SetOnBoard(true);
  JoinUnseen();
  EXPECT_THAT(Came(), IsEmpty());
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex()) << "P8";
}

TEST_F(CompositeJoin, UnseenBringsNothingToWhoWasToldOfNone) {
  SetOnBoard(true);
  const std::string id = MakeOne();
  ASSERT_THAT(Came(), IsEmpty());
  SetOnBoard(false);
  world_.PassAndPulse(0);
  ASSERT_THAT(Came(), ElementsAre(ITEM_KIND_EVENT)) << "with the change, and not with what joins";
  Acknowledge();
  JoinUnseen();
  EXPECT_THAT(Came(), IsEmpty());
  world_.Breach(CompositeWorld::kPrison);
  ASSERT_THAT(Came(), ElementsAre(ITEM_KIND_EVENT)) << "what it may see makes a difference";
  EXPECT_EQ(world_.Held(kChair, id)[0].members_size(), 4);
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex()) << "P8";
}

/// Records of before mean what they meant.
TEST_F(CompositeJoin, BroughtItBefore) {
  MakeOne();
  Acknowledge();
  SetOnBoard(true);
  world_.behaviour_version = kJoinedUnseenFrom - 1;
  JoinUnseen();
  EXPECT_THAT(Came(), ElementsAre(ITEM_KIND_ACCESS_WITHDRAWN));
}

}  // namespace
}  // namespace tearline::machine
