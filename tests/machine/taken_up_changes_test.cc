#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/taken_up.h"
#include "tests/machine/taken_up_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// Whoever is not cleared for what is told is not told it.
constexpr char kClearedAlone[] = R"(id: "cleared" version: 2 purpose: "For tests."
rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD reason: RULE_REASON_CLEARANCE
  when { recipient { cleared: false } } })";

/// What changes while another does the work: who is kept out, the post that does it, the post whose
/// work it is.
struct TakenUpChanges : TakenUp {
  static constexpr char kPanel[] = "police/panel";

  /// The old post is retired, and police/new-checks does its work.
  void TakeUp(const v1::Post& post) {
    Retire(Known(kChecks));
    Set(post);
    ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  }
  /// Nobody is kept out of the person any more, says another agency than the post's.
  void LetAllIn() {
    LimitAccess limit;
    limit.set_nominal_id(world_.nominal);
    Actor clerk = World::System("probation/coordinator");
    clerk.set_purpose("public-protection");
    const Applied applied = world_.Say(clerk, COMMAND_NUMBER_LIMIT_ACCESS, limit);
    ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
    Pulse();
  }
  /// police/panel, a member of the panel, answers for half of what the old post does, and is
  /// retired.
  void RetirePanel() {
    v1::Post panel = Known(kPanel);
    panel.add_capabilities(v1::CAPABILITY_ENQUIRIES);
    Set(panel);
    Retire(Known(kPanel));
  }
  void Leave(const std::string& post) {
    SeatPost seat;
    seat.set_case_id(world_.case_id);
    seat.mutable_seat()->set_post(post);
    seat.set_leave(true);
    ASSERT_EQ(
        world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
    Pulse();
  }
  void NameAccountableFor(const std::string& post) {
    NameAccountable name;
    name.set_case_id(world_.case_id);
    name.set_post(post);
    name.set_with_history(true);
    ASSERT_EQ(
        world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
            .sentence,
        "");
    Pulse();
  }
  /// How many events lie let go with a post, and are not settled.
  std::size_t LetGo(const std::string& post) const {
    std::size_t events = 0;
    for (const auto& [sequence, item] : world_.Released(post, kLane)) {
      events += item.kind() == ITEM_KIND_EVENT ? 1 : 0;
    }
    return events;
  }
};

/// P3. It came to do the work while it was kept out: what it was not handed then comes now, and
/// whoever told of the person hears of it (P10).
TEST_F(TakenUpChanges, WhoIsKeptOutNoMoreIsHandedWhatItWasNot) {
  SetIdle();
  world_.KeepOut(world_.nominal, {kNew});
  Tell();
  TakeUp(New());
  ASSERT_THAT(Inbox(kNew), IsEmpty());
  ASSERT_EQ(OriginatorHeard(), 0);
  LetAllIn();
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late"));
  EXPECT_EQ(OriginatorHeard(), 1);
}

/// P10. What lies let go with it, and is not settled, is taken back by the record that keeps it
/// out.
TEST_F(TakenUpChanges, WhatLiesWithWhoComesToBeKeptOutIsTakenBackAtOnce) {
  TakeUp(New());
  Tell();
  ASSERT_THAT(Inbox(kNew), ElementsAre("full"));
  world_.KeepOut(world_.nominal, {kNew});
  EXPECT_EQ(LetGo(kNew), 0u);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
}

/// What was withheld for want of a clearance comes when there is one, as it does to a post whose
/// own people they are.
TEST_F(TakenUpChanges, ClearedForMoreItIsHandedWhatWasWithheld) {
  PutInForce(kClearedAlone + World::PanelRules());
  v1::Post uncleared = New();
  uncleared.mutable_clearance()->clear_sensitive();
  Tell();
  TakeUp(uncleared);
  Tell();
  ASSERT_THAT(Inbox(kNew), IsEmpty());
  Set(New());
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late", "full late"));
}

/// P3. Whoever is kept out of the person by now reads what it has received for nobody else.
TEST_F(TakenUpChanges, WhoIsKeptOutReadsForItselfAlone) {
  Tell();
  TakeUp(New());
  ASSERT_THAT(Inbox(kNew), ElementsAre("full late"));
  world_.Acknowledge(kNew, session_, kLane, {1});
  world_.KeepOut(world_.nominal, {kNew});
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
}

/// What came to it by a seat of its own was never the other's to read.
TEST_F(TakenUpChanges, WhatTheOldPostHadNothingToDoWithIsNotReadThere) {
  TakeUp(New());
  const std::string third = world_.Register(3);
  world_.OpenCase(third, {{kNew, v1::SEAT_KIND_MEMBER}});
  const std::string event = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(third), kHealth).sentence, "");
  ASSERT_THAT(Inbox(kNew), ElementsAre("full"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  EXPECT_TRUE(WasRead(kNew, event, world_.state));
  EXPECT_FALSE(WasRead(kChecks, event, world_.state));
}

/// Whoever did the work and is a dead address, too, owes nothing of it any more: the next does.
TEST_F(TakenUpChanges, ASecondSuccessorEndsThePartOfTheFirst) {
  Admit("second-system", v1::MEMBER_KIND_SERVICE);
  Tell();
  TakeUp(New());
  ASSERT_THAT(Inbox(kNew), ElementsAre("full late"));
  world_.Acknowledge(kNew, session_, kLane, {1});
  Retire(Known(kNew));
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {kNew, 1}}));
  v1::Post second = New();
  second.set_post("police/second");
  second.clear_services();
  second.add_services("second-system");
  Set(second);
  ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "police/second");
  EXPECT_EQ(Said("work-given-back", kChecks), 1);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {"police/second", 1}}));
}

