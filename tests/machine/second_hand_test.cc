#include "broker/machine/second_hand.h"

#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

SeatPost Seat(const std::string& case_id, const std::string& post) {
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post(post);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  return seat;
}

SecondHand Confirm(const Applied& first) {
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  return second;
}

bool IsSeated(const World& world, const std::string& case_id, const std::string& post) {
  const auto row = world.state.Find<CaseRow>(state::Key(state::Table::kCase).Fixed(case_id));
  for (const v1::Seat& seat : row->case_().seats()) {
    if (seat.post() == post) return true;
  }
  return false;
}

/// P10. A seat for one's own agency waits for another post; a seat for another agency does not.
TEST(SecondHand, IsNeededToSeatOnesOwnAgency) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Actor police = World::System("police/coordinator");
  EXPECT_EQ(world.Say(police, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "prison/security")).outcome,
            audit::Outcome::kApplied);
  const Applied first = world.Say(police, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "police/panel"));
  EXPECT_EQ(first.outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_FALSE(IsSeated(world, case_id, "police/panel")) << "nothing has changed yet";

  const Applied second =
      world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, Confirm(first));
  EXPECT_EQ(second.outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(IsSeated(world, case_id, "police/panel"));
}

TEST(SecondHand, IsRefusedToTheFirstHandAndToWhoeverCouldNotHaveAsked) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                  Seat(case_id, "police/panel"));
  const SecondHand confirm = Confirm(first);
  EXPECT_EQ(
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, confirm).reason,
      v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  EXPECT_EQ(
      world.Say(World::Holder("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, confirm).reason,
      v1::ERROR_REASON_SECOND_HAND_REQUIRED)
      << "another member of the same post is the same hand";
  EXPECT_EQ(world.Say(World::System("probation/chair"), COMMAND_NUMBER_SECOND_HAND, confirm).reason,
            v1::ERROR_REASON_NOT_PERMITTED)
      << "no coordinator";
  EXPECT_FALSE(IsSeated(world, case_id, "police/panel"));
}

TEST(SecondHand, ServesOnce) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                  Seat(case_id, "police/panel"));
  const Actor probation = World::System("probation/coordinator");
  world.Say(probation, COMMAND_NUMBER_SECOND_HAND, Confirm(first));
  EXPECT_EQ(world.Say(probation, COMMAND_NUMBER_SECOND_HAND, Confirm(first)).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

/// A first hand suspended in between takes its command with it.
TEST(SecondHand, LooksAtTheFirstHandsStandingAgain) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                  Seat(case_id, "police/panel"));
  SetSuspension suspend;
  suspend.set_agency("police");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_EQ(
      world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, Confirm(first))
          .reason,
      v1::ERROR_REASON_SUSPENDED);
  EXPECT_FALSE(IsSeated(world, case_id, "police/panel"));
}

struct Row {
  const char* what;
  CommandNumber number;
  std::string bytes;
  const char* author;
  bool waits;
};

/// Commands as somebody would ask for them.
class Asked {
 public:
  Asked()
      : nominal_(world.Register(1)),
        case_(world.OpenCase(nominal_, {{"police/panel", v1::SEAT_KIND_MEMBER}})) {}

  std::string Link(int number) const {
    LinkIdentifier command;
    command.set_nominal_id(nominal_);
    *command.mutable_identifier() = World::Number(number);
    return command.SerializeAsString();
  }
  std::string Accountable(const char* post) const {
    NameAccountable command;
    command.set_case_id(case_);
    command.set_post(post);
    return command.SerializeAsString();
  }
  std::string Open(int number, const char* lead) {
    OpenCase command;
    v1::Case& asked = *command.mutable_case_();
    asked.set_nominal_id(model::NominalId::FromBytes(world.Register(number))->Text());
    asked.set_category(v1::MAPPA_CATEGORY_2);
    asked.set_level(v1::MAPPA_LEVEL_2);
    asked.set_area("north");
    asked.set_lead_agency(lead);
    return command.SerializeAsString();
  }
  static std::string Post(const char* name, const char* escalates_to = "") {
    SetPost command;
    command.mutable_post()->set_post(name);
    command.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    command.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    command.mutable_post()->set_escalates_to(escalates_to);
    return command.SerializeAsString();
  }
  std::string Authority(const char* agency) const {
    AdmitAgency command;
    *command.mutable_agency() =
        world.state.Find<AgencyRow>(state::Key(state::Table::kAgency).Name(agency))->agency();
    command.mutable_agency()->set_authority_certificate("an authority of the operator's own");
    return command.SerializeAsString();
  }
  static std::string Lift(const char* agency) {
    SetSuspension command;
    command.set_agency(agency);
    return command.SerializeAsString();
  }

