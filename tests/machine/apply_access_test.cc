#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/access_limit.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Actor Why(Actor actor) {
  actor.set_purpose("public-protection");
  return actor;
}

/// A world whose policy heeds limits and conflicts, and a nominal whose panel is the chair and the
/// police, about whom ct-police/intel has said something.
class ApplyAccess : public testing::Test {
 protected:
  ApplyAccess() {
    world_.PutInForce(R"(id: "limits" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } }
rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_CONFLICT_OF_INTEREST when { recipient { in_conflict: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { on_panel: true } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" } })");
    nominal_ = world_.Register(1);
    world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR},
                               {"police/panel", v1::SEAT_KIND_MEMBER}});
  }

  Applied Limit(const std::vector<std::string>& excluded, const std::vector<std::string>& only,
                const std::string& by = "probation/chair") {
    LimitAccess command;
    command.set_nominal_id(nominal_);
    for (const std::string& name : excluded) command.add_excluded(name);
    for (const std::string& name : only) command.add_only(name);
    return world_.Say(Why(World::System(by)), COMMAND_NUMBER_LIMIT_ACCESS, command);
  }
  Applied Conflict(const std::string& post, const std::string& by, bool withdrawn = false) {
    DeclareConflict command;
    command.set_nominal_id(nominal_);
    command.set_post(post);
    command.set_withdrawn(withdrawn);
    return world_.Say(Why(World::System(by)), COMMAND_NUMBER_DECLARE_CONFLICT, command);
  }
  v1::Level LevelFor(const std::string& post) {
    world_.Publish(world_.Event(nominal_));
    return world_.DecisionFor(post)->level();
  }
  v1::RuleReason ShortfallFor(const std::string& post) {
    return world_.DecisionFor(post)->shortfall();
  }
  /// Whether the originator waits to hear that `post`'s access has changed.
  bool IsToldOf(const std::string& post) {
    for (const auto& [key, bytes] : world_.state.Scan(
             LaneRows(state::Table::kWaiting, "ct-police/intel", v1::URGENCY_ROUTINE), 100)) {
      ItemRow item;
      item.ParseFromString(bytes);
      if (item.kind() == ITEM_KIND_ACCESS_CHANGED && item.other_post() == post) return true;
    }
    return false;
  }

  World world_;
  std::string nominal_;
};

TEST_F(ApplyAccess, WhoeverIsExcludedIsJudgedSoAndThePanelsDutyIsUnmet) {
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_FULL);
  EXPECT_EQ(Limit({"police"}, {}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD);
  EXPECT_EQ(ShortfallFor("police/panel"), v1::RULE_REASON_ACCESS_LIMITED);
  EXPECT_EQ(world_.OpenObligations().size(), 1u) << "never in silence";
  EXPECT_EQ(LevelFor("probation/chair"), v1::LEVEL_FULL);

  // What is set replaces what was.
  EXPECT_EQ(Limit({}, {"police/panel"}, "police/coordinator").outcome,
            audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD) << "nothing has changed yet";
  EXPECT_EQ(Limit({}, {"probation"}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD) << "not among those let see it";
  EXPECT_EQ(LevelFor("probation/chair"), v1::LEVEL_FULL);
}

/// What waits is judged again when it is to go out.
TEST_F(ApplyAccess, WhatWaitsIsJudgedAgain) {
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_FULL);
  EXPECT_EQ(world_.Waiting("police/panel", v1::URGENCY_URGENT), 1u);
  Limit({"police/panel"}, {});
  world_.OpenSession("police/panel");
  EXPECT_TRUE(world_.Released("police/panel", v1::URGENCY_URGENT).empty());
}

/// P3. Whoever was kept out by mistake is told, late, what they were not.
TEST_F(ApplyAccess, WhoeverIsLetSeeAgainGetsWhatWasWithheldMeanwhile) {
  Limit({"police/panel"}, {});
  const std::string excluded = world_.NextEventId();
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD);
  world_.OpenSession("police/panel");
  Limit({}, {});
  world_.PassAndPulse(0);
  const auto released = world_.Released("police/panel", v1::URGENCY_URGENT);
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released.begin()->second.event_id(), excluded);
  EXPECT_TRUE(released.begin()->second.late());

  Conflict("police/panel", "police/panel");
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD);
  const std::string pending =
      Conflict("police/panel", "police/panel", /*withdrawn=*/true).made_id;
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(pending)->Bytes());
  ASSERT_EQ(world_.Say(Why(World::System("probation/chair")), COMMAND_NUMBER_SECOND_HAND, second)
                .sentence,
            "");
  world_.PassAndPulse(0);
  std::size_t events = 0;
  for (const auto& [number, item] : world_.Released("police/panel", v1::URGENCY_URGENT)) {
    events += item.kind() == ITEM_KIND_EVENT ? 1 : 0;
  }
  EXPECT_EQ(events, 2u) << "what was taken back meanwhile comes again, too";
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// Live feeds are told before the answer that they may go on no more; what is out and not settled
/// is taken back.
TEST_F(ApplyAccess, WhatIsOutIsTakenBackFromWhoeverIsKeptOut) {
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_FULL);
  world_.OpenSession("police/panel");
  ASSERT_EQ(world_.Released("police/panel", v1::URGENCY_URGENT).size(), 1u);
  const Applied limited = Limit({"police/panel"}, {});
  EXPECT_EQ(limited.HowFar(), Change::kTelling);
  const auto out = world_.Released("police/panel", v1::URGENCY_URGENT);
  for (const auto& [number, item] : out) EXPECT_NE(item.kind(), ITEM_KIND_EVENT);
  EXPECT_EQ(world_.OpenObligations().size(), 1u) << "the panel's duty is unmet now";
}

