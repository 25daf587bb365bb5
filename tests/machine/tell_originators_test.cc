#include "broker/machine/tell_originators.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Notices of changed access that wait for or have reached a post: how often for each post named
/// (an agency where it is one's) and nominal.
std::map<std::pair<std::string, std::string>, int> Told(const World& world,
                                                        const std::string& originator) {
  std::map<std::pair<std::string, std::string>, int> told;
  for (const state::Table table : {state::Table::kWaiting, state::Table::kReleased}) {
    for (const auto& [key, bytes] :
         world.state.Scan(LaneRows(table, originator, v1::URGENCY_ROUTINE), 10'000)) {
      ItemRow item;
      item.ParseFromString(bytes);
      if (item.kind() != ITEM_KIND_ACCESS_CHANGED) continue;
      ++told[{item.other_post() + item.other_agency(), item.nominal_id()}];
    }
  }
  return told;
}

/// Posts and agencies a post was told of, whatever the nominal, with a space between.
std::string Named(const World& world, const std::string& originator) {
  std::string named;
  for (const auto& [what, count] : Told(world, originator)) {
    named += (named.empty() ? "" : " ") + what.first;
  }
  return named;
}

SeatPost Seat(const std::string& case_id, const std::string& post) {
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post(post);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_GUEST);
  return seat;
}

v1::Post PostOf(const World& world, const std::string& name) {
  return world.state.Find<PostRow>(PostKey(name))->post();
}

/// A post of the prison that nobody serves but its security system.
std::string MakeWing(World& world, int number) {
  SetPost command;
  v1::Post& post = *command.mutable_post();
  post.set_post("prison/wing-" + std::to_string(number));
  post.add_roles(v1::POST_ROLE_PRACTITIONER);
  post.add_services("security-system");
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
  return post.post();
}

Applied PublishFromWing(World& world, const std::string& nominal, const std::string& wing) {
  stored::v1::Publish event = world.Event(nominal);
  event.set_originating_agency("prison");
  event.set_originating_post(wing);
  event.set_event_id(world.NextEventId());
  Actor actor = World::System("prison/security");
  actor.set_post(wing);
  return world.Say(actor, COMMAND_NUMBER_PUBLISH, event.SerializeAsString(), 1);
}

/// Says a command, with the second hand where one is asked.
void SayWithBothHands(World& world, const char* first, const char* second, CommandNumber number,
                      const std::string& bytes) {
  const Applied begun = world.Say(World::System(first), number, bytes);
  if (begun.outcome == audit::Outcome::kApplied) return;
  ASSERT_EQ(begun.outcome, audit::Outcome::kAwaitsSecondHand) << begun.sentence;
  SecondHand confirm;
  confirm.set_pending_id(model::PendingId::Parse(begun.made_id)->Bytes());
  const Applied done = world.Say(World::System(second), COMMAND_NUMBER_SECOND_HAND, confirm);
  ASSERT_EQ(done.outcome, audit::Outcome::kApplied) << done.sentence;
}

void SayAsOperators(World& world, CommandNumber number, const google::protobuf::Message& command) {
  SayWithBothHands(world, "desk/operator", "board/operator", number, command.SerializeAsString());
}

void SetWithChange(World& world, const std::string& name, void (*change)(v1::Post&)) {
  SetPost command;
  *command.mutable_post() = PostOf(world, name);
  change(*command.mutable_post());
  SayAsOperators(world, COMMAND_NUMBER_SET_POST, command);
}

void SetSuspended(World& world, const char* agency, const char* member, bool suspended) {
  SetSuspension command;
  command.set_agency(agency);
  command.set_member(member);
  command.set_suspended(suspended);
  SayAsOperators(world, COMMAND_NUMBER_SET_SUSPENSION, command);
}

void AdmitChanged(World& world, const char* agency, void (*change)(v1::Agency&)) {
  AdmitAgency command;
  *command.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey(agency))->agency();
  change(*command.mutable_agency());
  SayAsOperators(world, COMMAND_NUMBER_ADMIT_AGENCY, command);
}

Actor PrisonAsking() {
  Actor actor = World::System("prison/security");
  actor.set_purpose("public-protection");
  return actor;
}

struct Change {
  const char* what;
  void (*say)(World& world, const std::string& nominal, const std::string& case_id);
  const char* named;
};

