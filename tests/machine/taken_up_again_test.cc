#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "broker/machine/lane.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/taken_up.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "tests/machine/taken_up_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// Guests are told where to ask, the panel all.
constexpr char kPointed[] = R"(id: "pointed" version: 2 purpose: "For tests."
rules { id: "G6" kind: RULE_KIND_GRANT level: LEVEL_POINTER reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_GUEST } } })";

/// What happens to work that was taken up before or after something else: a walk that was going on,
/// an hour out of reach, what was read already, what is given late.
struct TakenUpAgain : TakenUp {
  static constexpr char kSecond[] = "police/second";

  TakenUpAgain() { Admit("second-system", v1::MEMBER_KIND_SERVICE); }

  v1::Post Second() const {
    v1::Post post = New();
    post.set_post(kSecond);
    post.clear_services();
    post.add_services("second-system");
    return post;
  }
  void Suspend(const std::vector<std::string>& members, bool suspended) {
    SetSuspension suspend;
    suspend.set_agency("police");
    suspend.set_suspended(suspended);
    for (const std::string& member : members) {
      suspend.set_member(member);
      world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
    }
  }
  void SuspendChecks(bool suspended) {
    Suspend({"checks-holder", "checks-deputy", "checks-system"}, suspended);
  }
  void Seat(const std::string& post, v1::SeatKind kind) {
    SeatPost seat;
    seat.set_case_id(world_.case_id);
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(kind);
    ASSERT_EQ(
        world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
    Pulse();
  }
  /// Of two dead posts of the panel it does first the work of the one that answers for less.
  void TakeUpOneAfterTheOther() {
    Tell();
    v1::Post beside = Known(kChecks);
    beside.set_post("police/beside");
    beside.clear_capabilities();
    beside.add_capabilities(v1::CAPABILITY_ENQUIRIES);
    Set(beside);
    Seat("police/beside", v1::SEAT_KIND_MEMBER);
    Retire(Known("police/beside"));
    v1::Post half = New();
    *half.mutable_capabilities() = beside.capabilities();
    Set(half);
    ASSERT_THAT(WhoseWorkItDoes(kNew, world_.state), ElementsAre("police/beside"));
    EXPECT_EQ(OriginatorHeard(), 1);
    Retire(Known(kChecks));
    Set(New());
    ASSERT_THAT(WhoseWorkItDoes(kNew, world_.state), ElementsAre("police/beside", kChecks));
  }
  void Supervise(const std::string& nominal_id, const std::string& post) {
    SetSupervisor supervise;
    supervise.set_nominal_id(nominal_id);
    supervise.set_post(post);
    Actor clerk = World::System("probation/coordinator");
    clerk.set_purpose("allocation");
    ASSERT_EQ(world_.Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, supervise).sentence, "");
    Pulse();
  }
  /// Released by name to the old post and the new one.
  std::string TellOf(const std::string& nominal_id) {
    std::string id = world_.NextEventId();
    stored::v1::Publish event = world_.Event(nominal_id);
    event.mutable_label()->add_released_to_posts(kChecks);
    event.mutable_label()->add_released_to_posts(kNew);
    EXPECT_EQ(world_.Publish(event, kHealth).sentence, "");
    return id;
  }
  std::size_t MissedBy(const std::string& post) const {
    return world_.state.Scan(state::Key(state::Table::kMissed).Name(post), 1000).size();
  }
  std::size_t TellingsKept() const {
    return world_.state.Scan(state::Key(state::Table::kTelling), 1000).size();
  }
};

