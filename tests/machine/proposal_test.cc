#include "broker/machine/proposal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/panel_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::Pair;

constexpr std::int64_t kHourMs = PanelWorld::kHourMs;
constexpr std::int64_t kDayMs = PanelWorld::kDayMs;
constexpr char kChair[] = "probation/chair";
constexpr char kMember[] = "police/panel";
constexpr char kAccountable[] = "ct-police/accountable";
constexpr char kComer[] = "prison/security";
constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_PROPOSAL;

/// How long after it was made a proposal's first post is reminded.
std::vector<std::int64_t> Reminders(std::int64_t in_ms) {
  PanelWorld world;
  const std::int64_t made_ms = world.now_ms;
  world.Propose(in_ms);
  std::vector<std::int64_t> reminders;
  while (NextDeadlineMs(world.state) <= made_ms + in_ms) {
    world.PassAndPulse(std::max<std::int64_t>(NextDeadlineMs(world.state) - world.now_ms, 0));
    if (world.Said("proposal-reminded", kMember) > 0) reminders.push_back(world.now_ms - made_ms);
  }
  return reminders;
}

/// Chased before its time: half of what remains, again and again, until a day is left; at least
/// once.
TEST(Proposal, RemindsBeforeItsTime) {
  EXPECT_THAT(Reminders(8 * kDayMs), ElementsAre(4 * kDayMs, 6 * kDayMs, 7 * kDayMs))
      << "a day before the last time";
  EXPECT_THAT(Reminders(kDayMs), ElementsAre(12 * kHourMs));
  EXPECT_THAT(Reminders(2 * kHourMs), ElementsAre(kHourMs));
  EXPECT_THAT(Reminders(2), ElementsAre(1));
}

/// Whoever is kept out of one of the nominals that are the person is not asked about the person.
TEST(Proposal, AsksNobodyWhoIsKeptOutUnderAnotherNominal) {
  PanelWorld world;
  const std::string other = world.Register(2);
  Actor clerk = World::System("probation/coordinator");
  clerk.set_purpose("public-protection");
  LimitAccess limit;
  limit.set_nominal_id(other);
  limit.add_excluded(kMember);
  ASSERT_EQ(world.Say(clerk, COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(world.Merge(other, world.nominal).sentence, "");
  const auto answers = world.Answers(world.Propose());
  EXPECT_FALSE(answers.contains(kMember));
  EXPECT_TRUE(answers.contains(kChair));
}

/// A reminder is told to the post again, and to nobody else; who has answered is not reminded.
TEST(Proposal, RemindsOnlyWhoHasNotAnswered) {
  PanelWorld world;
  const std::string id = world.Propose();
  world.OpenSession(kMember);
  world.OpenSession(kChair);
  world.Answer(id, kChair);
  const std::size_t board = world.Waiting("board/board", v1::URGENCY_URGENT);
  world.PassAndPulse(4 * kDayMs);
  EXPECT_EQ(world.Released(kMember, v1::URGENCY_URGENT).size(), 2u);
  EXPECT_EQ(world.Released(kChair, v1::URGENCY_URGENT).size(), 1u);
  EXPECT_EQ(world.Waiting("board/board", v1::URGENCY_URGENT), board);
  const auto row = world.state.Find<ObligationRow>(ObligationKey(world.Open(kOwed).at(kMember)));
  EXPECT_EQ(row->stage(), 0u);
}

/// Each counts from the one before, also where a pulse was late.
TEST(Proposal, CountsEachReminderFromTheOneBefore) {
  PanelWorld world;
  world.Propose();
  world.PassAndPulse(6 * kDayMs);  // the first was due after four
  EXPECT_EQ(NextDeadlineMs(world.state), world.now_ms + kDayMs);
}

/// Taken up by hand before its time, it climbs; it is nobody's alone any more.
TEST(Proposal, ClimbsByHand) {
  PanelWorld world;
  world.Propose();
  const std::string id = world.Open(kOwed).at(kChair);
  EscalateObligation command;
  command.set_obligation_id(id);
  world.Say(World::System(kChair), COMMAND_NUMBER_ESCALATE_OBLIGATION, command);
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(id))->stage(), 1u);
  world.PassStepByStep(kDayMs);
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(id))->told_post(), "board/board");
}