/// P3. Of one case it does the work of two: it is judged as both, and what either is owed is owed.
TEST_F(TakenUpChanges, WhoDoesTheWorkOfTwoIsJudgedAsBoth) {
  Leave(kChecks);
  RetirePanel();
  Tell();
  TakeUp(New());
  ASSERT_EQ(WhoDoesTheWorkOf(kPanel, world_.state), kNew);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {kNew, 1}}));
  Tell();
  EXPECT_EQ(world_.DecisionFor(kNew)->duty(), v1::LEVEL_FULL) << "not as who sits there alone";
  EXPECT_THAT(world_.DecisionFor(kNew)->rules(), testing::Contains("G1")) << "nor without the seat";
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 2}, {kNew, 2}}));
}

TEST_F(TakenUpChanges, WhoDoesTheWorkOfTwoIsJudgedAsTheFirstBeforeItsVersion) {
  world_.behaviour_version = kWorkDoneWhollyFrom - 1;
  Leave(kChecks);
  RetirePanel();
  TakeUp(New());
  Tell();
  EXPECT_EQ(world_.DecisionFor(kNew)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.DecisionFor(kNew)->duty(), v1::LEVEL_UNSPECIFIED);
}

/// P3. Of two seats, that which counts for more.
TEST_F(TakenUpChanges, WhoDoesTheWorkOfAGuestAndOfAMemberSitsThereAsAMember) {
  Leave(kPanel);
  Leave(kChecks);
  NameAccountableFor(RequestWorld::kChair);
  SeatPost seat;
  seat.set_case_id(world_.case_id);
  for (const auto& [post, kind] :
       {std::pair(kPanel, v1::SEAT_KIND_GUEST), std::pair(kChecks, v1::SEAT_KIND_MEMBER)}) {
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(kind);
    world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  }
  Pulse();
  RetirePanel();
  TakeUp(New());
  Tell();
  EXPECT_EQ(world_.DecisionFor(kNew)->level(), v1::LEVEL_FULL);
}

/// P3. What the office owes comes to a dead address in the time that was left: it is owed by
/// whoever does its work, too.
TEST_F(TakenUpChanges, WhatAnOfficeMustReadIsReadByWhoDoesTheWork) {
  Leave(kChecks);
  NameAccountableFor(RequestWorld::kHomes);
  Tell();
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{RequestWorld::kHomes, 1}}));
  TakeUp(New());
  NameAccountableFor(kChecks);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {kNew, 1}}));
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  EXPECT_THAT(MustRead(), IsEmpty());
}

/// What an office of a dead address leaves with another need not be read by who does the work.
TEST_F(TakenUpChanges, WhatAnOfficeLeavesNeedNotBeReadByWhoDoesTheWork) {
  Leave(kChecks);
  TakeUp(New());
  Tell();
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {kNew, 1}}));
  NameAccountableFor(RequestWorld::kHomes);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{RequestWorld::kHomes, 1}}));
}

