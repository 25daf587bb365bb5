#include "broker/policy/sample_world.h"

#include <gtest/gtest.h>

#include <vector>

#include "broker/policy/policy_set.h"
#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// The world in words becomes the facts that the machine would find.
TEST(SampleWorld, SaysWhoIsWhatToWhom) {
  const PolicySet policy =
      *PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples());
  const SampleWorld world(policy.policy());
  ASSERT_EQ(world.events(), 5U);
  ASSERT_EQ(world.posts(), 5U);
  const std::size_t open = *world.FindEvent("open");
  EXPECT_EQ(world.Event(open).originating_agency, "north-police");
  EXPECT_EQ(world.Event(open).originator_kind, v1::AGENCY_KIND_POLICE);
  EXPECT_EQ(world.Event(open).segments.size(), 1U);
  const std::size_t chair = *world.FindPost("north-probation/chair");
  EXPECT_EQ(world.Recipient(chair).agency_kind, v1::AGENCY_KIND_PROBATION);
  EXPECT_EQ(world.Recipient(chair).roles, std::vector<v1::PostRole>{v1::POST_ROLE_CHAIR});
  ASSERT_EQ(world.Nominals(open, chair).size(), 1U);
  EXPECT_EQ(world.Nominals(open, chair)[0].seat, v1::SEAT_KIND_CHAIR);
  EXPECT_EQ(world.Nominals(open, *world.FindPost("north-police/desk"))[0].seat, std::nullopt);
  EXPECT_TRUE(world.Nominals(*world.FindEvent("nobody"), chair).empty());
  EXPECT_FALSE(world.FindEvent("ghost"));
  EXPECT_FALSE(world.FindPost("north-police/ghost"));
}

/// As the machine finds it: by the case; where there is none, or it names none, as the samples say.
TEST(SampleWorld, KnowsWhoSupervisesWithoutACase) {
  std::string samples = doubles::PolicySamples(R"(
    cases { nominal_id: "led" category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_2
            lead_agency: "north-probation" }
    supervisors { nominal_id: "dora" post: "north-probation/officer" }
    supervisors { nominal_id: "led" post: "north-probation/officer" }
    supervisors { nominal_id: "adam" post: "north-police/panel" })");
  const std::string adam = "nominals { nominal_id: 'adam' } ";
  samples.insert(samples.find(adam),
                 "nominals { nominal_id: 'dora' } nominals { nominal_id: 'led' } ");
  const PolicySet policy = *PolicySet::Parse(PolicyText("grant G1 full") + samples);
  const SampleWorld world(policy.policy());
  const auto supervises = [&world](const char* post) {
    std::vector<bool> each;
    for (const NominalFacts& facts :
         world.Nominals(*world.FindEvent("open"), *world.FindPost(post))) {
      each.push_back(facts.supervising);
    }
    return each;
  };
  EXPECT_EQ(supervises("north-probation/officer"), (std::vector<bool>{true, true, true}));
  EXPECT_EQ(supervises("north-police/panel"), (std::vector<bool>{false, false, false}))
      << "Adam's case names another";
  EXPECT_FALSE(world.Nominals(*world.FindEvent("open"), 0)[0].has_case);
}

}  // namespace
}  // namespace tearline::policy
