#include "broker/sequencer/simulate_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/machine/told_ledger.h"
#include "tests/machine/world.h"

namespace tearline::sequencer {
namespace {

using machine::World;
using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

struct Outcome {
  NoteSimulation note;
  std::vector<std::string> changes;  ///< "RAISE police/panel WITHHELD FULL".
  std::vector<std::string> because;  ///< Of what was not replayed.
  std::vector<model::Position> progress;
};

std::string Short(const std::string& name) { return name.substr(name.rfind("KIND_") + 5); }

Outcome Simulated(const World& world, const std::string& rules, std::int64_t from_ms = 0,
                  std::int64_t to_ms = std::numeric_limits<std::int64_t>::max()) {
  const Result<policy::PolicySet> candidate =
      policy::PolicySet::Parse("id: 'candidate' version: 2\n" + rules);
  if (!candidate.ok()) throw std::invalid_argument(SentenceOf(candidate.status()));
  const doubles::TemporaryDirectory directory;
  const auto scratch = *state::Database::Open(directory.path() / "state");
  const machine::ToldLedger ledger(world);
  Outcome outcome;
  const auto note = SimulatePolicy(
      ledger, *scratch,
      {.candidate = *candidate, .tip = ledger.Tip(), .from_ms = from_ms, .to_ms = to_ms},
      {.change =
           [&outcome](const v1::SimulatedChange& change) {
             outcome.changes.push_back(Short(v1::SimulatedChangeKind_Name(change.kind())) + " " +
                                       change.post() + " " +
                                       v1::Level_Name(change.before()).substr(6) + " " +
                                       v1::Level_Name(change.after()).substr(6));
             if (!change.because().empty()) outcome.because.push_back(change.because());
             return true;
           },
       .progress =
           [&outcome](model::Position replayed) {
             outcome.progress.push_back(replayed);
             return true;
           }});
  EXPECT_TRUE(note.ok()) << SentenceOf(note.status());
  if (note.ok()) outcome.note = *note;
  return outcome;
}

constexpr char kGrant[] =
    "rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW "
    "when { recipient { seat: [ SEAT_KIND_CHAIR, SEAT_KIND_MEMBER ] } } }\n";
constexpr char kOfWorld[] = R"(
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } }
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" escalate_every: "1h" } }
rules { id: "D3" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } } }
)";

/// The world's own rules.
std::string AsNow() { return std::string(kGrant) + kOfWorld; }

class SimulatePolicyTest : public testing::Test {
 protected:
  SimulatePolicyTest() {
    case_ = world_.OpenCase(nominal_,
                            {{"probation/chair", v1::SEAT_KIND_CHAIR},
                             {"police/panel", v1::SEAT_KIND_MEMBER},
                             {"education/guest", v1::SEAT_KIND_GUEST}},
                            "ct-police/accountable");
    world_.Publish(world_.Event(nominal_));
  }

  World world_;
  const std::string nominal_ = world_.Register(1);
  std::string case_;
};

/// Under the same rules nothing changes: every decision lies on the diagonal.
TEST_F(SimulatePolicyTest, FindsNothingUnderTheSameRules) {
  const Outcome outcome = Simulated(world_, AsNow());
  EXPECT_THAT(outcome.changes, IsEmpty());
  EXPECT_EQ(outcome.note.decisions(), 4U);
  EXPECT_THAT(outcome.note.levels(), ElementsAre(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3));
  EXPECT_EQ(outcome.note.not_replayed(), 0U);
  EXPECT_EQ(outcome.note.to_position(), world_.records.size());
  EXPECT_GT(outcome.progress.size(), 1U);
  EXPECT_EQ(outcome.progress.back(), world_.records.size());
}

/// Every raise is told, and every lowering is counted.
TEST_F(SimulatePolicyTest, TellsEveryRaise) {
  const Outcome outcome = Simulated(
      world_,
      "rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW "
      "when { recipient { seat: SEAT_KIND_GUEST } } }");
  EXPECT_THAT(outcome.changes,
              testing::UnorderedElementsAre("RAISE education/guest WITHHELD FULL",
                                            "OBLIGATIONS ct-police/accountable FULL WITHHELD"));
  EXPECT_EQ(outcome.note.raises(), 1U);
  EXPECT_EQ(outcome.note.obligations(), 1U);
  EXPECT_EQ(outcome.note.levels(0 * 4 + 3), 1U);
  EXPECT_EQ(outcome.note.levels(3 * 4 + 0), 3U);
}

TEST_F(SimulatePolicyTest, TellsDutiesThatWouldBeUnmetAndWhatWouldBeMasked) {
  EXPECT_THAT(Simulated(world_, AsNow() + "rules { id: 'A9' kind: RULE_KIND_CAP_ABSOLUTE "
                                          "level: LEVEL_POINTER reason: RULE_REASON_PRIVILEGE "
                                          "when { recipient { accountable_officer: true } } }")
                  .changes,
              ElementsAre("NEWLY_UNMET ct-police/accountable FULL WITHHELD",
                          "OBLIGATIONS ct-police/accountable FULL WITHHELD"));
  stored::v1::Publish event = world_.Event(nominal_);
  *event.add_segments() = event.segments(0);
  event.mutable_segments(1)->add_flags(v1::CONTENT_FLAG_WITNESS);
  world_.Publish(event);
  const Outcome masked = Simulated(world_, AsNow() +
                                               "rules { id: 'M9' kind: RULE_KIND_MASK "
                                               "reason: RULE_REASON_VICTIM_PROTECTION "
                                               "hides: CONTENT_FLAG_WITNESS when { recipient { "
                                               "seat: SEAT_KIND_MEMBER } } }");
  EXPECT_THAT(masked.changes, ElementsAre("MASKED police/panel FULL FULL"));
}

