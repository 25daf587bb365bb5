#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/state/batch.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

OpenCase Asked(World& world, int number) {
  OpenCase command;
  v1::Case& asked = *command.mutable_case_();
  asked.set_nominal_id(model::NominalId::FromBytes(world.Register(number))->Text());
  asked.set_category(v1::MAPPA_CATEGORY_2);
  asked.set_level(v1::MAPPA_LEVEL_2);
  asked.set_lead_agency("probation");
  asked.set_area("north");
  return command;
}

Applied Open(World& world, const OpenCase& command) {
  return world.Say(World::System("police/coordinator"), COMMAND_NUMBER_OPEN_CASE, command);
}

struct Row {
  const char* what;
  void (*spoil)(v1::Case&);
  v1::ErrorReason reason;  // UNSPECIFIED: good
};

const Row kRows[] = {
    {"as asked", [](v1::Case&) {}, v1::ERROR_REASON_UNSPECIFIED},
    {"category 3 at level 2", [](v1::Case& asked) { asked.set_category(v1::MAPPA_CATEGORY_3); },
     v1::ERROR_REASON_UNSPECIFIED},
    {"category 3 at level 1",
     [](v1::Case& asked) {
       asked.set_category(v1::MAPPA_CATEGORY_3);
       asked.set_level(v1::MAPPA_LEVEL_1);
     },
     v1::ERROR_REASON_FIELD_INVALID},
    {"category unknown", [](v1::Case& asked) { asked.set_category(v1::MAPPA_CATEGORY_UNKNOWN); },
     v1::ERROR_REASON_UNSPECIFIED},
    {"no category", [](v1::Case& asked) { asked.clear_category(); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"no level", [](v1::Case& asked) { asked.clear_level(); }, v1::ERROR_REASON_FIELD_INVALID},
    {"a lead nobody knows", [](v1::Case& asked) { asked.set_lead_agency("ghosts"); },
     v1::ERROR_REASON_NOT_FOUND},
    {"an accountable post nobody knows",
     [](v1::Case& asked) { asked.set_accountable_post("police/ghost"); },
     v1::ERROR_REASON_NOT_FOUND},
    {"seats at once", [](v1::Case& asked) { asked.add_seats(); },
     v1::ERROR_REASON_FIELD_IS_BROKERS},
    {"a nominal nobody knows",
     [](v1::Case& asked) { asked.set_nominal_id("nom_00000000000000000000000000000000"); },
     v1::ERROR_REASON_NOT_FOUND},
};

TEST(ApplyCase, OpensWhatMakesSense) {
  World world;
  int number = 10;
  for (const Row& row : kRows) {
    OpenCase command = Asked(world, number++);
    row.spoil(*command.mutable_case_());
    EXPECT_EQ(Open(world, command).reason, row.reason) << row.what;
  }
}

TEST(ApplyCase, IsOneForANominal) {
  World world;
  const OpenCase command = Asked(world, 1);
  EXPECT_EQ(Open(world, command).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Open(world, command).reason, v1::ERROR_REASON_ALREADY_EXISTS);
}

TEST(ApplyCase, SeatsChangesAndUnseats) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const auto say = [&](v1::SeatKind kind, bool leave) {
    SeatPost command;
    command.set_case_id(case_id);
    command.mutable_seat()->set_post("prison/security");
    command.mutable_seat()->set_kind(kind);
    command.set_leave(leave);
    return world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, command);
  };
  EXPECT_EQ(say(v1::SEAT_KIND_GUEST, true).reason, v1::ERROR_REASON_WRONG_STATE);
  say(v1::SEAT_KIND_GUEST, false);
  say(v1::SEAT_KIND_MEMBER, false);
  const auto row = world.state.Find<CaseRow>(CaseKey(case_id));
  ASSERT_EQ(row->case_().seats_size(), 1) << "one post, one seat";
  EXPECT_EQ(row->case_().seats(0).kind(), v1::SEAT_KIND_MEMBER);
  say(v1::SEAT_KIND_MEMBER, true);
  EXPECT_EQ(world.state.Find<CaseRow>(CaseKey(case_id))->case_().seats_size(), 0);
}

