#include "broker/machine/silence.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr char kAccountable[] = "ct-police/accountable";
constexpr char kChair[] = "prison/security";
constexpr char kOtherChair[] = "probation/chair";

/// A panel with two chairs and an accountable officer of the agency that publishes.
class Silence : public testing::Test {
 protected:
  std::string PublishControlled(v1::Urgency urgency = v1::URGENCY_URGENT) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(true);
    event.set_urgency(urgency);
    const std::string id = world_.NextEventId();
    world_.Publish(event);
    return id;
  }
  void Suspend(const std::string& agency, bool suspended = true) {
    SetSuspension command;
    command.set_agency(agency);
    command.set_suspended(suspended);
    SayAsOperator(COMMAND_NUMBER_SET_SUSPENSION, command);
  }
  template <typename Command>
  void SayAsOperator(CommandNumber number, const Command& command) {
    ASSERT_EQ(world_.Say(World::System("desk/operator"), number, command).outcome,
              audit::Outcome::kApplied);
  }
  SetPost PostAsItIs(const std::string& post) const {
    SetPost command;
    *command.mutable_post() = world_.state.Find<PostRow>(PostKey(post))->post();
    return command;
  }
  void EscalatesTo(const std::string& post, const std::string& next) {
    SetPost command = PostAsItIs(post);
    command.mutable_post()->set_escalates_to(next);
    SayAsOperator(COMMAND_NUMBER_SET_POST, command);
  }
  /// The panel's accountable officer is another post from now on.
  void NameAccountable(const std::string& post) {
    stored::v1::NameAccountable name;
    name.set_case_id(case_);
    name.set_post(post);
    ASSERT_EQ(
        world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
            .outcome,
        audit::Outcome::kApplied);
  }
  /// The open obligation that is owed to this post and to be seen to by others.
  std::optional<ObligationRow> OwedTo(const std::string& post) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.debtor_post() != post && IsOwedTo(id, row, post, world_.state)) return row;
    }
    return std::nullopt;
  }
  /// Notices of obligations to see to that were let go to a post.
  std::vector<ItemRow> Notices(const std::string& post) const {
    std::vector<ItemRow> notices;
    for (const auto& [sequence, item] : world_.Released(post, v1::URGENCY_URGENT)) {
      if (item.kind() != ITEM_KIND_OBLIGATION) continue;
      const auto row = world_.state.Find<ObligationRow>(ObligationKey(item.obligation_id()));
      if (row->type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) notices.push_back(item);
    }
    return notices;
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(
      nominal_, {{kChair, v1::SEAT_KIND_CHAIR}, {kOtherChair, v1::SEAT_KIND_CHAIR}}, kAccountable);
};

TEST_F(Silence, KnowsFromWhomAnEventIsWithheld) {
  const std::string controlled = PublishControlled();
  EXPECT_EQ(WithheldFrom(controlled, world_.state),
            (std::vector<std::string>{kChair, kOtherChair}));
  EXPECT_EQ(StillOwedTo(controlled, world_.state), (std::vector<std::string>{kChair, kOtherChair}));
  EXPECT_TRUE(IsWithheld(controlled, kChair, world_.state));
  EXPECT_FALSE(IsWithheld(controlled, kAccountable, world_.state));
  const std::string open = world_.NextEventId();
  world_.Publish(world_.Event(nominal_));
  EXPECT_TRUE(WithheldFrom(open, world_.state).empty());
}

