#include "broker/machine/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "broker/machine/board.h"
#include "broker/machine/rows.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kOperator[] = "desk/operator";

struct Reach : testing::Test {
  Reach() { world.behaviour_version = kReachFrom; }

  void Suspend(const std::string& agency, const std::string& member, bool suspended = true) {
    SetSuspension command;
    command.set_agency(agency);
    command.set_member(member);
    command.set_suspended(suspended);
    world.Say(World::System(kOperator), COMMAND_NUMBER_SET_SUSPENSION, command);
  }

  v1::RuleReason Why(const std::string& post) const { return OutOfReach(post, world.state); }

  v1::Post PostOf(const std::string& post) const {
    return world.state.Find<PostRow>(PostKey(post))->post();
  }
  void Set(const v1::Post& post) {
    SetPost command;
    *command.mutable_post() = post;
    world.Say(World::System(kOperator), COMMAND_NUMBER_SET_POST, command);
  }

  /// Admits the agency again, by two hands, with an authority that ends then, in ms.
  void Admit(const std::string& agency, std::int64_t until_ms) {
    AdmitAgency command;
    *command.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey(agency))->agency();
    command.mutable_agency()->mutable_authority_valid_until()->set_seconds(until_ms / 1000);
    const Applied asked = world.Say(World::System(kOperator), COMMAND_NUMBER_ADMIT_AGENCY, command);
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    ASSERT_EQ(
        world.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second).outcome,
        audit::Outcome::kApplied);
  }

  void Seat(const std::string& post, const std::string& substitute) {
    SeatPost command;
    command.set_case_id(world.case_id);
    command.mutable_seat()->set_post(post);
    command.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    command.mutable_seat()->set_substitute_post(substitute);
    world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, command);
  }

  EventRow AnEvent() {
    const std::string id = world.PublishOne();
    return world.RowOf(id);
  }

  EventWorld world;
};

/// All posts of an agency, and those of others in no way.
TEST_F(Reach, EndsForAllPostsOfASuspendedAgency) {
  Suspend("probation", "");
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  EXPECT_EQ(Why("probation/supervisor"), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  EXPECT_EQ(Why("police/panel"), v1::RULE_REASON_UNSPECIFIED);
  Suspend("probation", "", false);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
}

/// A post is in reach as long as one of those who act for it may.
TEST_F(Reach, EndsWhenEverybodyWhoActsForThePostIsSuspended) {
  Suspend("probation", "chair-holder");
  Suspend("probation", "chair-system");
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED) << "the deputy may";
  Suspend("probation", "chair-deputy");
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  EXPECT_EQ(Why("probation/supervisor"), v1::RULE_REASON_UNSPECIFIED);
  Suspend("probation", "chair-deputy", false);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
}

TEST_F(Reach, ComesBackWithANewHolder) {
  for (const char* member : {"chair-holder", "chair-system", "chair-deputy"}) {
    Suspend("probation", member);
  }
  v1::Post post = PostOf("probation/chair");
  post.set_holder("supervisor-holder");
  Set(post);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
}

/// A post for which nobody is named is a dead address, and no more than that.
TEST_F(Reach, IsNotLostByBeingVacant) {
  v1::Post post = PostOf("probation/chair");
  post.clear_holder();
  post.clear_deputy();
  post.clear_services();
  Set(post);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
}

