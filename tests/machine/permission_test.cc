#include "broker/machine/permission.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// P10. Every command number has a row; a number without one is refused.
TEST(Permission, HasARowForEveryCommand) {
  const auto* numbers = CommandNumber_descriptor();
  for (int i = 0; i < numbers->value_count(); ++i) {
    const int number = numbers->value(i)->number();
    if (number == COMMAND_NUMBER_UNSPECIFIED) continue;
    const auto rows = PermissionTable();
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                            [number](const Permission& row) { return row.command == number; }),
              1)
        << numbers->value(i)->name();
  }
  const World world;
  EXPECT_EQ(ReasonOf(CheckPermission(static_cast<CommandNumber>(999),
                                     World::System("desk/operator"), world.state)),
            v1::ERROR_REASON_NOT_PERMITTED);
}

struct Row {
  CommandNumber command;
  const char* post;
  bool allowed;
};

constexpr Row kRows[] = {
    // command                           post                     allowed
    {COMMAND_NUMBER_SET_POST, "desk/operator", true},
    {COMMAND_NUMBER_SET_POST, "probation/chair", false},
    {COMMAND_NUMBER_SET_SUSPENSION, "desk/operator", true},
    {COMMAND_NUMBER_SET_SUSPENSION, "police/coordinator", false},
    {COMMAND_NUMBER_ENROL_SIGNING_KEY, "desk/governance", true},
    {COMMAND_NUMBER_ENROL_SIGNING_KEY, "desk/operator", true},
    {COMMAND_NUMBER_ENROL_SIGNING_KEY, "ct-police/intel", false},
    {COMMAND_NUMBER_REVOKE_SIGNING_KEY, "desk/governance", true},
    {COMMAND_NUMBER_REVOKE_SIGNING_KEY, "police/coordinator", false},
    {COMMAND_NUMBER_SET_SUPERVISOR, "police/coordinator", true},
    {COMMAND_NUMBER_SET_SUPERVISOR, "probation/supervisor", true},
    {COMMAND_NUMBER_SET_SUPERVISOR, "desk/operator", false},
    {COMMAND_NUMBER_SET_SUPERVISOR, "police/panel", false},
    {COMMAND_NUMBER_SET_LEAVE, "police/panel", true},
    {COMMAND_NUMBER_OPEN_CASE, "police/coordinator", true},
    {COMMAND_NUMBER_OPEN_CASE, "desk/operator", false},
    {COMMAND_NUMBER_SEAT_POST, "probation/coordinator", true},
    {COMMAND_NUMBER_SEAT_POST, "probation/chair", false},
    {COMMAND_NUMBER_LIMIT_ACCESS, "probation/supervisor", true},
    {COMMAND_NUMBER_LIMIT_ACCESS, "police/panel", false},
    {COMMAND_NUMBER_DECLARE_CONFLICT, "police/panel", true},
    {COMMAND_NUMBER_DECLARE_CONFLICT, "desk/operator", false},
    {COMMAND_NUMBER_MERGE_NOMINALS, "police/panel", true},
    {COMMAND_NUMBER_MERGE_NOMINALS, "desk/governance", true},
    {COMMAND_NUMBER_MERGE_NOMINALS, "desk/operator", false},
    {COMMAND_NUMBER_UNMERGE_NOMINALS, "desk/governance", true},
    {COMMAND_NUMBER_UNMERGE_NOMINALS, "desk/operator", false},
    {COMMAND_NUMBER_CORRECT_IDENTIFIER, "prison/security", true},
    {COMMAND_NUMBER_CORRECT_IDENTIFIER, "desk/governance", true},
    {COMMAND_NUMBER_CORRECT_IDENTIFIER, "desk/operator", false},
    {COMMAND_NUMBER_DECIDE_DISCLOSURE, "probation/chair", true},
    {COMMAND_NUMBER_DECIDE_DISCLOSURE, "police/coordinator", true},
    {COMMAND_NUMBER_DECIDE_DISCLOSURE, "probation/supervisor", false},
    {COMMAND_NUMBER_BREAK_GLASS, "prison/security", true},
    {COMMAND_NUMBER_BREAK_GLASS, "desk/operator", false},
    {COMMAND_NUMBER_REVIEW_BREAK_GLASS, "desk/governance", true},
    {COMMAND_NUMBER_REVIEW_BREAK_GLASS, "probation/chair", false},
    {COMMAND_NUMBER_SET_LEVEL, "probation/chair", true},
    {COMMAND_NUMBER_SET_LEVEL, "police/coordinator", true},
    {COMMAND_NUMBER_SET_LEVEL, "probation/supervisor", false},
    {COMMAND_NUMBER_END_CASE, "probation/chair", true},
    {COMMAND_NUMBER_END_CASE, "police/panel", false},
    {COMMAND_NUMBER_CHANGE_CASE, "police/coordinator", true},
    {COMMAND_NUMBER_CHANGE_CASE, "probation/chair", false},
    {COMMAND_NUMBER_ADD_ACTION, "police/coordinator", true},
    {COMMAND_NUMBER_ADD_ACTION, "police/panel", false},
    {COMMAND_NUMBER_END_ACTION, "education/guest", true},
    {COMMAND_NUMBER_PROPOSE_POLICY, "desk/author", true},
    {COMMAND_NUMBER_PROPOSE_POLICY, "desk/governance", false},
    {COMMAND_NUMBER_APPROVE_POLICY, "desk/governance", true},
    {COMMAND_NUMBER_APPROVE_POLICY, "desk/author", false},
    {COMMAND_NUMBER_PUBLISH, "ct-police/intel", true},
    {COMMAND_NUMBER_PUBLISH, "desk/operator", false},
    {COMMAND_NUMBER_PUBLISH, "board/board", false},
    {COMMAND_NUMBER_WITHDRAW_EVENT, "ct-police/intel", true},
    {COMMAND_NUMBER_WITHDRAW_EVENT, "desk/governance", true},
    {COMMAND_NUMBER_WITHDRAW_EVENT, "desk/operator", false},
    {COMMAND_NUMBER_AMEND_EVENT, "ct-police/intel", true},
    {COMMAND_NUMBER_AMEND_EVENT, "desk/governance", false},
    {COMMAND_NUMBER_MOVE_BOOKING, "ct-police/intel", true},
    {COMMAND_NUMBER_MOVE_BOOKING, "desk/governance", true},
    {COMMAND_NUMBER_MOVE_BOOKING, "desk/operator", false},
    {COMMAND_NUMBER_OPEN_SESSION, "education/guest", true},
    {COMMAND_NUMBER_GENESIS, "desk/operator", false},
    {COMMAND_NUMBER_PULSE, "desk/operator", false},
    {COMMAND_NUMBER_RELEASE, "desk/operator", false},
    {COMMAND_NUMBER_NOTE_REFUSALS, "desk/operator", false},
    {COMMAND_NUMBER_ACCEPT_LOST_KEYS, "desk/operator", false},
    {COMMAND_NUMBER_NOTE_WITNESSES, "desk/operator", false},
    {COMMAND_NUMBER_CONFIRM_CLOCK, "desk/operator", true},
    {COMMAND_NUMBER_CONFIRM_CLOCK, "probation/chair", false},
    {COMMAND_NUMBER_MAKE_PROPOSAL, "education/guest", true},
    {COMMAND_NUMBER_ANSWER_PROPOSAL, "education/guest", true},
    {COMMAND_NUMBER_ASK_FOR_INFORMATION, "education/guest", true},
    {COMMAND_NUMBER_ASK_FOR_INFORMATION, "desk/operator", false},
    {COMMAND_NUMBER_ANSWER_FOR_INFORMATION, "education/guest", true},
    {COMMAND_NUMBER_PLAN_MEETING, "probation/chair", true},
    {COMMAND_NUMBER_PLAN_MEETING, "education/guest", false},
    {COMMAND_NUMBER_END_MEETING, "probation/coordinator", true},
    {COMMAND_NUMBER_END_MEETING, "police/panel", false},
    {COMMAND_NUMBER_RECORD_MINUTES, "probation/coordinator", true},
    {COMMAND_NUMBER_RECORD_MINUTES, "police/panel", false},
};

