#include "broker/policy/composite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kDay = 86'400'000;

/// What happened: on which day, told by whom.
struct Told {
  int day;
  const char* agency;
};

std::vector<Occurrence> Occurred(const std::vector<Told>& told) {
  std::vector<Occurrence> occurrences;
  for (const Told& each : told) occurrences.push_back({each.day * kDay, each.agency});
  return occurrences;
}

/// The places of the newest run.
std::vector<std::size_t> RunOf(const std::vector<Told>& told, std::uint32_t events,
                               std::uint32_t agencies, int days) {
  return NewestRun({events, agencies, days * kDay}, Occurred(told));
}
bool Make(const std::vector<Told>& told, std::uint32_t events, std::uint32_t agencies, int days) {
  return !RunOf(told, events, agencies, days).empty();
}

TEST(NewestRun, CountsEventsAndAgenciesWithinTheTime) {
  const std::vector<Told> three = {{0, "hostel"}, {20, "hostel"}, {40, "probation"}};
  std::vector<Told> four = three;
  four.push_back({59, "housing"});
  EXPECT_TRUE(Make(four, 4, 3, 60));
  EXPECT_FALSE(Make(three, 4, 3, 60)) << "one too few";
  EXPECT_FALSE(Make(four, 4, 4, 60)) << "one agency too few";
  EXPECT_FALSE(Make(four, 5, 3, 60));
  EXPECT_FALSE(Make(four, 4, 3, 59)) << "exactly that far apart is not within";
  EXPECT_FALSE(Make({}, 2, 1, 60));
  EXPECT_TRUE(Make({{1, "a"}, {1, "b"}}, 2, 2, 1)) << "at the same time";
}

/// Whatever lies before and behind is not of it, in whatever order it came.
TEST(NewestRun, FindsTheTimeAnywhere) {
  EXPECT_THAT(RunOf({{300, "a"}, {0, "a"}, {110, "c"}, {105, "b"}, {100, "a"}}, 3, 3, 11),
              ElementsAre(2, 3, 4));
  EXPECT_FALSE(Make({{300, "a"}, {0, "b"}, {110, "c"}, {105, "a"}, {100, "a"}}, 3, 3, 11))
      << "what lies outside lends no agency";
}

/// Times that share an event are one run, however long; what comes after a pause is another.
TEST(NewestRun, GoesOnWhileTimesShareAnEvent) {
  const std::vector<Told> chain = {{0, "a"}, {9, "b"}, {18, "a"}, {27, "b"}};
  EXPECT_THAT(RunOf(chain, 2, 2, 10), ElementsAre(0, 1, 2, 3));
  std::vector<Told> again = chain;
  again.push_back({60, "a"});
  EXPECT_THAT(RunOf(again, 2, 2, 10), ElementsAre(0, 1, 2, 3)) << "one alone makes none";
  again.push_back({61, "b"});
  EXPECT_THAT(RunOf(again, 2, 2, 10), ElementsAre(4, 5));
  again.push_back({62, "b"});
  EXPECT_THAT(RunOf(again, 2, 2, 10), ElementsAre(4, 5, 6));
}