const Change kChanges[] = {
    {"a seat",
     [](World& world, const std::string&, const std::string& case_id) {
       world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                 Seat(case_id, "education/guest"));
     },
     "education/guest"},
    {"an accountable officer",
     [](World& world, const std::string&, const std::string& case_id) {
       NameAccountable command;
       command.set_case_id(case_id);
       command.set_post("ct-police/accountable");
       world.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, command);
     },
     "ct-police/accountable"},
    {"a further number",
     [](World& world, const std::string& nominal, const std::string&) {
       LinkIdentifier command;
       command.set_nominal_id(nominal);
       *command.mutable_identifier() = World::Number(77);
       world.Say(PrisonAsking(), COMMAND_NUMBER_LINK_IDENTIFIER, command);
     },
     "prison/security"},
    {"a number it has already",
     [](World& world, const std::string& nominal, const std::string&) {
       LinkIdentifier command;
       command.set_nominal_id(nominal);
       *command.mutable_identifier() = World::Number(1);
       world.Say(PrisonAsking(), COMMAND_NUMBER_LINK_IDENTIFIER, command);
     },
     ""},
    {"a post's clearance",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel",
                     [](v1::Post& post) { post.mutable_clearance()->set_sensitive(false); });
     },
     "police/panel"},
    {"a post's roles",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel",
                     [](v1::Post& post) { post.add_roles(v1::POST_ROLE_SAFEGUARDING); });
     },
     "police/panel"},
    {"a post's holder",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel",
                     [](v1::Post& post) { post.set_holder("coordinator-holder"); });
     },
     "police/panel"},
    {"a post's services",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel",
                     [](v1::Post& post) { post.add_services("coordinator-system"); });
     },
     "police/panel"},
    {"a post's line",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel",
                     [](v1::Post& post) { post.set_escalates_to("board/board"); });
     },
     ""},
    {"a post as it was",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "police/panel", [](v1::Post&) {});
     },
     ""},
    {"a post no case brings in",
     [](World& world, const std::string&, const std::string&) {
       SetWithChange(world, "probation/supervisor", [](v1::Post& post) { post.clear_holder(); });
     },
     ""},
    {"an agency suspended",
     [](World& world, const std::string&, const std::string&) {
       SetSuspended(world, "police", "", true);
     },
     ""},
    {"an agency's suspension lifted",
     [](World& world, const std::string&, const std::string&) {
       SetSuspended(world, "police", "", true);
       SetSuspended(world, "police", "", false);
     },
     "police/panel"},
    {"a suspension lifted that was none",
     [](World& world, const std::string&, const std::string&) {
       SetSuspended(world, "police", "", false);
     },
     ""},
    {"a member's suspension lifted",
     [](World& world, const std::string&, const std::string&) {
       SetSuspended(world, "police", "panel-holder", true);
       SetSuspended(world, "police", "panel-holder", false);
     },
     "police/panel"},
    {"that of a member of another post",
     [](World& world, const std::string&, const std::string&) {
       SetSuspended(world, "police", "coordinator-holder", true);
       SetSuspended(world, "police", "coordinator-holder", false);
     },
     ""},
    {"a member of another kind",
     [](World& world, const std::string&, const std::string&) {
       AdmitMember command;
       command.mutable_member()->set_agency("police");
       command.mutable_member()->set_member("panel-system");
       command.mutable_member()->set_kind(v1::MEMBER_KIND_PERSON);
       SayAsOperators(world, COMMAND_NUMBER_ADMIT_MEMBER, command);
     },
     "police/panel"},
    {"an agency's authority",
     [](World& world, const std::string&, const std::string&) {
       AdmitChanged(world, "police",
                    [](v1::Agency& agency) { agency.set_authority_certificate("another"); });
     },
     "police/panel"},
    {"an agency's kind",
     [](World& world, const std::string&, const std::string&) {
       AdmitChanged(world, "police",
                    [](v1::Agency& agency) { agency.set_kind(v1::AGENCY_KIND_IMMIGRATION); });
     },
     "police/panel"},
    {"an agency as it was",
     [](World& world, const std::string&, const std::string&) {
       AdmitChanged(world, "police", [](v1::Agency&) {});
     },
     ""},
};

/// What ct-police/intel, who told something about the nominal, hears of each command. Police's
/// panel post has a seat, probation's supervisor none.
TEST(TellOriginators, HearOfEveryCommandThatChangesWhoMaySee) {
  for (const Change& row : kChanges) {
    World world;
    const std::string nominal = world.Register(1);
    world.Publish(world.Event(nominal));
    const std::string case_id = world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_MEMBER}});
    // What was said while the scene was set is not the question.
    const std::string session = world.OpenSession("ct-police/intel");
    std::vector<std::uint64_t> old;
    for (const auto& [sequence, item] : world.Released("ct-police/intel", v1::URGENCY_ROUTINE)) {
      old.push_back(sequence);
    }
    world.Acknowledge("ct-police/intel", session, v1::URGENCY_ROUTINE, old);
    ASSERT_EQ(Named(world, "ct-police/intel"), "");
    row.say(world, nominal, case_id);
    EXPECT_EQ(Named(world, "ct-police/intel"), row.named) << row.what;
  }
}

