#include "broker/machine/second_hand.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/doubles/sample_policy.h"
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
        case_(world.OpenCase(nominal_, {{"police/panel", v1::SEAT_KIND_MEMBER},
                                        {"probation/chair", v1::SEAT_KIND_CHAIR}})) {}

  std::string Link(int number) const {
    LinkIdentifier command;
    command.set_nominal_id(nominal_);
    *command.mutable_identifier() = World::Number(number);
    return command.SerializeAsString();
  }
  std::string Disclose(v1::DisclosureDecision decision) const {
    DecideDisclosure command;
    command.set_case_id(case_);
    command.set_third_party(v1::THIRD_PARTY_EMPLOYER);
    command.set_decision(decision);
    if (decision == v1::DISCLOSURE_DECISION_DISCLOSE)
      command.add_matters(v1::DISCLOSED_MATTER_RISK);
    return command.SerializeAsString();
  }
  std::string Conflict(const char* post, bool withdrawn = false) const {
    DeclareConflict command;
    command.set_nominal_id(nominal_);
    command.set_post(post);
    command.set_withdrawn(withdrawn);
    return command.SerializeAsString();
  }
  std::string Exclude(const char* name) const {
    LimitAccess command;
    command.set_nominal_id(nominal_);
    command.add_excluded(name);
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
  std::string Seated(const char* post) const { return Seat(case_, post).SerializeAsString(); }
  static std::string Policy() {
    ProposePolicy command;
    command.set_policy_text(doubles::PolicyForChairs());
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
      {"declining to tell a third party", COMMAND_NUMBER_DECIDE_DISCLOSURE,
       asked.Disclose(v1::DISCLOSURE_DECISION_DECLINE), "probation/chair", false},
      {"telling a third party", COMMAND_NUMBER_DECIDE_DISCLOSURE,
       asked.Disclose(v1::DISCLOSURE_DECISION_DISCLOSE), "probation/chair", true},
      {"one's own declared conflict", COMMAND_NUMBER_DECLARE_CONFLICT,
       asked.Conflict("police/panel"), "police/panel", false},
      {"excluding one's own agency", COMMAND_NUMBER_LIMIT_ACCESS, asked.Exclude("police"),
       "police/coordinator", false},
      {"lifting one's own exclusion", COMMAND_NUMBER_LIMIT_ACCESS, asked.Exclude("prison"),
       "police/coordinator", true},
      {"lifting another's exclusion", COMMAND_NUMBER_LIMIT_ACCESS, asked.Exclude("prison"),
       "probation/coordinator", false},
      {"taking one's own conflict back", COMMAND_NUMBER_DECLARE_CONFLICT,
       asked.Conflict("police/panel", /*withdrawn=*/true), "police/panel", true},
      {"taking another's back", COMMAND_NUMBER_DECLARE_CONFLICT,
       asked.Conflict("police/panel", /*withdrawn=*/true), "probation/chair", false},
      {"lifting another's", COMMAND_NUMBER_SET_SUSPENSION, Asked::Lift("prison"), "desk/operator",
       false},
  };
  for (const Row& row : rows) {
    Actor author = World::System(row.author);
    author.set_purpose("public-protection");
    author.set_legal_basis("CJA2003-327A");
    const Applied applied = asked.world.Say(author, row.number, row.bytes);
    EXPECT_EQ(applied.outcome,
              row.waits ? audit::Outcome::kAwaitsSecondHand : audit::Outcome::kApplied)
        << row.what << ": " << applied.sentence;
  }
}

/// One place where a second hand is asked, and the two hands that would do.
struct Place {
  const char* what;
  CommandNumber number;
  std::string bytes;
  const char* first;
  const char* second;
};

std::vector<Place> Places(Asked& asked) {
  const char* police = "police/coordinator";
  const char* probation = "probation/coordinator";
  return {
      {"link", COMMAND_NUMBER_LINK_IDENTIFIER, asked.Link(11), "police/panel", "probation/chair"},
      {"accountable", COMMAND_NUMBER_NAME_ACCOUNTABLE, asked.Accountable("police/panel"), police,
       probation},
      {"case", COMMAND_NUMBER_OPEN_CASE, asked.Open(21, "police"), police, probation},
      {"disclosure", COMMAND_NUMBER_DECIDE_DISCLOSURE,
       asked.Disclose(v1::DISCLOSURE_DECISION_DISCLOSE), police, probation},
      {"seat", COMMAND_NUMBER_SEAT_POST, asked.Seated("police/coordinator"), police, probation},
      {"post", COMMAND_NUMBER_SET_POST, Asked::Post("desk/new"), "desk/operator", "board/operator"},
      {"agency", COMMAND_NUMBER_ADMIT_AGENCY, asked.Authority("prison"), "desk/operator",
       "board/operator"},
      {"suspension", COMMAND_NUMBER_SET_SUSPENSION, Asked::Lift("desk"), "desk/operator",
       "board/operator"},
      {"policy", COMMAND_NUMBER_PROPOSE_POLICY, Asked::Policy(), "desk/author", "desk/governance"},
  };
}