/// The record says when the authority's certificate ends; the stamps say when that is.
TEST_F(Reach, EndsWithTheAuthoritysCertificateAndNotBefore) {
  Admit("probation", world.now_ms + 60'000);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
  world.PassAndPulse(59'999);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
  const Applied ended = world.PassAndPulse(1);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  EXPECT_TRUE(ended.access_changed) << "whoever is here is looked at again";
  Admit("probation", world.now_ms + 60'000);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
}

/// A certificate that was renewed in time ends when the new one does.
TEST_F(Reach, GoesOnWhereTheCertificateIsRenewed) {
  Admit("probation", world.now_ms + 60'000);
  Admit("probation", world.now_ms + 120'000);
  world.PassAndPulse(60'000);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
  world.PassAndPulse(60'000);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
}

TEST_F(Reach, IsNeverHadWithACertificateThatHasEnded) {
  Admit("probation", world.now_ms - 1'000);
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
}

/// Records of versions before leave posts as they left them.
TEST_F(Reach, IsNotLookedAtBeforeItsVersion) {
  world.behaviour_version = kReachFrom - 1;
  Suspend("probation", "");
  EXPECT_EQ(Why("probation/chair"), v1::RULE_REASON_UNSPECIFIED);
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
}

/// The substitute of a seat; else the first up the post's line that is itself in reach.
TEST_F(Reach, StandsInTheSubstituteOrTheFirstUpTheLine) {
  Seat("police/panel", "prison/security");
  const EventRow event = AnEvent();
  EXPECT_THAT(StandInsFor(event, world.state), IsEmpty());
  Suspend("police", "");
  EXPECT_THAT(StandInsFor(event, world.state), ElementsAre("prison/security"));
  Suspend("prison", "");
  EXPECT_THAT(StandInsFor(event, world.state), IsEmpty()) << "the post has no line";
  Suspend("probation", "");
  EXPECT_THAT(StandInsFor(event, world.state), ElementsAre("board/board")) << "the chair's line";
  Suspend("board", "");
  EXPECT_THAT(StandInsFor(event, world.state), IsEmpty());
}

TEST_F(Reach, CoordinatorsAreWhoChairsAndWhoAnswers) {
  EXPECT_THAT(CoordinatorsOf(AnEvent(), world.state),
              UnorderedElementsAre("probation/chair", "ct-police/accountable"));
}

/// P3. Chair and accountable officer cannot be reached either: the lead agency's co-ordinators are.
TEST_F(Reach, TheLeadAgencysCoordinatorsWhereNeitherIsThere) {
  const EventRow event = AnEvent();
  Suspend("probation", "chair-holder");
  Suspend("probation", "chair-deputy");
  Suspend("probation", "chair-system");
  EXPECT_THAT(LeadCoordinatorsOf(event, world.state), IsEmpty()) << "the accountable officer is";
  Suspend("ct-police", "");
  EXPECT_THAT(LeadCoordinatorsOf(event, world.state), ElementsAre("probation/coordinator"));
  Suspend("probation", "");
  EXPECT_THAT(LeadCoordinatorsOf(event, world.state), IsEmpty()) << "nor is anybody else";
}

/// They hear that something is owed, and are sent nothing; before their version they did not.
TEST_F(Reach, CoordinatorsHearOfWhatIsOwed) {
  const auto notices = [this](std::uint16_t version) {
    world = EventWorld();
    world.behaviour_version = version;
    world.OpenSession("probation/coordinator");
    for (const char* member : {"chair-holder", "chair-deputy", "chair-system"}) {
      Suspend("probation", member);
    }
    Suspend("ct-police", "");
    world.Publish(world.Event(world.nominal), "prison/security");
    return world.Inbox("probation/coordinator");
  };
  EXPECT_THAT(notices(kDutiesKeptFrom - 1), IsEmpty());
  EXPECT_THAT(notices(kDutiesKeptFrom), ElementsAre("obligation sanitise-or-review"));
}

/// P6. Not those who are kept out of the person.
TEST_F(Reach, CoordinatorsWhoAreKeptOutHearOfNothing) {
  const auto notices = [this](std::uint16_t version) {
    world = EventWorld();
    LimitAccess limit;
    limit.set_nominal_id(world.nominal);
    limit.add_excluded("probation/coordinator");
    Actor actor = World::System("police/coordinator");
    actor.set_purpose("public-protection");
    EXPECT_EQ(world.Say(actor, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
    world.behaviour_version = version;
    world.OpenSession("probation/coordinator");
    for (const char* member : {"chair-holder", "chair-deputy", "chair-system"}) {
      Suspend("probation", member);
    }
    Suspend("ct-police", "");
    world.Publish(world.Event(world.nominal), "prison/security");
    return world.Inbox("probation/coordinator");
  };
  EXPECT_THAT(notices(kPassedOverFrom - 1), ElementsAre("obligation sanitise-or-review"));
  EXPECT_THAT(notices(kPassedOverFrom), IsEmpty());
}

/// Nobody widens what their own agency sees alone: a substitute of it takes two hands, too.
TEST_F(Reach, ASubstituteOfOnesOwnAgencyTakesTwoHands) {
  SeatPost command;
  command.set_case_id(world.case_id);
  command.mutable_seat()->set_post("prison/security");
  command.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  command.mutable_seat()->set_substitute_post("police/panel");
  EXPECT_EQ(
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, command).outcome,
      audit::Outcome::kAwaitsSecondHand);
}

/// So does whatever shows it more: a case in which a post of one's own agency is a substitute is
/// one that brings it in.
TEST_F(Reach, WhatShowsASubstituteOfOnesOwnAgencyMoreTakesTwoHands) {
  const auto outcomes_of = [this](int number, const std::string& substitute) {
    const std::string nominal = world.Register(number);
    const std::string of = world.OpenCase(nominal, {{"prison/security", v1::SEAT_KIND_MEMBER}});
    SeatPost seat;
    seat.set_case_id(of);
    seat.mutable_seat()->set_post("prison/security");
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    seat.mutable_seat()->set_substitute_post(substitute);
    EXPECT_EQ(
        world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
    SetLevel level;
    level.set_case_id(of);
    level.set_category(v1::MAPPA_CATEGORY_3);
    level.set_level(v1::MAPPA_LEVEL_2);
    LinkIdentifier link;
    link.set_nominal_id(nominal);
    *link.mutable_identifier() = World::Number(number + 1);
    Actor police = World::System("police/coordinator");
    police.set_purpose("public-protection");
    return std::vector{world.Say(police, COMMAND_NUMBER_SET_LEVEL, level).outcome,
                       world.Say(police, COMMAND_NUMBER_LINK_IDENTIFIER, link).outcome};
  };
  EXPECT_THAT(outcomes_of(11, "education/guest"),
              ElementsAre(audit::Outcome::kApplied, audit::Outcome::kApplied));
  EXPECT_THAT(outcomes_of(21, "police/panel"),
              ElementsAre(audit::Outcome::kAwaitsSecondHand, audit::Outcome::kAwaitsSecondHand));
}

/// What is judged looks whether anybody is away only while somebody is: the count is exact.
TEST_F(Reach, CountsThePostsThatAreAway) {
  const auto away = [this] {
    return world.state.Find<LedgerRow>(state::Key(state::Table::kLedger))->posts_out_of_reach();
  };
  EXPECT_EQ(away(), 0u);
  Suspend("probation", "");
  EXPECT_EQ(away(), 3u);
  Suspend("probation", "");
  EXPECT_EQ(away(), 3u);
  for (const char* member : {"security-holder", "security-system", "security-deputy"}) {
    Suspend("prison", member);
  }
  EXPECT_EQ(away(), 4u);
  Admit("prison", world.now_ms - 1'000);
  EXPECT_EQ(away(), 4u) << "for another reason, too";
  Suspend("probation", "", false);
  EXPECT_EQ(away(), 1u);
  Admit("prison", world.now_ms + 60'000);
  EXPECT_EQ(away(), 1u) << "everybody is suspended still";
  Suspend("prison", "security-deputy", false);
  EXPECT_EQ(away(), 0u);
}

TEST_F(Reach, ASubstituteIsAnotherPostThatTheDirectoryKnows) {
  const auto seat = [this](const std::string& substitute) {
    SeatPost command;
    command.set_case_id(world.case_id);
    command.mutable_seat()->set_post("prison/security");
    command.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    command.mutable_seat()->set_substitute_post(substitute);
    return world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, command).reason;
  };
  EXPECT_EQ(seat("prison/security"), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(seat("prison/nobody"), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(seat("education/guest"), v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::machine