  World world;

 private:
  const std::string nominal_;
  const std::string case_;
};

/// P10, command by command: what would let the author's own agency see more waits.
TEST(SecondHand, IsNeededForEveryCommandThatWidensItsAuthorsAccess) {
  Asked asked;
  const Row rows[] = {
      {"a link to a nominal of one's own panel", COMMAND_NUMBER_LINK_IDENTIFIER, asked.Link(11),
       "police/panel", true},
      {"a link to somebody else's nominal", COMMAND_NUMBER_LINK_IDENTIFIER, asked.Link(12),
       "prison/security", false},
      {"one's own accountable officer", COMMAND_NUMBER_NAME_ACCOUNTABLE,
       asked.Accountable("police/panel"), "police/coordinator", true},
      {"another agency's accountable officer", COMMAND_NUMBER_NAME_ACCOUNTABLE,
       asked.Accountable("ct-police/accountable"), "police/coordinator", false},
      {"a case one's own agency leads", COMMAND_NUMBER_OPEN_CASE, asked.Open(21, "police"),
       "police/coordinator", true},
      {"a case another agency leads", COMMAND_NUMBER_OPEN_CASE, asked.Open(22, "probation"),
       "police/coordinator", false},
      {"a post of the operator's own agency", COMMAND_NUMBER_SET_POST, Asked::Post("desk/new"),
       "desk/operator", true},
      {"a post of another agency", COMMAND_NUMBER_SET_POST, Asked::Post("prison/new"),
       "desk/operator", false},
      {"a line that ends at the operator's own post", COMMAND_NUMBER_SET_POST,
       Asked::Post("prison/climbs", "desk/operator"), "desk/operator", true},
      {"another agency's authority", COMMAND_NUMBER_ADMIT_AGENCY, asked.Authority("prison"),
       "desk/operator", true},
      {"lifting a suspension of one's own", COMMAND_NUMBER_SET_SUSPENSION, Asked::Lift("desk"),
       "desk/operator", true},
      {"lifting another's", COMMAND_NUMBER_SET_SUSPENSION, Asked::Lift("prison"), "desk/operator",
       false},
  };
  for (const Row& row : rows) {
    const Applied applied = asked.world.Say(World::System(row.author), row.number, row.bytes);
    EXPECT_EQ(applied.outcome,
              row.waits ? audit::Outcome::kAwaitsSecondHand : audit::Outcome::kApplied)
        << row.what << ": " << applied.sentence;
  }
}

/// P10. Whoever told something about a person hears that one more post may see it.
TEST(SecondHand, ComesWithWordToTheOriginators) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  world.Publish(world.Event(nominal), "ct-police/intel");
  world.Publish(world.Event(nominal), "prison/security");
  world.OpenSession("ct-police/intel");
  world.OpenSession("prison/security");

  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
            Seat(case_id, "education/guest"));
  for (const char* originator : {"ct-police/intel", "prison/security"}) {
    const auto items = world.Released(originator, v1::URGENCY_ROUTINE);
    ASSERT_EQ(items.size(), 1u) << originator;
    EXPECT_EQ(items.at(1).kind(), ITEM_KIND_ACCESS_CHANGED);
    EXPECT_EQ(items.at(1).other_post(), "education/guest");
  }
}

}  // namespace
}  // namespace tearline::machine
