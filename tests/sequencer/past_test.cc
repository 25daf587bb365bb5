#include "broker/sequencer/past.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/machine/rows.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/machine/composite_world.h"
#include "tests/machine/told_ledger.h"
#include "tests/machine/world.h"

namespace tearline::sequencer {
namespace {

using machine::ToldLedger;
using machine::World;

/// Of those who are judged for, none is a guest.
constexpr char kForGuests[] =
    "id: 'c' version: 2 rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL "
    "reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: SEAT_KIND_GUEST } } }";

class PastTest : public testing::Test {
 protected:
  PastTest() {
    world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
    world_.Publish(world_.Event(nominal_));
  }
  Status Tell(model::Position tip, const PastListener& listener) {
    const doubles::TemporaryDirectory directory;
    const auto scratch = *state::Database::Open(directory.path() / "state");
    return TellPast(ToldLedger(world_), *scratch, tip, listener);
  }
  /// Every decision of the world, made again.
  std::vector<JudgedAgain> All(const policy::PolicySet* candidate, bool bent = false) {
    PastJudge judge(candidate);
    std::vector<JudgedAgain> all;
    EXPECT_TRUE(Tell(world_.records.size(),
                     {.record =
                          [&](const ledger::Header& header, const state::Reader& then) {
                            for (auto& detail : audit::DetailsAt(header.position, then)) {
                              if (!detail.has_decision()) continue;
                              if (bent) detail.mutable_decision()->add_rules("Z9");
                              all.push_back(judge.Judge(detail.decision(), header.stamp_ms, then));
                            }
                            return true;
                          },
                      .progress = [](model::Position) { return true; }})
                    .ok());
    return all;
  }

  World world_;
  const std::string nominal_ = world_.Register(1);
};

TEST_F(PastTest, TellsEveryRecordInOrderAndHowFarItIs) {
  const model::Position tip = world_.records.size() - 1;
  model::Position last = 0;
  model::Position far = 0;
  const PastListener listener = {.record =
                                     [&](const ledger::Header& header, const state::Reader&) {
                                       EXPECT_EQ(header.position, ++last);
                                       return true;
                                     },
                                 .progress =
                                     [&](model::Position reached) {
                                       far = reached;
                                       return true;
                                     }};
  ASSERT_TRUE(Tell(tip, listener).ok());
  EXPECT_EQ(last, tip) << "not one beyond";
  EXPECT_EQ(far, tip);
}

TEST_F(PastTest, StopsWhenToldTo) {
  const auto go_on = [](model::Position) { return true; };
  const auto heard = [](const ledger::Header&, const state::Reader&) { return true; };
  EXPECT_EQ(ReasonOf(Tell(
                7, {.record = [](const auto&, const auto&) { return false; }, .progress = go_on})),
            v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(ReasonOf(Tell(1, {.record = heard, .progress = [](auto) { return false; }})),
            v1::ERROR_REASON_UNAVAILABLE);
}

TEST_F(PastTest, JudgesAsItWasRecordedAndThenByTheCandidate) {
  const auto nothing = policy::PolicySet::Parse(kForGuests);
  ASSERT_TRUE(nothing.ok());
  const std::vector<JudgedAgain> alone = All(nullptr);
  ASSERT_FALSE(alone.empty());
  for (const JudgedAgain& judged : alone) {
    EXPECT_TRUE(judged.as_recorded);
    EXPECT_FALSE(judged.candidate.has_value());
    EXPECT_STREQ(judged.because, "");
  }
  for (const JudgedAgain& judged : All(&*nothing)) {
    ASSERT_TRUE(judged.candidate.has_value());
    EXPECT_EQ(judged.then->level, v1::LEVEL_FULL);
    EXPECT_EQ(judged.candidate->level, v1::LEVEL_WITHHELD);
  }
}

/// A post out of reach was told nothing for the reason that was recorded, whatever that is.
TEST_F(PastTest, KnowsWhyAPostWasOutOfReach) {
  stored::v1::AdmitAgency command;
  *command.mutable_agency() =
      world_.state.Find<stored::v1::AgencyRow>(machine::AgencyKey("probation"))->agency();
  command.mutable_agency()->mutable_authority_valid_until()->set_seconds(1);
  const machine::Applied asked =
      world_.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_ADMIT_AGENCY, command);
  stored::v1::SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  world_.Say(World::System("board/operator"), stored::v1::COMMAND_NUMBER_SECOND_HAND, second);
  world_.PassAndPulse(0);
  world_.Publish(world_.Event(nominal_));
  int uncertified = 0;
  for (const JudgedAgain& judged : All(nullptr)) {
    EXPECT_TRUE(judged.as_recorded) << judged.because;
    uncertified += judged.then->shortfall == v1::RULE_REASON_RECIPIENT_UNCERTIFIED ? 1 : 0;
  }
  EXPECT_EQ(uncertified, 2) << "what waited, and what came meanwhile";
}

/// What does not come out as it was recorded says so, and nothing of a candidate.
TEST_F(PastTest, SaysWhenItIsNotWhatWasRecorded) {
  const auto candidate = policy::PolicySet::Parse(kForGuests);
  ASSERT_TRUE(candidate.ok());
  for (const JudgedAgain& judged : All(&*candidate, /*bent=*/true)) {
    EXPECT_FALSE(judged.as_recorded);
    EXPECT_FALSE(judged.candidate.has_value());
    EXPECT_STRNE(judged.because, "");
  }
}

/// A composite is judged again by what each policy lets a post be told of its members.
TEST(PastOfComposites, ComesOutAsRecordedAndOtherwiseByAnother) {
  machine::CompositeWorld world;
  world.Breach(machine::CompositeWorld::kPrison);
  world.Breach(machine::CompositeWorld::kKeeper);
  world.SecretBreach();
  ASSERT_EQ(world.Composites().size(), 1U);
  const std::string id = world.Composites()[0].publish().event_id();
  std::string text = machine::kCompositePolicy;
  text.erase(text.find("rules { id: \"Q1\""),
             text.find("rules { id: \"D1\"") - text.find("rules { id: \"Q1\""));
  const auto without_control = policy::PolicySet::Parse(text);
  ASSERT_TRUE(without_control.ok()) << SentenceOf(without_control.status());
  PastJudge judge(&*without_control);
  int judged = 0;
  for (const auto& detail : world.Details()) {
    if (!detail.has_decision()) continue;
    ++judged;
    EXPECT_EQ(detail.decision().event_id(), id);
    const JudgedAgain again = judge.Judge(detail.decision(), world.now_ms, world.state);
    EXPECT_TRUE(again.as_recorded) << detail.decision().post() << ": " << again.because;
    if (detail.decision().post() != machine::CompositeWorld::kChair) continue;
    EXPECT_EQ(again.then->level, v1::LEVEL_WITHHELD);
    EXPECT_EQ(again.candidate->level, v1::LEVEL_FULL) << "it might see the third, too";
    EXPECT_EQ(again.candidate->members.size(), 3U);
  }
  EXPECT_EQ(judged, 3);
}

}  // namespace
}  // namespace tearline::sequencer