TEST(ApplyCase, HasSixtyFourSeatsAndNoMore) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  for (std::size_t i = 0; i <= model::kPanelSeatsMax; ++i) {
    SetPost set;
    set.mutable_post()->set_post("prison/post-" + std::to_string(i));
    set.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
    SeatPost seat;
    seat.set_case_id(case_id);
    seat.mutable_seat()->set_post(set.post().post());
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    const Applied applied =
        world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
    EXPECT_EQ(applied.reason, i < model::kPanelSeatsMax ? v1::ERROR_REASON_UNSPECIFIED
                                                        : v1::ERROR_REASON_LIMIT_PASSED)
        << "seat " << i + 1;
  }
}

TEST(ApplyCase, NamesWhoIsAccountable) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  NameAccountable command;
  command.set_case_id(case_id);
  command.set_post("ct-police/accountable");
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, command);
  EXPECT_EQ(world.state.Find<CaseRow>(CaseKey(case_id))->case_().accountable_post(),
            "ct-police/accountable");
  command.set_post("ct-police/ghost");
  EXPECT_EQ(world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, command)
                .reason,
            v1::ERROR_REASON_NOT_FOUND);
}

/// A case in the area "north", where police works; probation works in "south".
class CaseOfAnArea : public testing::Test {
 protected:
  CaseOfAnArea() {
    SetArea("police", "north");
    nominal_ = world_.Register(1);
    case_id_ = world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
    SetArea("probation", "south");
  }
  /// As genesis would have it: who works where.
  void SetArea(const std::string& agency, const std::string& area) {
    AgencyRow row = *world_.state.Find<AgencyRow>(AgencyKey(agency));
    row.mutable_agency()->set_area(area);
    state::Batch batch(world_.state);
    batch.PutRow(AgencyKey(agency), row);
    world_.state.Commit(batch);
  }
  SeatPost Unseating() const {
    SeatPost command;
    command.set_case_id(case_id_);
    command.mutable_seat()->set_post("probation/chair");
    command.set_leave(true);
    return command;
  }
  NamePost Naming() const {
    NamePost command;
    command.set_case_id(case_id_);
    command.mutable_named()->set_post("police/panel");
    command.mutable_named()->set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
    return command;
  }
  NameAccountable Accountable() const {
    NameAccountable command;
    command.set_case_id(case_id_);
    command.set_post("ct-police/accountable");
    return command;
  }
  template <typename Command>
  v1::ErrorReason Say(CommandNumber number, const Command& command,
                      const std::string& post = "probation/coordinator") {
    return world_.Say(World::System(post), number, command).reason;
  }

  World world_;
  std::string nominal_;
  std::string case_id_;
};

TEST_F(CaseOfAnArea, IsRunByItsAreasCoordinators) {
  EXPECT_EQ(Say(COMMAND_NUMBER_SEAT_POST, Unseating()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Say(COMMAND_NUMBER_NAME_POST, Naming()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Say(COMMAND_NUMBER_NAME_ACCOUNTABLE, Accountable()), v1::ERROR_REASON_NOT_FOUND);
  OpenCase open = Asked(world_, 2);
  EXPECT_EQ(Say(COMMAND_NUMBER_OPEN_CASE, open), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world_.state.Find<CaseRow>(CaseKey(case_id_))->case_().seats_size(), 1);
  const std::string own = "police/coordinator";
  EXPECT_EQ(Say(COMMAND_NUMBER_OPEN_CASE, open, own), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Say(COMMAND_NUMBER_NAME_ACCOUNTABLE, Accountable(), own),
            v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Say(COMMAND_NUMBER_SEAT_POST, Unseating(), own), v1::ERROR_REASON_UNSPECIFIED);
}

/// Nor does whose agency works elsewhere give the second hand: they could not have asked the same.
TEST_F(CaseOfAnArea, IsConfirmedByItsAreasCoordinators) {
  const Applied asked =
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, Naming());
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  EXPECT_EQ(Say(COMMAND_NUMBER_SECOND_HAND, second), v1::ERROR_REASON_NOT_FOUND);
  SetArea("probation", "");
  EXPECT_EQ(Say(COMMAND_NUMBER_SECOND_HAND, second), v1::ERROR_REASON_UNSPECIFIED)
      << "who works everywhere";
}

/// So it was before: any co-ordinator ran any case.
TEST_F(CaseOfAnArea, WasRunByAnyCoordinatorBefore) {
  world_.behaviour_version = kCoordinatedFrom - 1;
  EXPECT_EQ(Say(COMMAND_NUMBER_SEAT_POST, Unseating()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Say(COMMAND_NUMBER_OPEN_CASE, Asked(world_, 2), "police/coordinator"),
            v1::ERROR_REASON_UNSPECIFIED);
}

/// Whatever a live stream found out about somebody before a change of their case no longer holds.
TEST(ApplyCase, ChangesWhatMayBeTold) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("probation/chair");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  for (const bool leave : {false, true}) {
    seat.set_leave(leave);
    EXPECT_EQ(
        world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).HowFar(),
        Change::kTelling);
  }
  NameAccountable name;
  name.set_case_id(case_id);
  name.set_post("ct-police/accountable");
  EXPECT_EQ(world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                .HowFar(),
            Change::kTelling);
  EXPECT_EQ(world.Publish(world.Event(world.Register(2))).HowFar(), Change::kNone);
}