/// P3. A pointer that its guest's post read is not the event that the accountable officer must
/// read.
TEST_F(TakenUpAgain, WhoReadsLessReadsItForNobodyElse) {
  PutInForce(kPointed + World::PanelRules());
  SetIdle();
  Seat(kNew, v1::SEAT_KIND_GUEST);
  stored::v1::Publish event = world_.Event(world_.nominal);
  event.mutable_label()->set_existence_may_be_told(true);
  event.mutable_label()->set_pointer_post(kHealth);
  ASSERT_EQ(world_.Publish(event, kHealth).sentence, "");
  Retire(Known(kChecks));
  Set(New());
  ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  ASSERT_THAT(Inbox(kNew), ElementsAre("less"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
  Set(checks_);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
}

/// P3. What could not reach the old post does not lie in its inbox.
TEST_F(TakenUpAgain, WhatTheOldPostMissedIsHandedOn) {
  SuspendChecks(true);
  Pulse();
  Tell();
  ASSERT_EQ(MissedBy(kChecks), 1u);
  Set(New());
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late"));
  EXPECT_EQ(MissedBy(kChecks), 1u) << "it is the old post's, too, when that is back";
  SuspendChecks(false);
  Pulse();
  EXPECT_EQ(MissedBy(kChecks), 0u);
  EXPECT_THAT(Inbox(kChecks), ElementsAre("full late"));
}

/// More than one record may judge, and held again before it is through.
TEST_F(TakenUpAgain, PulsesCarryOnWhatWasMissed) {
  SuspendChecks(true);
  Pulse();
  std::vector<std::string> events;
  for (int i = 0; i < model::kReleaseRowsMax + 40; ++i) events.push_back(Tell());
  Set(New());
  for (const std::string& event : events) EXPECT_TRUE(Has(kNew, event));
  EXPECT_EQ(Said("unread-handed-on", kChecks) + Said("out-of-reach", kChecks), 2);
}

/// The old post was back, and retired before what it had missed was judged for it.
TEST_F(TakenUpAgain, WhatWasMissedIsJudgedThoughTheHandOnBeganMeanwhile) {
  SuspendChecks(true);
  Pulse();
  const std::string event = Tell();
  ASSERT_EQ(MissedBy(kChecks), 1u);
  SuspendChecks(false);
  SetPost retire;
  *retire.mutable_post() = Known(kChecks);
  retire.mutable_post()->clear_holder();
  retire.mutable_post()->clear_deputy();
  retire.mutable_post()->clear_services();
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, retire).sentence,
            "");
  Set(New());
  EXPECT_TRUE(Has(kNew, event));
  EXPECT_EQ(MissedBy(kChecks), 0u);
  EXPECT_TRUE(Has(kChecks, event));
}

/// An hour out of reach costs whoever does the work nothing of it.
TEST_F(TakenUpAgain, WhatCameForTheOldPostMeanwhileComesToWhoeverIsBack) {
  Retire(Known(kChecks));
  Set(New());
  Suspend({"new-checks-holder", "new-checks-system"}, true);
  Pulse();
  Tell();
  ASSERT_FALSE(world_.DecisionFor(kNew).has_value());
  Suspend({"new-checks-holder", "new-checks-system"}, false);
  Pulse();
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late"));
}

/// What one successor has read the next need not.
TEST_F(TakenUpAgain, ASecondSuccessorGetsWhatTheFirstDidNotRead) {
  Tell();
  Tell();
  Retire(Known(kChecks));
  Set(New());
  ASSERT_THAT(Inbox(kNew), ElementsAre("full late", "full late"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  Retire(Known(kNew));
  Set(Second());
  ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kSecond);
  EXPECT_THAT(Inbox(kSecond), ElementsAre("full late"));
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}, {kSecond, 1}}));
}