/// P6. Two chairs are owed one event, each for its own reason, hence in two rows: neither hears of
/// the other's.
TEST_F(Silence, NobodyHearsOfAnEventThatAnotherRowOwesThem) {
  EscalatesTo(kAccountable, kOtherChair);
  Suspend("probation");
  PublishControlled();
  ASSERT_EQ(OwedTo(kOtherChair)->reason(), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  ASSERT_NE(OwedTo(kChair)->reason(), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  world_.PassAndPulse(4 * kHourMs);
  world_.PassAndPulse(kHourMs);
  EXPECT_EQ(OwedTo(kChair)->stage(), 2u);
  EXPECT_EQ(OwedTo(kChair)->told_post(), "board/board") << "past the other chair";
  EXPECT_EQ(world_.Waiting(kOtherChair, v1::URGENCY_URGENT), 0u);
}

/// The same of events that a row counts and no longer lists: the second chair hears of none of it.
TEST_F(Silence, ReachesBeyondAnObligationsList) {
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post(kOtherChair);
  leave.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  leave.set_leave(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  for (int i = 0; i < 64; ++i) PublishControlled();
  ASSERT_EQ(OwedTo(kChair)->count(), 64u);
  const auto id = [this] {
    for (const auto& [each, row] : world_.OpenObligations()) {
      if (IsOwedTo(each, row, kChair, world_.state)) return each;
    }
    return std::string();
  };
  EXPECT_TRUE(MayHearOf(id(), *OwedTo(kChair), kOtherChair, world_.state))
      << "nothing to do with it";
  leave.set_leave(false);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  Suspend("probation");
  PublishControlled();
  ASSERT_EQ(OwedTo(kChair)->count(), 65u);
  ASSERT_EQ(OwedTo(kOtherChair)->count(), 1u) << "in a row of its own";
  EXPECT_FALSE(MayHearOf(id(), *OwedTo(kChair), kOtherChair, world_.state));
}

/// Who may not be told is not charged with it either: what the accountable officer was to be told
/// is judged again before it goes out, and the obligation that counted it becomes its successor's.
TEST_F(Silence, AnObligationIsTakenOffWhomItsEventIsWithheldFrom) {
  PublishControlled(v1::URGENCY_ROUTINE);
  ASSERT_EQ(OwedTo(kChair)->debtor_post(), kAccountable);
  const std::int64_t due_ms = OwedTo(kChair)->due_ms();
  world_.now_ms += kHourMs;
  NameAccountable("police/panel");
  world_.OpenSession(kAccountable);
  EXPECT_TRUE(Notices(kAccountable).empty());
  ASSERT_TRUE(OwedTo(kChair).has_value());
  EXPECT_EQ(OwedTo(kChair)->debtor_post(), "police/panel");
  EXPECT_EQ(OwedTo(kChair)->due_ms(), due_ms) << "the time that stood";
  EXPECT_TRUE(OwedTo(kOtherChair).has_value());
  for (const auto& [id, row] : world_.OpenObligations()) EXPECT_NE(row.debtor_post(), kAccountable);
}

/// What it has besides stays its own: only the event that it may not know of leaves the row.
TEST_F(Silence, TheOthersOfARowStay) {
  const std::string session = world_.OpenSession(kAccountable);
  PublishControlled();
  world_.Acknowledge(kAccountable, session, v1::URGENCY_URGENT, {1, 2});
  CloseSession close;
  close.set_feed(kAccountable);
  close.set_session_id(session);
  world_.Say(World::System(kAccountable), COMMAND_NUMBER_CLOSE_SESSION, close);
  PublishControlled(v1::URGENCY_ROUTINE);
  ASSERT_EQ(OwedTo(kChair)->count(), 2u);
  NameAccountable("police/panel");
  world_.OpenSession(kAccountable);
  std::uint64_t his = 0;
  std::uint64_t successors = 0;
  for (const auto& [id, row] : world_.OpenObligations()) {
    if (row.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) continue;
    if (!IsOwedTo(id, row, kChair, world_.state)) continue;
    (row.debtor_post() == kAccountable ? his : successors) += row.count();
  }
  EXPECT_EQ(his, 1u);
  EXPECT_EQ(successors, 1u);
}

/// A notice says under its number what it said when it was let go: what joined since is not in it,
/// since it may be about an event withheld from whom it was told to meanwhile.
TEST_F(Silence, ANoticeSaysWhatItSaid) {
  world_.OpenSession("board/board");
  PublishControlled();
  world_.PassAndPulse(4 * kHourMs);
  world_.PassAndPulse(kHourMs);
  ASSERT_EQ(Notices("board/board").size(), 1u);
  const std::int64_t due_ms = OwedTo(kChair)->due_ms();
  PublishControlled();
  ASSERT_EQ(OwedTo(kChair)->count(), 2u);
  EXPECT_EQ(Notices("board/board")[0].obligation_events(), 1u);
  EXPECT_EQ(Notices("board/board")[0].obligation_due_ms(), due_ms);
}

/// The accountable officer sees to what others must read, but not to what is withheld from it.
TEST_F(Silence, ADutyToReadIsKeptFromWhomTheEventIsWithheldFrom) {
  Suspend("ct-police");
  const std::string event = world_.NextEventId();
  world_.Publish(world_.Event(nominal_), kChair);
  ObligationRow read;
  read.set_type(v1::OBLIGATION_TYPE_READ);
  read.set_debtor_post("police/panel");
  read.set_accountable_post(kAccountable);
  read.add_event_ids(event);
  EXPECT_TRUE(Concerns(read, kAccountable));
  EXPECT_FALSE(MayHearOf(std::string(16, 'o'), read, kAccountable, world_.state));
  EXPECT_TRUE(MayHearOf(std::string(16, 'o'), read, "police/panel", world_.state));
  EXPECT_TRUE(MayHearOf(std::string(16, 'o'), read, "board/board", world_.state));
}

/// What is owed about a person and no event is kept from whoever is kept out of them now, whoever
/// was when it opened; but who owes it was asked, and stays so.
TEST_F(Silence, WhatIsAboutThePersonIsKeptFromWhomTheyAreKeptFromNow) {
  const std::string id(16, 'o');
  const auto hears = [&](v1::ObligationType type, const std::string& post) {
    ObligationRow row;
    row.set_type(type);
    row.set_nominal_id(nominal_);
    row.set_debtor_post(kChair);
    return MayHearOf(id, row, post, world_.state);
  };
  constexpr v1::ObligationType kTypes[] = {v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST,
                                           v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL,
                                           v1::OBLIGATION_TYPE_RECORD_MINUTES};
  for (const v1::ObligationType type : kTypes) EXPECT_TRUE(hears(type, "board/board")) << type;
  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  limit.add_excluded("board/board");
  limit.add_excluded(kChair);
  Actor actor = World::System("probation/coordinator");
  actor.set_purpose("public-protection");
  ASSERT_EQ(world_.Say(actor, COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
            audit::Outcome::kApplied);
  for (const v1::ObligationType type : kTypes) {
    EXPECT_FALSE(hears(type, "board/board")) << type;
    EXPECT_TRUE(hears(type, kOtherChair)) << type;
    EXPECT_TRUE(hears(type, kChair)) << type;
  }
}

TEST(Knowing, IsOfWhoIsToldOfAnEvent) {
  ActionWorld world;
  const std::string told = world.PublishOne();
  EXPECT_TRUE(KnowsOf(told, ActionWorld::kIntel, world.state)) << "it answers for it";
  EXPECT_FALSE(KnowsOf(told, ActionWorld::kMember, world.state)) << "it waits";
  world.OpenSession(ActionWorld::kMember);
  EXPECT_TRUE(KnowsOf(told, ActionWorld::kMember, world.state));
  world.OpenSession(ActionWorld::kGuest);
  EXPECT_FALSE(KnowsOf(told, ActionWorld::kGuest, world.state));
  EXPECT_FALSE(KnowsOf(std::string(16, 'x'), ActionWorld::kMember, world.state));
}

}  // namespace
}  // namespace tearline::machine