TEST(Permission, AllowsExactlyWhatTheTableSays) {
  const World world;
  for (const Row& row : kRows) {
    Actor actor = World::System(row.post);
    actor.set_purpose("public-protection");
    const Status status = CheckPermission(row.command, actor, world.state);
    EXPECT_EQ(status.ok(), row.allowed) << CommandNumber_Name(row.command) << " by " << row.post;
    if (!row.allowed) {
      EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_NOT_PERMITTED) << row.post;
    }
  }
}

TEST(Permission, KnowsOnlyMembersInGoodStandingForTheirOwnPosts) {
  World world;
  const auto reason = [&world](const Actor& actor) {
    return ReasonOf(CheckPermission(COMMAND_NUMBER_OPEN_SESSION, actor, world.state));
  };
  Actor actor = World::System("probation/chair");
  EXPECT_EQ(reason(actor), v1::ERROR_REASON_UNSPECIFIED);
  actor.set_member("nobody");
  EXPECT_EQ(reason(actor), v1::ERROR_REASON_UNKNOWN_PRINCIPAL);
  actor = World::System("probation/chair");
  actor.set_post("probation/supervisor");
  EXPECT_EQ(reason(actor), v1::ERROR_REASON_NOT_YOUR_POST) << "a colleague's post";
  actor.set_post("police/panel");
  EXPECT_EQ(reason(actor), v1::ERROR_REASON_NOT_YOUR_POST) << "another agency's post";
  actor.set_post("");
  EXPECT_EQ(reason(actor), v1::ERROR_REASON_NOT_YOUR_POST);

  SetSuspension suspend;
  suspend.set_agency("probation");
  suspend.set_member("chair-system");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_EQ(reason(World::System("probation/chair")), v1::ERROR_REASON_SUSPENDED);
  EXPECT_EQ(reason(World::Holder("probation/chair")), v1::ERROR_REASON_UNSPECIFIED);
  suspend.clear_member();
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_EQ(reason(World::Holder("probation/chair")), v1::ERROR_REASON_SUSPENDED);
}