TEST_F(ApplyAccess, OriginatorsHearOfWhoeverIsLetSeeMore) {
  world_.Publish(world_.Event(nominal_));
  Limit({"police"}, {});
  EXPECT_FALSE(IsToldOf("police/panel")) << "seeing less is no news to an originator";
  Limit({}, {});
  EXPECT_TRUE(IsToldOf("police/panel"));
  EXPECT_FALSE(IsToldOf("probation/chair")) << "whose access did not change";
}

TEST_F(ApplyAccess, LimitsAreRefusedWithAReason) {
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= model::kAccessLimitsMax; ++i) {
    many.push_back("police/post-" + std::to_string(100 + i));
  }
  const struct {
    const char* what;
    std::vector<std::string> excluded;
    v1::ErrorReason reason;
  } kRows[] = {
      {"nobody the directory knows", {"ghosts"}, v1::ERROR_REASON_NOT_FOUND},
      {"no post the directory knows", {"police/ghost"}, v1::ERROR_REASON_NOT_FOUND},
      {"no name", {"P.C. Smith"}, v1::ERROR_REASON_NAME_INVALID},
      {"half a name", {"police/"}, v1::ERROR_REASON_NAME_INVALID},
      {"out of order", {"prison", "police"}, v1::ERROR_REASON_FIELD_INVALID},
      {"twice", {"police", "police"}, v1::ERROR_REASON_FIELD_INVALID},
      {"too many", many, v1::ERROR_REASON_LIMIT_PASSED},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Limit(row.excluded, {}).reason, row.reason) << row.what;
    EXPECT_EQ(Limit({}, row.excluded).reason, row.reason) << row.what;
  }
  nominal_ = std::string(16, 'x');
  EXPECT_EQ(Limit({"police"}, {}).reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(ApplyAccess, AConflictIsDeclaredByThePostItselfOrByACoordinatorOrChair) {
  EXPECT_EQ(Conflict("police/panel", "probation/supervisor").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Conflict("police/panel", "police/panel").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD);
  EXPECT_EQ(ShortfallFor("police/panel"), v1::RULE_REASON_CONFLICT_OF_INTEREST);
  EXPECT_EQ(Conflict("police/panel", "police/panel").reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Conflict("ct-police/intel", "probation/chair").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Conflict("police/ghost", "probation/chair").reason, v1::ERROR_REASON_NOT_FOUND);
}

/// P6. Whoever is kept out of the person declares for nobody else, whether there is a case or not.
TEST_F(ApplyAccess, WhoeverIsKeptOutCannotTellThatThereIsACase) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kRefusedAlikeFrom - 1), kRefusedAlikeFrom}) {
    std::string sentences[2];
    for (const bool managed : {false, true}) {
      World world;
      const std::string nominal = world.Register(1);
      if (managed) world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_CHAIR}});
      LimitAccess limit;
      limit.set_nominal_id(nominal);
      limit.add_excluded("probation/chair");
      ASSERT_EQ(world.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_LIMIT_ACCESS,
                          limit)
                    .sentence,
                "");
      world.behaviour_version = version;
      DeclareConflict command;
      command.set_nominal_id(nominal);
      command.set_post("education/guest");
      sentences[managed ? 1 : 0] =
          world.Say(Why(World::System("probation/chair")), COMMAND_NUMBER_DECLARE_CONFLICT, command)
              .sentence;
    }
    EXPECT_EQ(sentences[0] == sentences[1], version >= kRefusedAlikeFrom) << version;
  }
}

TEST_F(ApplyAccess, AsManyConflictsAreDeclaredAsTheLimitSays) {
  state::Batch batch(world_.state);
  auto row = *world_.state.Find<NominalRow>(NominalKey(nominal_));
  for (std::size_t i = 1; i < model::kConflictsMax; ++i) {
    row.add_in_conflict("agency/post-" + std::to_string(1000 + i));
  }
  batch.PutRow(NominalKey(nominal_), row);
  world_.state.Commit(batch);
  EXPECT_EQ(Conflict("police/panel", "probation/chair").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Conflict("ct-police/intel", "probation/chair").reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// P10. Nobody takes back alone what keeps them out.
TEST_F(ApplyAccess, AConflictIsTakenBackByTwoHands) {
  world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(Conflict("police/panel", "police/panel", /*withdrawn=*/true).reason,
            v1::ERROR_REASON_WRONG_STATE);
  Conflict("police/panel", "police/panel");
  const Applied first = Conflict("police/panel", "police/panel", /*withdrawn=*/true);
  EXPECT_EQ(first.outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_WITHHELD);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  EXPECT_EQ(
      world_.Say(Why(World::System("probation/chair")), COMMAND_NUMBER_SECOND_HAND, second).outcome,
      audit::Outcome::kApplied);
  EXPECT_EQ(LevelFor("police/panel"), v1::LEVEL_FULL);
  EXPECT_TRUE(IsToldOf("police/panel"));
}

}  // namespace
}  // namespace tearline::machine