/// It read the event as who sits there in the old post's place, and so for that.
TEST_F(TakenUpChanges, WhatWasReadIsNotToBeReadForTheOffice) {
  NameAccountableFor(RequestWorld::kHomes);
  TakeUp(New());
  Tell();
  ASSERT_THAT(Inbox(kNew), ElementsAre("full"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{RequestWorld::kHomes, 1}}));
  NameAccountableFor(kChecks);
  EXPECT_THAT(MustRead(), IsEmpty());
}

TEST_F(TakenUpChanges, AnOfficeBringsWhoDoesTheWorkNothingToReadBeforeItsVersion) {
  world_.behaviour_version = kWorkDoneWhollyFrom - 1;
  Leave(kChecks);
  NameAccountableFor(RequestWorld::kHomes);
  Tell();
  TakeUp(New());
  NameAccountableFor(kChecks);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
}

/// P10. Another holds the post that does the work: that is news of the people of the old one.
TEST_F(TakenUpChanges, OriginatorsHearWhenAnotherHoldsWhatDoesTheWork) {
  Admit("new-checks-second", v1::MEMBER_KIND_PERSON);
  Tell();
  TakeUp(New());
  ASSERT_EQ(OriginatorHeard(), 1);
  v1::Post post = New();
  post.set_escalates_to("board/board");
  Set(post);
  EXPECT_EQ(OriginatorHeard(), 1) << "who stands above it sees no more";
  post.set_holder("new-checks-second");
  Set(post);
  EXPECT_EQ(OriginatorHeard(), 2);
}

/// It sits there itself, and was told of as that.
TEST_F(TakenUpChanges, OriginatorsDoNotHearAnewOfWhoSitsThereItself) {
  TakeUp(New());
  const std::string third = world_.Register(3);
  ASSERT_EQ(world_.Publish(world_.Event(third), kHealth).sentence, "");
  world_.OpenCase(third, {{kNew, v1::SEAT_KIND_MEMBER}, {kChecks, v1::SEAT_KIND_MEMBER}});
  EXPECT_EQ(OriginatorHeard(), 1);
  const std::string event = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(third), kHealth).sentence, "");
  EXPECT_TRUE(Has(kChecks, event)) << "who is seated there, too";
}

/// The old post comes to answer for more, nobody being there: whoever does its work does not do
/// all of it any more.
TEST_F(TakenUpChanges, WhoCannotDoWhatIsAddedDoesTheWorkNoMore) {
  Tell();
  TakeUp(New());
  v1::Post more = Known(kChecks);
  more.add_capabilities(v1::CAPABILITY_HOUSING);
  Set(more);
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "");
  EXPECT_EQ(Said("work-given-back", kChecks), 1);
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kNew).has_value());
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 2}}));
}

/// What was imported is one word to the panel that brings in whom it is handed to; another that it
/// is about has seen to it.
TEST_F(TakenUpChanges, WhatWasImportedArrivesForThePanelThatBringsItInAlone) {
  const std::string third = world_.Register(3);
  world_.OpenCase(third, {{RequestWorld::kChair, v1::SEAT_KIND_CHAIR}});
  v1::Post intake = Known(kHealth);
  intake.add_roles(v1::POST_ROLE_INTAKE);
  Set(intake);
  stored::v1::Publish event = world_.Event(world_.nominal);
  event.add_nominals()->set_nominal_id(third);
  *event.add_segments() = event.segments(0);
  event.mutable_segments(1)->set_nominal_indexes(0, 1);
  event.set_imported(true);
  ASSERT_EQ(world_.Publish(event, kHealth).sentence, "");
  const auto arrived = [&] {
    std::map<std::string, std::string> by_person;
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_HISTORY_ARRIVED) by_person[row.nominal_id()] = id;
    }
    return by_person;
  };
  ASSERT_EQ(arrived().size(), 2u);
  for (const auto& [person, id] : arrived()) {
    DischargeObligation command;
    command.set_obligation_id(id);
    command.set_method(DISCHARGE_METHOD_TOLD_OTHERWISE);
    const std::string debtor = world_.state.Find<ObligationRow>(ObligationKey(id))->debtor_post();
    ASSERT_EQ(
        world_.Say(World::Holder(debtor), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command).sentence,
        "");
  }
  ASSERT_TRUE(arrived().empty());
  TakeUp(New());
  ASSERT_TRUE(arrived().contains(world_.nominal));
  EXPECT_FALSE(arrived().contains(third));
}

}  // namespace
}  // namespace tearline::machine