/// The agency that leads a case sees it, with all its posts: named as an agency.
TEST(TellOriginators, HearWhichAgencyLeadsTheCase) {
  World world;
  const std::string nominal = world.Register(1);
  world.Publish(world.Event(nominal));
  world.OpenCase(nominal, {});
  EXPECT_EQ(Named(world, "ct-police/intel"), "probation");
}

/// Nobody is told of one's own access.
TEST(TellOriginators, AreNotToldOfTheirOwn) {
  World world;
  const std::string nominal = world.Register(1);
  world.Publish(world.Event(nominal), "prison/security");
  world.OpenCase(nominal, {{"prison/security", v1::SEAT_KIND_MEMBER}});
  EXPECT_EQ(Named(world, "prison/security"), "probation");
}

/// Whoever told something last week is told, however much others told before.
TEST(TellOriginators, AreFoundBehindAnyNumberOfEvents) {
  World world;
  const std::string nominal = world.Register(1);
  for (int i = 0; i < 1001; ++i) world.Publish(world.Event(nominal));
  world.Publish(world.Event(nominal), "prison/security");
  const std::string case_id = world.OpenCase(nominal, {});
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
            Seat(case_id, "education/guest"));
  EXPECT_EQ(Named(world, "prison/security"), "education/guest probation");
}

/// One record tells as many as it may, says how many, and the next pulse goes on: each once.
TEST(TellOriginators, GoOnWithTheNextPulseWhereTheyAreMany) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {});
  const int wings = model::kOriginatorsToldMax + 3;
  for (int i = 0; i < wings; ++i) {
    ASSERT_EQ(PublishFromWing(world, nominal, MakeWing(world, i)).outcome,
              audit::Outcome::kApplied);
  }
  const auto told = [&world, wings] {
    int count = 0;
    for (int i = 0; i < wings; ++i) {
      for (const auto& [what, times] : Told(world, "prison/wing-" + std::to_string(i))) {
        EXPECT_EQ(times, 1);
        ++count;
      }
    }
    return count;
  };
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
            Seat(case_id, "education/guest"));
  EXPECT_EQ(told(), model::kOriginatorsToldMax);
  EXPECT_EQ(world.Details().back().changed().what(), "originators-told-so-far");
  EXPECT_EQ(world.Details().back().changed().name(), "education/guest");
  EXPECT_EQ(world.Details().back().changed().other(), std::to_string(model::kOriginatorsToldMax));
  EXPECT_EQ(NextDeadlineMs(world.state), world.now_ms) << "the rest is due at once";
  world.PassAndPulse(0);
  EXPECT_EQ(told(), wings);
  EXPECT_EQ(world.Details().back().changed().what(), "originators-told");
  EXPECT_EQ(world.Details().back().changed().other(), "3");
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(world.state.Scan(state::Key(state::Table::kTelling), 10).empty());
}

/// Exactly as many as one record may: it is done, and nothing is left for a pulse.
TEST(TellOriginators, AreDoneWhereTheyAreJustNotTooMany) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {});
  for (int i = 0; i < model::kOriginatorsToldMax; ++i) {
    PublishFromWing(world, nominal, MakeWing(world, i));
  }
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
            Seat(case_id, "education/guest"));
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(world.Details().back().changed().what(), "seat-taken");
}

/// A whole agency's access, over many posts, cases and originators: everybody once for each post
/// and nominal, whatever record it falls into.
TEST(TellOriginators, HearOfAnAgencyPostByPostAndCaseByCase) {
  World world;
  const int cases = 70;
  for (int i = 0; i < cases; ++i) {
    const std::string nominal = world.Register(i);
    world.Publish(world.Event(nominal), "ct-police/intel");
    world.Publish(world.Event(nominal), "probation/chair");
    const std::string case_id = world.OpenCase(nominal, {});
    for (const char* post : {"education/guest", "prison/security"}) {
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, Seat(case_id, post));
    }
    world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST,
              Seat(case_id, "police/panel"));
    world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST,
              Seat(case_id, "police/coordinator"));
  }
  AdmitChanged(world, "police",
               [](v1::Agency& agency) { agency.set_authority_certificate("another"); });
  int pulses = 0;
  while (NextDeadlineMs(world.state) <= world.now_ms) {
    world.PassAndPulse(0);
    ASSERT_LT(++pulses, 10);
  }
  EXPECT_GE(pulses, 1) << "too much for one record";
  for (const char* originator : {"ct-police/intel", "probation/chair"}) {
    int twice = 0;
    for (const auto& [what, count] : Told(world, originator)) {
      const bool police = what.first == "police/panel" || what.first == "police/coordinator";
      EXPECT_EQ(count, police ? 2 : 1) << what.first << ": once for the seat, once for the change";
      twice += count == 2;
    }
    EXPECT_EQ(twice, 2 * cases) << originator;
  }
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