/// Of more than there is room for, the first go without which there is one all the same.
TEST(NewestRun, FitsWhereThereIsRoom) {
  const auto fits = [](const std::vector<Told>& told, std::size_t most) {
    return RunThatFits({3, 2, 7 * kDay}, Occurred(told), most);
  };
  const std::vector<Told> old_ones_and_a_run = {{0, "a"},  {20, "a"}, {40, "a"},
                                                {60, "a"}, {61, "b"}, {62, "a"}};
  EXPECT_THAT(fits(old_ones_and_a_run, 4), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(fits(old_ones_and_a_run, 6), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(fits({{0, "b"}, {1, "a"}, {2, "a"}, {3, "a"}, {4, "a"}}, 3), ElementsAre(0, 3, 4))
      << "the one agency that tells besides stays";
}

/// An agency that is not told counts for none, and the event all the same.
TEST(NewestRun, CountsNoAgencyThatIsNotTold) {
  EXPECT_TRUE(Make({{1, "a"}, {2, ""}, {3, "b"}}, 3, 2, 5));
  EXPECT_FALSE(Make({{1, "a"}, {2, ""}, {3, ""}}, 3, 2, 5));
}

TEST(Counts, TakesWholeTypesAndBeginnings) {
  v1::CompositeRule rule;
  rule.add_member_type("compliance.");
  rule.add_member_type("order.breach.recorded");
  EXPECT_TRUE(Counts(rule, "compliance.curfew.missed"));
  EXPECT_TRUE(Counts(rule, "order.breach.recorded"));
  EXPECT_FALSE(Counts(rule, "order.breach.recorded.again"));
  EXPECT_FALSE(Counts(rule, "compliance"));
  EXPECT_FALSE(Counts(rule, ""));
}

constexpr char kRule[] = R"(name: "breaches" member_type: "compliance." events: 4 agencies: 3
  within: "60d" event_type: "composite.breaches.made" urgency: URGENCY_URGENT says: "Together." )";

/// What is wrong with a policy that has these composites; "" if nothing is.
std::string Wrong(const std::string& more) {
  const auto read = PolicySet::Parse(PolicyText("grant G1 full") + doubles::PolicySamples() + more);
  return read.ok() ? "" : SentenceOf(read.status());
}
std::string WrongRule(const std::string& rule) { return Wrong("composites { " + rule + " }"); }

/// The rule with one field said otherwise.
std::string With(const std::string& field, const std::string& value) {
  v1::CompositeRule rule = Read<v1::CompositeRule>(kRule);
  rule.MergeFrom(Read<v1::CompositeRule>(field + ": " + value));
  std::string text;
  google::protobuf::TextFormat::PrintToString(rule, &text);
  return text;
}

TEST(Composites, AreReadWithTheirTimes) {
  const auto read = PolicySet::Parse(PolicyText("grant G1 full") + "composites { " + kRule + " }");
  ASSERT_TRUE(read.ok()) << SentenceOf(read.status());
  ASSERT_EQ(read->composites().size(), 1U);
  const CompositeRule& rule = read->composites()[0];
  EXPECT_EQ(rule.written.name(), "breaches");
  EXPECT_EQ(rule.terms.events, 4U);
  EXPECT_EQ(rule.terms.agencies, 3U);
  EXPECT_EQ(rule.terms.within_ms, 60 * kDay);
}

struct Row {
  const char* field;
  const char* value;
  const char* sentence;  ///< Part of it; "" if nothing is wrong.
};

TEST(Composites, SayOnlyWhatMakesSense) {
  const Row rows[] = {
      {"name", "'Breaches'", "`composites 1.name`"},
      {"name", "'G1'", "`composites 1.name`"},
      {"member_type", "'compliance.curfew.'", "must not name what another of its entries counts"},
      {"member_type", "'compliance'", ""},
      {"member_type", "'other..'", "a beginning ends in a dot"},
      {"member_type", "''", "a beginning ends in a dot"},
      {"events", "1", "`composites 1.events` must be 2 to 64"},
      {"agencies", "5", "must be 1 to `events`"},
      {"agencies", "4", ""},
      {"within", "'0d'", "`composites 1.within`"},
      {"within", "'367d'", "`composites 1.within`"},
      {"within", "'366d'", ""},
      {"event_type", "'composite.breaches.'", "must be a whole type"},
      {"event_type", "'compliance.breaches.made'", "that no composite rule counts"},
  };
  for (const Row& row : rows) {
    const std::string wrong = WrongRule(With(row.field, row.value));
    if (std::string(row.sentence).empty()) {
      EXPECT_EQ(wrong, "") << row.field << ' ' << row.value;
    } else {
      EXPECT_NE(wrong.find(row.sentence), std::string::npos)
          << row.field << ' ' << row.value << ": " << wrong;
    }
  }
  EXPECT_NE(WrongRule("name: 'breaches'").find("member_type"), std::string::npos);
  EXPECT_NE(Wrong("composites { name: 'n' colour: 'red' }").find("line"), std::string::npos);
}

TEST(Composites, AreApartFromOneAnother) {
  const std::string one = std::string("composites { ") + kRule + " } ";
  EXPECT_NE(Wrong(one + one).find("was given to an earlier one"), std::string::npos);
  EXPECT_NE(Wrong(one + "composites { " + With("name", "'others'") + " }")
                .find("event_type` was given to an earlier one"),
            std::string::npos);
}

/// Both sides of each bound.
TEST(Composites, KeepTheirLimits) {
  const auto rules = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      v1::CompositeRule rule = Read<v1::CompositeRule>(kRule);
      rule.set_name("r" + std::to_string(i));
      rule.set_event_type("composite.r" + std::to_string(i));
      std::string one;
      google::protobuf::TextFormat::PrintToString(rule, &one);
      text += "composites { " + one + " } ";
    }
    return text;
  };
  EXPECT_EQ(Wrong(rules(model::kCompositeRulesMax)), "");
  EXPECT_NE(Wrong(rules(model::kCompositeRulesMax + 1)), "");

  const auto types = [](int count) {
    std::string text = kRule;
    for (int i = 1; i < count; ++i) text += "member_type: 'other-" + std::to_string(i) + ".' ";
    return text;
  };
  EXPECT_EQ(WrongRule(types(model::kCompositeTypesMax)), "");
  EXPECT_NE(WrongRule(types(model::kCompositeTypesMax + 1)), "");

  const std::string most = std::to_string(model::kCompositeMembersMax);
  const std::string more = std::to_string(model::kCompositeMembersMax + 1);
  EXPECT_EQ(WrongRule(With("events", most)), "");
  EXPECT_NE(WrongRule(With("events", more)), "");

  const auto tests = [](int count) {
    std::string text = std::string("composites { ") + kRule + " } ";
    for (int i = 0; i < count; ++i) {
      text += "composite_tests { name: 't" + std::to_string(i) +
              "' composite: 'breaches' events: 'open' } ";
    }
    return text;
  };
  EXPECT_EQ(Wrong(tests(model::kCompositeTestsMax)), "");
  EXPECT_NE(Wrong(tests(model::kCompositeTestsMax + 1)), "");
}

TEST(CompositeTests, NameWhatThereIs) {
  const std::string rule = std::string("composites { ") + kRule + " } ";
  const auto wrong = [&rule](const std::string& test) {
    return Wrong(rule + "composite_tests { " + test + " }");
  };
  EXPECT_EQ(wrong("name: 't' composite: 'breaches' events: 'open'"), "");
  EXPECT_NE(wrong("composite: 'breaches' events: 'open'").find(".name`"), std::string::npos);
  EXPECT_NE(wrong("name: 't' composite: 'none' events: 'open'").find(".composite`"),
            std::string::npos);
  EXPECT_NE(wrong("name: 't' composite: 'breaches'").find("needs at least one"), std::string::npos);
  EXPECT_NE(wrong("name: 't' composite: 'breaches' events: 'none'").find("of the samples"),
            std::string::npos);
  EXPECT_NE(wrong("name: 't' composite: 'breaches' events: [ 'open', 'open' ]").find("each once"),
            std::string::npos);
}

}  // namespace
}  // namespace tearline::policy