/// Facts as of then: whoever has lost the seat since was told for the seat they had.
TEST_F(SimulatePolicyTest, JudgesByTheFactsOfThen) {
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post("police/panel");
  leave.set_leave(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  const Outcome outcome = Simulated(world_, AsNow());
  EXPECT_THAT(outcome.changes, IsEmpty());
  EXPECT_EQ(outcome.note.not_replayed(), 0U);
  EXPECT_EQ(outcome.note.levels(15), 3U);
}

/// Judgements repeated at release are decisions like any other.
TEST_F(SimulatePolicyTest, JudgesWhatWasJudgedAgain) {
  world_.PutInForce("id: 'other' version: 2\n" + std::string(kGrant));
  world_.OpenSession("police/panel");
  const Outcome outcome = Simulated(world_, AsNow());
  EXPECT_EQ(outcome.note.decisions(), 5U);
  EXPECT_EQ(outcome.note.not_replayed(), 0U);
}

/// One record may judge and then change what it judged by: a pulse brings a new seat its past, and
/// in the same record the seat's agency is out of reach. Nobody can say what a candidate would have
/// made of the facts between; the decision is counted and told with the reason.
TEST_F(SimulatePolicyTest, CountsAndTellsWhatCannotBeJudgedAgain) {
  AdmitAgency admit;
  *admit.mutable_agency() =
      world_.state.Find<AgencyRow>(machine::AgencyKey("prison"))->agency();
  admit.mutable_agency()->mutable_authority_valid_until()->set_seconds(world_.now_ms / 1000 + 1);
  const machine::Applied asked =
      world_.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_AGENCY, admit);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  world_.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second);
  SeatPost seat;
  seat.set_case_id(case_);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  seat.set_with_history(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world_.PassAndPulse(1000);
  ASSERT_EQ(world_.DecisionFor("prison/security")->level(), v1::LEVEL_FULL);

  const Outcome outcome = Simulated(world_, AsNow());
  EXPECT_THAT(outcome.changes, ElementsAre("NOT_REPLAYED prison/security FULL UNSPECIFIED"));
  EXPECT_THAT(outcome.because, ElementsAre("its facts changed within the record that decided"));
  EXPECT_EQ(outcome.note.not_replayed(), 1U);
  EXPECT_EQ(outcome.note.decisions(), 4U) << "the others are judged again";
  EXPECT_THAT(outcome.note.levels(), ElementsAre(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3))
      << "it stands in no cell";
  EXPECT_EQ(outcome.note.raises(), 0U);
}

TEST_F(SimulatePolicyTest, LooksOnlyAtTheTimeAskedFor) {
  const std::int64_t later = world_.now_ms + 1000;
  world_.now_ms = later;
  world_.Publish(world_.Event(nominal_));
  const auto looked = [this](std::int64_t from_ms, std::int64_t to_ms) {
    const NoteSimulation note = Simulated(world_, AsNow(), from_ms, to_ms).note;
    return std::pair(note.decisions(), note.left_out());
  };
  using Counts = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(looked(0, later + 1), Counts(8, 0)) << "a period in which everything lies";
  EXPECT_EQ(looked(later, later + 1), Counts(4, 4));
  EXPECT_EQ(looked(0, later), Counts(4, 4));
  EXPECT_EQ(looked(later + 1, later + 2), Counts(0, 8));
}

/// The report is the same whenever it is made, and another where the changes are.
TEST_F(SimulatePolicyTest, GivesTheSameReportOfTheSameChanges) {
  const std::string fewer =
      "rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW "
      "when { recipient { seat: SEAT_KIND_GUEST } } }";
  const std::string once = Simulated(world_, fewer).note.report_digest();
  EXPECT_EQ(Simulated(world_, fewer).note.report_digest(), once);
  EXPECT_NE(Simulated(world_, AsNow()).note.report_digest(), once);
}

TEST_F(SimulatePolicyTest, StopsWhenNobodyListens) {
  const auto candidate = *policy::PolicySet::Parse("id: 'c' version: 1\n" + AsNow());
  const doubles::TemporaryDirectory directory;
  const auto scratch = *state::Database::Open(directory.path() / "state");
  const machine::ToldLedger ledger(world_);
  const auto note = SimulatePolicy(ledger, *scratch, {.candidate = candidate, .tip = ledger.Tip()},
                                   {.change = [](const v1::SimulatedChange&) { return true; },
                                    .progress = [](model::Position) { return false; }});
  EXPECT_EQ(ReasonOf(note.status()), v1::ERROR_REASON_UNAVAILABLE);
}

}  // namespace
}  // namespace tearline::sequencer