TEST(Proposal, AsksWhoJoinsThePanelWhileItIsOpen) {
  PanelWorld world;
  const std::string id = world.Propose();
  world.now_ms += 2 * kDayMs;
  world.Seat(kComer);
  EXPECT_EQ(world.Answers(id).at(kComer), "waits");
  const auto row = world.state.Find<ObligationRow>(ObligationKey(world.Open(kOwed).at(kComer)));
  EXPECT_EQ(row->due_ms(), world.RowOf(id).answer_by_ms());
  EXPECT_EQ(row->next_step_ms(), world.now_ms + 3 * kDayMs);
  world.Seat(kComer);
  EXPECT_EQ(world.Open(kOwed).size(), 4u) << "once";
}

TEST(Proposal, AsksNobodyAtOrAfterItsTimeOrWhenItIsClosed) {
  PanelWorld world;
  const std::string id = world.Propose(kDayMs);
  const std::string closed = world.Propose();
  for (const char* post : {kChair, kMember, kAccountable}) world.Answer(closed, post);
  world.now_ms += kDayMs;
  world.Seat(kComer);
  EXPECT_FALSE(world.Answers(id).contains(kComer));
  EXPECT_FALSE(world.Answers(closed).contains(kComer));
}

/// Whoever leaves owes no answer, and is not silent; what it said stays.
TEST(Proposal, WaitsNoMoreForWhoLeaves) {
  PanelWorld world;
  const std::string id = world.Propose();
  world.Answer(id, kChair);
  const std::string owed = world.Open(kOwed).at(kMember);
  world.Seat(kMember, /*leave=*/true);
  EXPECT_EQ(world.Said("proposal-left", kMember), 1);
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(owed))->method(),
            DISCHARGE_METHOD_OVERTAKEN);
  EXPECT_THAT(world.Answers(id),
              ElementsAre(Pair(kAccountable, "waits"), Pair(kChair, "no objection")));
  EXPECT_EQ(world.Answer(id, kMember).reason, v1::ERROR_REASON_NOT_FOUND);
  world.Seat(kMember);
  EXPECT_EQ(world.Answers(id).at(kMember), "waits") << "it came back";
  EXPECT_EQ(world.Open(kOwed).size(), 2u);
  world.Seat(kChair, true);
  world.Seat(kChair);
  EXPECT_EQ(world.Answers(id).at(kChair), "no objection") << "it has answered";
  EXPECT_EQ(world.Open(kOwed).size(), 2u);
}

TEST(Proposal, ClosesWhenWhoeverItWaitedForHasLeft) {
  PanelWorld world;
  const std::string id = world.Propose();
  world.Answer(id, kChair);
  world.Answer(id, kAccountable);
  world.Seat(kMember, /*leave=*/true);
  EXPECT_EQ(world.RowOf(id).closed_ms(), world.now_ms);
  EXPECT_FALSE(world.state.Get(ProposalsOf(world.case_id))) << "none is open";
}

/// A new accountable officer is asked, the one before no more unless it is seated.
TEST(Proposal, FollowsTheAccountableOfficer) {
  PanelWorld world;
  const std::string id = world.Propose();
  NameAccountable command;
  command.set_case_id(world.case_id);
  command.set_post("ct-police/intel");
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, command);
  EXPECT_TRUE(world.Answers(id).contains("ct-police/intel"));
  EXPECT_FALSE(world.Answers(id).contains(kAccountable));
}

/// Who is kept out of the person, or in conflict with them, is not asked about them.
TEST(Proposal, AsksNobodyWhoIsKeptOut) {
  PanelWorld world;
  NominalRow row = *world.state.Find<NominalRow>(NominalKey(world.nominal));
  row.add_excluded("police");
  row.add_in_conflict(kChair);
  state::Batch batch(world.state);
  batch.PutRow(NominalKey(world.nominal), row);
  world.state.Commit(batch);
  const std::string id = world.Propose();
  EXPECT_THAT(world.Answers(id), ElementsAre(Pair(kAccountable, "waits")));
  world.Seat(kComer);
  EXPECT_THAT(world.Answers(id), ElementsAre(Pair(kAccountable, "waits"), Pair(kComer, "waits")));
}

}  // namespace
}  // namespace tearline::machine