/// It sat on the panel beside the old one, and read what came, before it took the work up.
TEST_F(TakenUpAgain, WhatWhoeverTakesItUpHasReadIsReadForBoth) {
  SetIdle();
  Seat(kNew, v1::SEAT_KIND_MEMBER);
  Tell();
  ASSERT_THAT(Inbox(kNew), ElementsAre("full"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
  Retire(Known(kChecks));
  Set(New());
  ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  EXPECT_THAT(MustRead(), IsEmpty());
}

/// Nobody is chased to read what does not open.
TEST_F(TakenUpAgain, WhatWasErasedIsNotHandedOn) {
  const std::string key(model::SubjectKeyId::kBytes, 'a');
  stored::v1::Publish sealed = world_.Event(world_.nominal);
  sealed.mutable_segments(0)->add_keys()->set_subject_key_id(key);
  SubjectKeyUse& use = *sealed.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(CONTENT_CLASS_SEGMENT);
  use.set_quarter(200);
  const std::string event = world_.NextEventId();
  ASSERT_EQ(world_.Publish(sealed, kHealth).sentence, "");
  Retire(Known(kChecks));
  EraseNominal erase;
  erase.set_nominal_id(world_.nominal);
  Actor governance = World::System("desk/governance");
  governance.set_purpose("data-protection");
  SecondHand second;
  second.set_pending_id(
      model::PendingId::Parse(world_.Say(governance, COMMAND_NUMBER_ERASE_NOMINAL, erase).made_id)
          ->Bytes());
  Actor other = World::System("desk/operator");
  other.set_purpose("data-protection");
  ASSERT_EQ(world_.Say(other, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
  ASSERT_TRUE(Has(kChecks, event));
  Set(New());
  EXPECT_FALSE(Has(kNew, event));
  EXPECT_EQ(MustRead().count(kNew), 0u);
}

/// One telling walks the old post's people. Whoever is another's to supervise is none of them.
TEST_F(TakenUpAgain, OriginatorsHearOnceOfWhomItBringsItInFor) {
  Tell();
  const std::string third = world_.Register(3);
  Supervise(third, kChecks);
  TellOf(third);
  ChangeCase change;
  change.set_case_id(world_.OpenCase(third, {{RequestWorld::kChair, v1::SEAT_KIND_CHAIR}}));
  change.set_supervising_post(RequestWorld::kSupervisor);
  ASSERT_EQ(
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, change).sentence,
      "");
  v1::Post beside = Known(kChecks);
  beside.set_post("police/beside");
  Set(beside);
  Seat("police/beside", v1::SEAT_KIND_MEMBER);
  Retire(Known(kChecks));
  Retire(Known("police/beside"));
  Set(New());
  ASSERT_THAT(WhoseWorkItDoes(kNew, world_.state), ElementsAre("police/beside", kChecks));
  EXPECT_EQ(OriginatorHeard(), 1) << "of two whose work it does, and not of the third";
}

/// P10. Each work that it takes up widens what it is judged as, and is news: also where the walk of
/// the second leaves the person to that of the first.
TEST_F(TakenUpAgain, OriginatorsHearOfASecondWorkThatItTakesUpLater) {
  TakeUpOneAfterTheOther();
  EXPECT_EQ(OriginatorHeard(), 2);
}

/// A person of two nominals is one: whoever told of each hears of each once.
TEST_F(TakenUpAgain, OriginatorsHearOnceOfEachNominal) {
  const std::string third = world_.Register(3);
  for (const std::string& nominal_id : {world_.other, third}) {
    Supervise(nominal_id, kChecks);
    TellOf(nominal_id);
  }
  ASSERT_EQ(world_.Merge(third, world_.other).sentence, "");
  Pulse();
  Retire(Known(kChecks));
  Set(New());
  EXPECT_EQ(OriginatorHeard(), 2);
}

/// However many people it is about, one record tells of so many, and pulses go on.
TEST_F(TakenUpAgain, OneRecordTellsOfAsManyAsItMay) {
  for (int i = 0; i < model::kOriginatorsToldMax; ++i) {
    const std::string known = world_.Register(100 + i);
    Supervise(known, kChecks);
    TellOf(known);
  }
  Retire(Known(kChecks));
  SetPost set;
  *set.mutable_post() = New();
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  EXPECT_EQ(TellingsKept(), 1u);
  Pulse();
  EXPECT_EQ(TellingsKept(), 0u);
  int told = 0;
  for (const auto& [key, bytes] :
       world_.state.Scan(LaneRows(state::Table::kWaiting, kHealth, v1::URGENCY_ROUTINE), 10'000)) {
    ItemRow item;
    ASSERT_TRUE(item.ParseFromString(bytes));
    told += item.kind() == ITEM_KIND_ACCESS_CHANGED && item.other_post() == kNew ? 1 : 0;
  }
  EXPECT_EQ(told, model::kOriginatorsToldMax);
}

/// P3. Whoever does the work and is kept out of the person does not do it there: the line stands
/// in.
TEST_F(TakenUpAgain, TheLineStandsInWhereWhoeverDoesTheWorkIsKeptOut) {
  SetIdle();
  world_.KeepOut(world_.nominal, {kNew});
  SuspendChecks(true);
  Pulse();
  Set(New());
  ASSERT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  EXPECT_TRUE(StandsInForPerson(world_.nominal, RequestWorld::kAbove, world_.state));
  EXPECT_FALSE(StandsInForPerson(world_.nominal, kNew, world_.state));
  Tell();
  EXPECT_TRUE(world_.DecisionFor(RequestWorld::kAbove).has_value());
  EXPECT_FALSE(world_.DecisionFor(kNew).has_value());
}

/// What brings the old post in late brings in whoever does its work, and originators hear of both.
TEST_F(TakenUpAgain, WhatIsGivenLateToTheOldPostComesToWhoeverDoesItsWork) {
  Retire(Known(kChecks));
  Set(New());
  const std::string event = TellOf(world_.other);
  ASSERT_FALSE(Has(kNew, event));
  ASSERT_EQ(OriginatorHeard(), 0);
  Supervise(world_.other, kChecks);
  EXPECT_TRUE(Has(kChecks, event));
  EXPECT_TRUE(Has(kNew, event));
  EXPECT_EQ(OriginatorHeard(), 1);
}

/// P6, P10. Unless it is kept out.
TEST_F(TakenUpAgain, WhoIsKeptOutIsGivenNothingLate) {
  SetIdle();
  world_.KeepOut(world_.other, {kNew});
  Retire(Known(kChecks));
  Set(New());
  const std::string event = TellOf(world_.other);
  Supervise(world_.other, kChecks);
  EXPECT_TRUE(Has(kChecks, event));
  EXPECT_FALSE(Has(kNew, event));
  EXPECT_EQ(OriginatorHeard(), 0);
}

}  // namespace
}  // namespace tearline::machine