/// A post named for a function is brought in by the case, whether it sits on the panel or not.
TEST(ApplyCase, NamesPostsForFunctionsAndTakesThatBack) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {});
  NamePost command;
  command.set_case_id(case_id);
  command.mutable_named()->set_post("prison/security");
  const auto say = [&] {
    return world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, command);
  };
  EXPECT_EQ(say().reason, v1::ERROR_REASON_FIELD_INVALID) << "a function is needed";
  command.mutable_named()->set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  EXPECT_EQ(say().outcome, audit::Outcome::kApplied);
  EXPECT_EQ(say().reason, v1::ERROR_REASON_ALREADY_EXISTS);
  world.Publish(world.Event(nominal));
  EXPECT_TRUE(world.DecisionFor("prison/security")) << "it is judged";
  command.set_leave(true);
  EXPECT_EQ(say().outcome, audit::Outcome::kApplied);
  EXPECT_EQ(say().reason, v1::ERROR_REASON_WRONG_STATE);
  world.Publish(world.Event(nominal));
  EXPECT_FALSE(world.DecisionFor("prison/security"));
  command.set_leave(false);
  command.mutable_named()->set_post("police/ghost");
  EXPECT_EQ(say().reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST(ApplyCase, NamesAsManyPostsAsTheLimitSays) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  state::Batch batch(world.state);
  auto row = *world.state.Find<CaseRow>(CaseKey(case_id));
  for (int i = 1; i < model::kNamedPostsMax; ++i) {
    v1::CasePost& named = *row.mutable_case_()->add_named_posts();
    named.set_post("agency/post-" + std::to_string(i));
    named.set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  }
  batch.PutRow(CaseKey(case_id), row);
  world.state.Commit(batch);
  NamePost command;
  command.set_case_id(case_id);
  command.mutable_named()->set_post("prison/security");
  for (const auto& [function, reason] :
       {std::pair(v1::CASE_FUNCTION_POLICE_OF_HOME, v1::ERROR_REASON_UNSPECIFIED),
        std::pair(v1::CASE_FUNCTION_POLICE_OF_OFFENCE, v1::ERROR_REASON_LIMIT_PASSED)}) {
    command.mutable_named()->set_function(function);
    EXPECT_EQ(
        world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, command).reason,
        reason);
  }
}

/// P10. Naming a post of one's own agency shows that agency more.
TEST(ApplyCase, NamesAPostOfOnesOwnOnlyWithASecondHand) {
  World world;
  NamePost command;
  command.set_case_id(world.OpenCase(world.Register(1), {}));
  command.mutable_named()->set_post("police/panel");
  command.mutable_named()->set_function(v1::CASE_FUNCTION_POLICE_OF_OFFENCE);
  EXPECT_EQ(
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, command).outcome,
      audit::Outcome::kAwaitsSecondHand);
}

}  // namespace
}  // namespace tearline::machine
