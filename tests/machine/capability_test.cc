#include "broker/machine/capability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr v1::Capability kAbuse = v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS;

class CapabilityTest : public testing::Test {
 protected:
  std::set<std::string> Find(v1::Capability capability, const Where& where) const {
    return *PostsThatAnswerFor(capability, where, world_.state);
  }
  /// Sets what police/checks answers for.
  Applied Set(const std::vector<int>& capabilities) {
    SetPost command;
    *command.mutable_post() = world_.state.Find<PostRow>(PostKey("police/checks"))->post();
    command.mutable_post()->clear_capabilities();
    for (const int each : capabilities) {
      command.mutable_post()->add_capabilities(static_cast<v1::Capability>(each));
    }
    return world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
  }
  RequestWorld world_;
};

/// Those whose agency works in the area, and those who work everywhere.
TEST_F(CapabilityTest, LeadsToPostsByArea) {
  EXPECT_THAT(Find(kAbuse, {"", "north"}), ElementsAre("police/checks"));
  EXPECT_THAT(Find(kAbuse, {"", "south"}), ElementsAre("police-south/checks"));
  EXPECT_THAT(Find(kAbuse, {"", "east"}), IsEmpty());
  EXPECT_THAT(Find(v1::CAPABILITY_MENTAL_HEALTH, {"", "east"}), ElementsAre("health/safeguarding"));
  EXPECT_THAT(Find(v1::CAPABILITY_ENQUIRIES, {"", "north"}),
              ElementsAre("health/safeguarding", "police/checks"));
  EXPECT_THAT(Find(v1::CAPABILITY_IMMIGRATION, {"", "north"}), IsEmpty());
}

/// An agency by its name is meant wherever it works, and no other that begins alike.
TEST_F(CapabilityTest, LeadsToOneAgency) {
  EXPECT_THAT(Find(kAbuse, {"police", "south"}), ElementsAre("police/checks"));
  EXPECT_THAT(Find(kAbuse, {"police-south", "north"}), ElementsAre("police-south/checks"));
  EXPECT_THAT(Find(kAbuse, {"health", "north"}), IsEmpty());
  EXPECT_THAT(Find(kAbuse, {"pol", "north"}), IsEmpty());
}

TEST_F(CapabilityTest, LooksOverWhoIsSuspended) {
  SetSuspension command;
  command.set_agency("police");
  command.set_suspended(true);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, command);
  EXPECT_THAT(Find(kAbuse, {"", "north"}), IsEmpty());
  EXPECT_THAT(Find(kAbuse, {"police", ""}), IsEmpty());
}

/// What a post answers for no more, it is not asked for.
TEST_F(CapabilityTest, FollowsTheDirectory) {
  ASSERT_EQ(Set({v1::CAPABILITY_HOUSING}).outcome, audit::Outcome::kApplied);
  EXPECT_THAT(Find(kAbuse, {"", "north"}), IsEmpty());
  EXPECT_THAT(Find(v1::CAPABILITY_ENQUIRIES, {"police", ""}), IsEmpty());
  EXPECT_THAT(Find(v1::CAPABILITY_HOUSING, {"", "north"}),
              ElementsAre("housing/homes", "police/checks"));
  Set({});
  EXPECT_THAT(Find(v1::CAPABILITY_HOUSING, {"", "north"}), ElementsAre("housing/homes"));
}

TEST_F(CapabilityTest, RefusesWhatIsNotKnownOrTwice) {
  EXPECT_EQ(Set({0}).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Set({99}).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Set({kAbuse, kAbuse}).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_THAT(Find(kAbuse, {"", "north"}), ElementsAre("police/checks")) << "as it was";
}

/// The limit is counted before the rest is looked at.
TEST(Capability, LimitsHowManyAPostHas) {
  v1::Post post;
  for (int i = 1; i <= v1::Capability_MAX; ++i) {
    post.add_capabilities(static_cast<v1::Capability>(i));
  }
  ASSERT_LE(post.capabilities_size(), model::kPostCapabilitiesMax);
  EXPECT_TRUE(CheckCapabilities(post, "post").ok());
  while (post.capabilities_size() < model::kPostCapabilitiesMax) post.add_capabilities(kAbuse);
  EXPECT_EQ(ReasonOf(CheckCapabilities(post, "post")), v1::ERROR_REASON_FIELD_INVALID);
  post.add_capabilities(kAbuse);
  EXPECT_EQ(ReasonOf(CheckCapabilities(post, "post")), v1::ERROR_REASON_LIMIT_PASSED);
}

/// So many posts are looked at for a capability; where there are more, none is left out in silence.
TEST_F(CapabilityTest, LooksAtSoManyPosts) {
  const auto look = [this](std::size_t posts) {
    state::Batch batch(world_.state);
    for (std::size_t i = 0; i < posts; ++i) {
      batch.Put(state::Key(state::Table::kCapable)
                    .U8(static_cast<std::uint8_t>(v1::CAPABILITY_BENEFITS))
                    .Name("housing")
                    .Name("housing/post-" + std::to_string(i)),
                "");
    }
    world_.state.Commit(batch);
    return PostsThatAnswerFor(v1::CAPABILITY_BENEFITS, {"housing", ""}, world_.state);
  };
  EXPECT_EQ(look(model::kCapablePostsLookedAtMax)->size(), model::kCapablePostsLookedAtMax);
  EXPECT_EQ(ReasonOf(look(model::kCapablePostsLookedAtMax + 1).status()),
            v1::ERROR_REASON_LIMIT_PASSED);
  AskForInformation command = world_.AskingOf("housing/homes");
  command.mutable_ask(0)->clear_post();
  command.mutable_ask(0)->set_capability(v1::CAPABILITY_BENEFITS);
  EXPECT_EQ(world_.Ask(command, RequestWorld::kSupervisor).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// A post is found by its name as by what it answers for: as the index has it, and not while its
/// agency is suspended.
TEST_F(CapabilityTest, KnowsWhoAnswersForSomething) {
  EXPECT_TRUE(AnswersForSomething("police/checks", world_.state));
  EXPECT_FALSE(AnswersForSomething("police/panel", world_.state));
  EXPECT_FALSE(AnswersForSomething("nobody/nowhere", world_.state));
  Set({});
  EXPECT_FALSE(AnswersForSomething("police/checks", world_.state));
  world_.behaviour_version = kCapabilitiesFrom - 1;
  Set({v1::CAPABILITY_HOUSING});
  EXPECT_FALSE(AnswersForSomething("police/checks", world_.state)) << "said before it counted";
}

/// A record of before said nothing of what posts answer for, whatever its bytes hold.
TEST_F(CapabilityTest, CountsFromItsBehaviourVersionOn) {
  world_.behaviour_version = kCapabilitiesFrom - 1;
  ASSERT_EQ(Set({99}).outcome, audit::Outcome::kApplied);
  EXPECT_THAT(Find(kAbuse, {"", "north"}), ElementsAre("police/checks"));
}

}  // namespace
}  // namespace tearline::machine