/// How the two hands look, and whether they are two.
struct Hands {
  const char* what;
  void (*change)(Actor& first, Actor& second);
  bool are_two;
};

constexpr Hands kHands[] = {
    {"other post, member and certificate", [](Actor&, Actor&) {}, true},
    {"one certificate",
     [](Actor& first, Actor& second) { second.set_certificate_digest(first.certificate_digest()); },
     false},
    {"two systems for one user",
     [](Actor& first, Actor& second) {
       for (Actor* each : {&first, &second}) {
         each->set_on_behalf_of_user("officer-17");
         each->set_on_behalf_of_issuer("idp.example");
       }
     },
     false},
    {"two users of one issuer",
     [](Actor& first, Actor& second) {
       first.set_on_behalf_of_user("officer-17");
       second.set_on_behalf_of_user("officer-18");
       for (Actor* each : {&first, &second}) each->set_on_behalf_of_issuer("idp.example");
     },
     true},
    {"the same name from two issuers",
     [](Actor& first, Actor& second) {
       first.set_on_behalf_of_user("officer-17");
       first.set_on_behalf_of_issuer("idp.example");
       second.set_on_behalf_of_user("officer-17");
       second.set_on_behalf_of_issuer("login.example");
     },
     true},
};

/// P10. Wherever two hands are asked, they are held to the same table.
TEST(SecondHand, IsAnotherMemberWithAnotherCredentialEverywhere) {
  const std::size_t places = [] {
    Asked asked;
    return Places(asked).size();
  }();
  for (std::size_t i = 0; i < places; ++i) {
    for (const Hands& hands : kHands) {
      Asked asked;
      const Place place = Places(asked)[i];
      Actor first = World::System(place.first);
      Actor second = World::System(place.second);
      for (Actor* each : {&first, &second}) {
        each->set_purpose("public-protection");
        each->set_legal_basis("CJA2003-327A");
      }
      hands.change(first, second);
      const Applied begun = asked.world.Say(first, place.number, place.bytes);
      Applied done;
      if (place.number == COMMAND_NUMBER_PROPOSE_POLICY) {
        ProposePolicy proposed;
        proposed.ParseFromString(place.bytes);
        ApprovePolicy approve;
        approve.set_policy_digest(crypto::Sha256(proposed.policy_text()).Bytes());
        asked.world.NoteSimulation(proposed.policy_text());
        done = asked.world.Say(second, COMMAND_NUMBER_APPROVE_POLICY, approve);
      } else {
        ASSERT_EQ(begun.outcome, audit::Outcome::kAwaitsSecondHand) << place.what;
        done = asked.world.Say(second, COMMAND_NUMBER_SECOND_HAND, Confirm(begun));
      }
      EXPECT_EQ(done.outcome, hands.are_two ? audit::Outcome::kApplied : audit::Outcome::kRefused)
          << place.what << ", " << hands.what << ": " << done.sentence;
      if (!hands.are_two) {
        EXPECT_EQ(done.reason, v1::ERROR_REASON_SECOND_HAND_REQUIRED)
            << place.what << ", " << hands.what;
      }
    }
  }
}

TEST(IsSameHand, LooksAtPostMemberCredentialAndUser) {
  const Actor first = World::System("police/coordinator");
  const Actor other = World::System("probation/coordinator");
  EXPECT_FALSE(IsSameHand(first, other));
  Actor second = World::Holder("police/coordinator");
  EXPECT_TRUE(IsSameHand(first, second)) << "another member of the same post";
  second = first;
  second.set_post("police/panel");
  second.set_certificate_digest(other.certificate_digest());
  EXPECT_TRUE(IsSameHand(first, second)) << "the same member, certified anew, for another post";
  second = other;
  second.set_member(first.member());
  EXPECT_FALSE(IsSameHand(first, second)) << "a name of another agency is another member";
}

/// P10. Whoever could make alone the post that confirms could confirm alone.
TEST(SecondHand, IsNeededToMakeAPostThatGivesOne) {
  const struct {
    v1::PostRole role;
    bool waits;
  } kRows[] = {
      {v1::POST_ROLE_OPERATOR, true},
      {v1::POST_ROLE_COORDINATOR, true},
      {v1::POST_ROLE_INFORMATION_GOVERNANCE, true},
      {v1::POST_ROLE_POLICY_AUTHOR, false},
      {v1::POST_ROLE_CHAIR, false},
      {v1::POST_ROLE_AUDITOR, false},
  };
  for (const auto& row : kRows) {
    World world;
    SetPost command;
    command.mutable_post()->set_post("prison/new");
    command.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    command.mutable_post()->add_roles(row.role);
    command.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    EXPECT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command).outcome,
              row.waits ? audit::Outcome::kAwaitsSecondHand : audit::Outcome::kApplied)
        << v1::PostRole_Name(row.role);
  }
}

}  // namespace
}  // namespace tearline::machine
