#include "clients/cli/show_simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

v1::SimulatedChange Change(v1::SimulatedChangeKind kind) {
  v1::SimulatedChange change;
  change.set_kind(kind);
  change.set_event_id("ev_1");
  change.set_post("police/panel");
  change.mutable_judged_at()->set_seconds(1'800'000'000);
  change.set_before(v1::LEVEL_POINTER);
  return change;
}

/// Every count another: none is taken for its neighbour.
v1::SimulationSummary Summary() {
  v1::SimulationSummary summary;
  summary.set_policy_digest(std::string(32, '\x3f'));
  summary.set_report_digest(std::string(32, '\x9a'));
  summary.set_decisions(1'136);
  for (std::uint64_t cell = 0; cell < 16; ++cell) summary.add_levels(1 + cell * 9);
  summary.set_raises(11);
  summary.set_newly_unmet(12);
  summary.set_masked(13);
  summary.set_obligations(14);
  summary.set_not_replayed(15);
  return summary;
}

TEST(ShowSimulation, SaysWhatADecisionWouldBecomeAndByWhichRules) {
  v1::SimulatedChange raise = Change(v1::SIMULATED_CHANGE_KIND_RAISE);
  raise.set_after(v1::LEVEL_FULL);
  raise.add_rules("G1");
  raise.add_rules("M2");
  EXPECT_EQ(ChangeText(raise),
            "raise  ev_1  police/panel  2027-01-15T08:00:00Z  pointer -> full G1 M2\n");
}

/// Of what could not be judged again nobody knows what it would be: what was told then, and why.
TEST(ShowSimulation, SaysWhyADecisionCouldNotBeJudgedAgain) {
  v1::SimulatedChange unknown = Change(v1::SIMULATED_CHANGE_KIND_NOT_REPLAYED);
  unknown.set_because("its facts changed within the record that decided");
  EXPECT_EQ(ChangeText(unknown),
            "not-replayed  ev_1  police/panel  2027-01-15T08:00:00Z  pointer: its facts changed "
            "within the record that decided\n");
  const auto json = nlohmann::json::parse(JsonText(unknown));
  EXPECT_EQ(json["kind"], "SIMULATED_CHANGE_KIND_NOT_REPLAYED");
  EXPECT_EQ(json["because"], "its facts changed within the record that decided");
  EXPECT_EQ(json["after"], "LEVEL_UNSPECIFIED");
}

/// Rows are the level then, columns the level now.
TEST(ShowSimulation, ShowsEveryCellOfTheMatrixAndEveryCount) {
  EXPECT_THAT(SummaryText(Summary()),
              StartsWith("1136 decisions judged again\n"
                         "  THEN \\ NOW  withheld  pointer  tear-line  full\n"
                         "  withheld    1         10       19         28\n"
                         "  pointer     37        46       55         64\n"
                         "  tear-line   73        82       91         100\n"
                         "  full        109       118      127        136\n"
                         "  raises               11\n"
                         "  newly unmet          12\n"
                         "  fewer segments       13\n"
                         "  other obligations    14\n"
                         "  not replayed         15\n"));
  v1::SimulatePolicyResponse frame;
  *frame.mutable_summary() = Summary();
  const auto summary = nlohmann::json::parse(JsonText(frame))["summary"];
  ASSERT_EQ(summary["levels"].size(), 16U);
  EXPECT_EQ(summary["levels"][1], "10");
  EXPECT_EQ(summary["levels"][4], "37");
  EXPECT_EQ(summary["not_replayed"], "15");
}

/// What nobody knows is signed off as a raise is; of a look there is nothing to sign.
TEST(ShowSimulation, SaysWhatIsToBeSignedOff) {
  std::string digest;
  std::string report;
  for (int i = 0; i < 32; ++i) {
    digest += "3f";
    report += "9a";
  }
  const std::string next = "  next                 tearline policy approve --digest " + digest +
                           " --sign-off " + report + "\n";
  v1::SimulationSummary summary = Summary();
  EXPECT_THAT(SummaryText(summary), EndsWith(next));
  summary.set_raises(0);
  EXPECT_THAT(SummaryText(summary), EndsWith(next)) << "what was not replayed counts as a raise";
  summary.set_not_replayed(0);
  EXPECT_THAT(SummaryText(summary), EndsWith("  report               " + report + "\n"));

  summary = Summary();
  summary.set_left_out(16);
  EXPECT_THAT(SummaryText(summary), HasSubstr("  left out             16; an approval needs"));
  EXPECT_THAT(SummaryText(summary), Not(HasSubstr("--sign-off")));
}

}  // namespace
}  // namespace tearline::cli
