#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "broker/policy/policy_set.h"
#include "broker/policy/sample_world.h"
#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

struct Row {
  const char* from;  ///< What is replaced in the samples,
  const char* to;    ///< by what,
  const char* said;  ///< and what is refused.
};

TEST(CheckSamples, RefusesWhatMakesNoSense) {
  const Row rows[] = {
      {"agency: \"north-probation\"", "agency: \"north-police\"",
       "`samples.agencies 2.agency` was given before"},
      {"post: \"north-police/panel\" roles", "post: \"south-police/panel\" roles",
       "`samples.posts 2.post` must be of an agency of the samples"},
      {"lead_agency: \"north-probation\"", "lead_agency: \"ghosts\"",
       "`samples.cases 1.lead_agency` must be an agency of the samples"},
      {"seats { post: \"north-police/panel\"", "seats { post: \"north-police/ghost\"",
       "`samples.cases 1` must name posts of the samples"},
      {"seats { post: \"north-police/panel\"",
       "named_posts { post: 'north-police/panel' until { seconds: 1 } } "
       "seats { post: \"north-police/panel\"",
       "`samples.cases 1.named_posts` must name post and function alone: a commission is in force "
       "there, and covers every event"},
      {"category: MAPPA_CATEGORY_2", "", "`samples.cases 1` needs a category and a level"},
      {"name: 'closed'", "name: 'open'", "`samples.events 2.name` was given before"},
      {"segments { }", "", "`samples.events 1.event.segments` needs at least one"},
      {"segments { }", "segments { content: 'words' }",
       "`samples.events 1.event.segments`: a sample has no content, only flags"},
      {"segments { }", "segments { nominal_indexes: 1 }",
       "`samples.events 1.event.segments` must be about nominals of their event"},
      {"pointer_post: 'north-police/desk'", "",
       "`samples.events 1.event.label.pointer_post` is required if existence may be told"},
      {"urgency: URGENCY_ROUTINE", "",
       "`samples.events 1.event` needs an event type, and an urgency"},
  };
  for (const Row& row : rows) {
    std::string samples = doubles::PolicySamples();
    const std::size_t at = samples.find(row.from);
    ASSERT_NE(at, std::string::npos) << row.from;
    samples.replace(at, std::string(row.from).size(), row.to);
    const Result<PolicySet> policy = PolicySet::Parse(PolicyText("grant G1 full") + samples);
    ASSERT_FALSE(policy.ok()) << row.said;
    EXPECT_EQ(SentenceOf(policy.status()), row.said);
    EXPECT_EQ(ReasonOf(policy.status()), v1::ERROR_REASON_POLICY_INVALID);
  }
}

TEST(CheckSamples, RefusesSupervisorsWhoAreNotThereOrAreTwo) {
  const std::pair<const char*, const char*> rows[] = {
      {"supervisors { post: 'north-police/desk' }",
       "`samples.supervisors 1.nominal_id` must be a word that no supervisor before has"},
      {"supervisors { nominal_id: 'dora' post: 'north-police/ghost' }",
       "`samples.supervisors 1.post` must be a post of the samples"},
      {"supervisors { nominal_id: 'dora' post: 'north-police/desk' } "
       "supervisors { nominal_id: 'dora' post: 'north-police/panel' }",
       "`samples.supervisors 2.nominal_id` must be a word that no supervisor before has"},
  };
  for (const auto& [text, said] : rows) {
    const Result<PolicySet> policy =
        PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples(text));
    ASSERT_FALSE(policy.ok()) << text;
    EXPECT_EQ(SentenceOf(policy.status()), said);
  }
}

TEST(CheckSamples, RefusesTestsAndRowsOfWhatIsNotThere) {
  const std::pair<const char*, const char*> rows[] = {
      {"tests { event: 'open' post: 'north-police/desk' expect { level: LEVEL_FULL } }",
       "`tests 1.name` must be 1 to 200 bytes"},
      {"tests { name: 't' event: 'ghost' post: 'north-police/desk' expect { level: LEVEL_FULL } }",
       "`tests 1` must name an event and a post of the samples"},
      {"tests { name: 't' event: 'open' post: 'north-police/desk' expect { } }",
       "`tests 1.expect.level` is required"},
      {"tests { name: 't' event: 'open' post: 'north-police/desk' "
       "expect { level: LEVEL_FULL rules: 'G9' } }",
       "`tests 1.expect.rules` must be rules' ids"},
      {"matrix { event: 'ghost' }", "`matrix 1.event` must be an event of the samples"},
      {"matrix { event: 'open' } matrix { event: 'open' }", "`matrix 2.event` has a row before"},
      {"matrix { event: 'open' full: 'north-police/desk' pointer: 'north-police/desk' }",
       "`matrix 1` must list posts of the samples, each once"},
  };
  for (const auto& [text, said] : rows) {
    const Result<PolicySet> policy =
        PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples() + text);
    ASSERT_FALSE(policy.ok()) << text;
    EXPECT_EQ(SentenceOf(policy.status()), said);
  }
}

/// A policy with samples, as read, to be filled up.
v1::Policy Sampled() {
  return PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples())->policy();
}

TEST(CheckSamples, HoldsAsManySamplesAsTheLimitSays) {
  v1::Policy policy = Sampled();
  const auto add = [&policy] {
    auto& agency = *policy.mutable_samples()->add_agencies();
    agency = policy.samples().agencies(0);
    agency.set_agency("agency-" + std::to_string(policy.samples().agencies_size()));
  };
  while (policy.samples().agencies_size() < model::kPolicySamplesMax) add();
  EXPECT_TRUE(CheckSamples(policy).ok()) << SentenceOf(CheckSamples(policy));
  add();
  EXPECT_EQ(ReasonOf(CheckSamples(policy)), v1::ERROR_REASON_POLICY_INVALID);
}

TEST(CheckSamples, HoldsAsManyTestsAndAsMuchWorkAsTheLimitsSay) {
  v1::Policy policy = Sampled();
  policy.clear_matrix();
  const auto add = [&policy] {
    v1::PolicyTest& test = *policy.add_tests();
    test.set_name("test " + std::to_string(policy.tests_size()));
    test.set_event("open");
    test.set_post("north-police/desk");
    test.mutable_expect()->set_level(v1::LEVEL_FULL);
  };
  policy.clear_tests();
  while (policy.tests_size() < model::kPolicyTestsMax) add();
  EXPECT_TRUE(CheckSamples(policy).ok()) << SentenceOf(CheckSamples(policy));

  // Each test asks every rule once: "open" is about one nominal.
  const std::size_t rules =
      model::kPolicyTestWorkMax / static_cast<std::size_t>(model::kPolicyTestsMax);
  const auto add_rule = [&policy] {
    *policy.add_rules() = policy.rules(0);
    policy.mutable_rules(policy.rules_size() - 1)
        ->set_id("R" + std::to_string(policy.rules_size()));
  };
  while (static_cast<std::size_t>(policy.rules_size()) < rules) add_rule();
  EXPECT_TRUE(CheckSamples(policy).ok()) << SentenceOf(CheckSamples(policy));
  add_rule();
  EXPECT_EQ(ReasonOf(CheckSamples(policy)), v1::ERROR_REASON_POLICY_INVALID);

  policy = Sampled();
  policy.clear_tests();
  while (policy.tests_size() <= model::kPolicyTestsMax) add();
  EXPECT_EQ(ReasonOf(CheckSamples(policy)), v1::ERROR_REASON_POLICY_INVALID);
}

}  // namespace
}  // namespace tearline::policy