/// No certificate can say that it is the broker, and no one without a certificate is anybody else.
TEST(Permission, TellsTheBrokerByTheLackOfACertificate) {
  const World world;
  Actor liar = World::Broker();
  liar.set_certificate_digest(std::string(32, 'c'));
  EXPECT_EQ(ReasonOf(CheckPermission(COMMAND_NUMBER_PULSE, liar, world.state)),
            v1::ERROR_REASON_NOT_PERMITTED);
  Actor bare = World::System("probation/chair");
  bare.clear_certificate_digest();
  EXPECT_EQ(ReasonOf(CheckPermission(COMMAND_NUMBER_OPEN_SESSION, bare, world.state)),
            v1::ERROR_REASON_UNKNOWN_PRINCIPAL);
  EXPECT_TRUE(CheckPermission(COMMAND_NUMBER_PULSE, World::Broker(), world.state).ok());
  EXPECT_FALSE(CheckPermission(COMMAND_NUMBER_PUBLISH, World::Broker(), world.state).ok());
}

/// What answers "somebody here has that number" is a consultation, whatever it is called.
TEST(Permission, AsksForAPurposeWhereAConsultationIsMade) {
  const World world;
  for (const CommandNumber command :
       {COMMAND_NUMBER_RESOLVE_NOMINAL, COMMAND_NUMBER_REGISTER_NOMINAL,
        COMMAND_NUMBER_LINK_IDENTIFIER}) {
    Actor actor = World::System("probation/supervisor");
    EXPECT_EQ(ReasonOf(CheckPermission(command, actor, world.state)),
              v1::ERROR_REASON_PURPOSE_REQUIRED)
        << CommandNumber_Name(command);
    actor.set_purpose("public-protection");
    EXPECT_TRUE(CheckPermission(command, actor, world.state).ok()) << CommandNumber_Name(command);
  }
}

TEST(Permission, SaysACommandInWords) {
  EXPECT_EQ(WordOf(COMMAND_NUMBER_SEAT_POST), "seat-post");
  EXPECT_EQ(WordOf(COMMAND_NUMBER_PUBLISH), "publish");
}

}  // namespace
}  // namespace tearline::machine
