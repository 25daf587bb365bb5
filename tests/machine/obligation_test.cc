#include "broker/machine/obligation.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class Obligation : public testing::Test {
 protected:
  /// Something the chair ought to know and may not be told: controlled, no tear-line, existence not
  /// to be told.
  Applied PublishWithheld() {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(true);
    return world_.Publish(event);
  }
  /// Gives a post a chair on the panel, or takes it.
  void Seat(const std::string& post, bool leave = false) {
    SeatPost seat;
    seat.set_case_id(case_);
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
    seat.set_leave(leave);
    ASSERT_EQ(
        world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).outcome,
        audit::Outcome::kApplied);
  }
  /// The same for prison/seat-NUMBER, which is made first.
  void SeatNew(int number) {
    SetPost command;
    v1::Post& post = *command.mutable_post();
    post.set_post("prison/seat-" + std::to_string(number));
    post.add_roles(v1::POST_ROLE_PRACTITIONER);
    post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
    Seat(post.post());
  }
  std::string IdOf(v1::ObligationType type) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == type) return id;
    }
    return "none";
  }
  std::optional<ObligationRow> Open(v1::ObligationType type) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == type) return row;
    }
    return std::nullopt;
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}},
                                      "ct-police/accountable");
};

/// P3. A duty unmet opens an obligation with reason, named officer and review time.
TEST_F(Obligation, OpensWhereADutyIsUnmet) {
  world_.Publish(world_.Event(nominal_));
  EXPECT_FALSE(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).has_value()) << "the chair was told";
  PublishWithheld();
  EXPECT_EQ(world_.DecisionFor("probation/chair")->level(), v1::LEVEL_WITHHELD);
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->debtor_post(), "ct-police/accountable");
  EXPECT_EQ(row->accountable_post(), "ct-police/accountable");
  ASSERT_EQ(row->owed_posts_size(), 1);
  EXPECT_EQ(row->owed_posts(0), "probation/chair");
  EXPECT_NE(row->reason(), v1::RULE_REASON_UNSPECIFIED);
  EXPECT_EQ(row->due_ms(), world_.now_ms + 4 * kHourMs);
}

/// The debtor and the originator are told; whom it was owed to is not.
TEST_F(Obligation, TellsTheDebtorAndTheOriginatorOnly) {
  world_.OpenSession("ct-police/accountable");
  world_.OpenSession("ct-police/intel");
  world_.OpenSession("probation/chair");
  PublishWithheld();
  const auto tells = [this](const char* post) {
    int count = 0;
    for (const auto& [sequence, item] : world_.Released(post, v1::URGENCY_URGENT)) {
      count += item.kind() == ITEM_KIND_OBLIGATION;
    }
    return count;
  };
  EXPECT_EQ(tells("ct-police/accountable"), 2) << "to read what it got, and to see to the chair";
  EXPECT_EQ(tells("ct-police/intel"), 1);
  EXPECT_TRUE(world_.Released("probation/chair", v1::URGENCY_URGENT).empty());
}

/// One open row for nominal, panel, debtor and reason, with count, list and earliest deadline.
TEST_F(Obligation, JoinsTheOpenOne) {
  PublishWithheld();
  const std::int64_t first_due = world_.now_ms + 4 * kHourMs;
  world_.now_ms += kHourMs;
  PublishWithheld();
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->count(), 2u);
  EXPECT_EQ(row->event_ids_size(), 2);
  EXPECT_EQ(row->due_ms(), first_due) << "the earliest deadline stands";
}

TEST_F(Obligation, CountsWhatItNoLongerLists) {
  for (int i = 0; i < 66; ++i) PublishWithheld();
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->count(), 66u);
  EXPECT_EQ(row->event_ids_size(), 64);
}

/// An event that is owed to two posts is one event, however long the list is already.
TEST_F(Obligation, CountsEachEventOnceBeyondItsList) {
  Seat("prison/security");
  for (int i = 0; i < 67; ++i) PublishWithheld();
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->count(), 67u);
  EXPECT_EQ(row->event_ids_size(), 64);
}

/// P3. Nobody it is owed to is lost because another was owed it first; each record names its own.
TEST_F(Obligation, NamesEveryPostItIsOwedTo) {
  Seat("prison/security");
  PublishWithheld();
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_EQ(row->owed_posts_size(), 2);
  EXPECT_EQ(row->owed_posts(0), "prison/security");
  EXPECT_EQ(row->owed_posts(1), "probation/chair");
  EXPECT_EQ(row->count(), 1u) << "one event";
  std::vector<std::string> remembered;
  for (const Detail& detail : world_.Details()) {
    if (detail.obligation().type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) {
      remembered.push_back(detail.obligation().owed_post());
    }
  }
  EXPECT_EQ(remembered, (std::vector<std::string>{"prison/security", "probation/chair"}));
}

/// Both sides of the limit: a panel's posts are named, those that take their seats are counted.
TEST_F(Obligation, NamesSixtyFourPostsAndCountsTheRestOnce) {
  for (int i = 0; i < 63; ++i) SeatNew(i);
  PublishWithheld();
  auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->owed_posts_size(), 64) << "the chair and sixty-three more";
  EXPECT_EQ(row->owed_more(), 0u);

  for (int i = 0; i < 2; ++i) Seat("prison/seat-" + std::to_string(i), /*leave=*/true);
  for (int i = 63; i < 65; ++i) SeatNew(i);
  PublishWithheld();
  PublishWithheld();
  row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->owed_posts_size(), 64);
  EXPECT_EQ(row->owed_more(), 2u);
  EXPECT_EQ(row->count(), 3u);
}

/// Deputy, then up the line, each step counted from the one before; at the end it stays open.
TEST_F(Obligation, EscalatesStepByStep) {
  PublishWithheld();
  const auto row = [this] { return *Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW); };
  world_.PassAndPulse(4 * kHourMs - 1);
  EXPECT_EQ(row().stage(), 0u) << "not a millisecond early";
  world_.PassAndPulse(1);
  EXPECT_EQ(row().stage(), 1u) << "the deputy";
  EXPECT_EQ(row().told_post(), "ct-police/accountable");
  world_.PassAndPulse(kHourMs);
  EXPECT_EQ(row().stage(), 2u);
  EXPECT_EQ(row().told_post(), "board/board");
  world_.PassAndPulse(kHourMs);
  EXPECT_EQ(row().stage(), 2u) << "the end of the line";
  EXPECT_EQ(row().ended_ms(), 0) << "and still open";
  EXPECT_LT(row().due_ms(), world_.now_ms) << "the review time it missed is kept";
}

/// Whoever may not be told must not learn of it from further down the line either.
TEST_F(Obligation, ClimbsPastWhomItIsOwedTo) {
  SetPost command;
  v1::Post& post = *command.mutable_post();
  post = world_.state.Find<PostRow>(PostKey("ct-police/accountable"))->post();
  post.set_escalates_to("probation/chair");
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
  world_.OpenSession("probation/chair");
  PublishWithheld();
  world_.PassAndPulse(4 * kHourMs);
  world_.PassAndPulse(kHourMs);
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->stage(), 2u);
  EXPECT_EQ(row->told_post(), "board/board");
  for (const auto& [sequence, item] : world_.Released("probation/chair", v1::URGENCY_URGENT)) {
    EXPECT_NE(item.obligation_id(), IdOf(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW));
  }
}

/// It was told already, and then becomes one of those who are not: it hears no more of it, neither
/// by what still waits for it nor by having a say.
TEST_F(Obligation, LeavesWhomItWasToldToOnceItIsOwedToThem) {
  PublishWithheld();
  world_.PassAndPulse(4 * kHourMs);
  world_.PassAndPulse(kHourMs);
  const std::string id = IdOf(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->told_post(), "board/board");
  ASSERT_EQ(world_.Waiting("board/board", v1::URGENCY_URGENT), 1u);
  Seat("board/board");
  PublishWithheld();
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(row->count(), 2u);
  EXPECT_EQ(row->told_post(), row->debtor_post()) << "nobody else is left up the line";
  EXPECT_EQ(row->ended_ms(), 0);
  world_.OpenSession("board/board");
  EXPECT_EQ(world_.Waiting("board/board", v1::URGENCY_URGENT), 0u);
  for (const auto& [sequence, item] : world_.Released("board/board", v1::URGENCY_URGENT)) {
    EXPECT_NE(item.obligation_id(), id);
  }
}

/// The same with somebody above them: that one is told at once.
TEST_F(Obligation, IsToldFurtherUpOnceItIsOwedToWhomItWasToldTo) {
  SetPost command;
  v1::Post& post = *command.mutable_post();
  post = world_.state.Find<PostRow>(PostKey("ct-police/accountable"))->post();
  post.set_escalates_to("prison/security");
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
  post = world_.state.Find<PostRow>(PostKey("prison/security"))->post();
  post.set_escalates_to("board/board");
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
  world_.OpenSession("board/board");
  PublishWithheld();
  world_.PassAndPulse(4 * kHourMs);
  world_.PassAndPulse(kHourMs);
  ASSERT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->told_post(), "prison/security");
  Seat("prison/security");
  PublishWithheld();
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->told_post(), "board/board");
  EXPECT_EQ(world_.Released("board/board", v1::URGENCY_URGENT).size(), 1u);
}

/// An outage delays a step; it does not let the next one follow at once.
TEST_F(Obligation, CountsEachStepFromTheOneBefore) {
  PublishWithheld();
  world_.PassAndPulse(100 * kHourMs);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->stage(), 1u);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->next_step_ms(), world_.now_ms + kHourMs);
}

/// A duty without a word on what follows is chased all the same, within a day.
TEST_F(Obligation, ChasesADutyThatNamesNoConsequence) {
  OpenCase open;
  v1::Case& asked = *open.mutable_case_();
  const std::string other = world_.Register(2);
  asked.set_nominal_id(model::NominalId::FromBytes(other)->Text());
  asked.set_category(v1::MAPPA_CATEGORY_2);
  asked.set_level(v1::MAPPA_LEVEL_2);
  asked.set_lead_agency("prison");
  asked.set_area("north");
  asked.set_supervising_post("probation/supervisor");
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_OPEN_CASE, open);
  SetSuspension suspend;
  suspend.set_agency("probation");
  suspend.set_suspended(true);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);

  world_.Publish(world_.Event(other));
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_TRUE(row.has_value());
  ASSERT_EQ(row->owed_posts_size(), 1);
  EXPECT_EQ(row->owed_posts(0), "probation/supervisor");
  EXPECT_EQ(row->due_ms(), world_.now_ms + 24 * kHourMs);
}

/// Where nobody is named accountable, whoever published must act.
TEST_F(Obligation, FallsToThePublisherWhereNobodyIsAccountable) {
  const std::string other = world_.Register(2);
  world_.OpenCase(other, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  stored::v1::Publish event = world_.Event(other);
  event.mutable_label()->set_originator_controlled(true);
  world_.Publish(event);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW)->debtor_post(), "ct-police/intel");
}

/// Whoever may not be told must not learn of it by being made to see to it.
TEST_F(Obligation, IsNotThePostsThatWasNotTold) {
  SetSuspension suspend;
  suspend.set_agency("ct-police");
  suspend.set_suspended(true);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  world_.Publish(world_.Event(nominal_), "prison/security");
  ASSERT_EQ(world_.DecisionFor("ct-police/accountable")->level(), v1::LEVEL_WITHHELD);
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->debtor_post(), "prison/security");
  EXPECT_EQ(row->accountable_post(), "");
}

/// A duty to read what is no longer told ends with the telling.
TEST_F(Obligation, ToReadEndsWhenTheEventMayNoLongerBeTold) {
  stored::v1::Publish event = world_.Event(nominal_);
  event.set_urgency(v1::URGENCY_ROUTINE);
  world_.Publish(event);
  ASSERT_TRUE(Open(v1::OBLIGATION_TYPE_READ).has_value());
  NameAccountable other;
  other.set_case_id(case_);
  other.set_post("prison/security");
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other);
  world_.OpenSession("ct-police/accountable");
  EXPECT_TRUE(world_.Released("ct-police/accountable", v1::URGENCY_ROUTINE).empty());
  EXPECT_FALSE(Open(v1::OBLIGATION_TYPE_READ).has_value());
}

/// A suspended recipient is an unmet duty like any other.
TEST_F(Obligation, OpensForASuspendedRecipient) {
  SetSuspension suspend;
  suspend.set_agency("probation");
  suspend.set_suspended(true);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  world_.Publish(world_.Event(nominal_));
  const auto row = Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->reason(), v1::RULE_REASON_RECIPIENT_SUSPENDED);
}

/// History opens no deadlines of its own: one word to each panel that it arrived.
TEST_F(Obligation, TellsAPanelOnceThatHistoryArrived) {
  SetPost intake;
  v1::Post& post = *intake.mutable_post();
  post.set_post("ct-police/intel");
  post.add_roles(v1::POST_ROLE_INTELLIGENCE);
  post.add_roles(v1::POST_ROLE_INTAKE);
  post.add_services("intel-system");
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, intake);
  const auto import = [this](bool withheld) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(withheld);
    event.set_imported(true);
    world_.Publish(event);
  };
  for (int i = 0; i < 3; ++i) import(false);
  auto open = world_.OpenObligations();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.begin()->second.type(), v1::OBLIGATION_TYPE_HISTORY_ARRIVED);
  EXPECT_EQ(open.begin()->second.debtor_post(), "probation/chair");
  EXPECT_EQ(open.begin()->second.count(), 3u);

  // P6. Of what is withheld from the chair the accountable officer is told.
  import(true);
  open = world_.OpenObligations();
  ASSERT_EQ(open.size(), 2u);
  for (const auto& [id, row] : open) {
    EXPECT_EQ(row.debtor_post(), row.count() == 3 ? "probation/chair" : "ct-police/accountable");
  }
}

/// P6. What cannot be judged is told to nobody; where something was owed somebody is chased at
/// once, and not in a rule's time.
TEST_F(Obligation, IsDueAtOnceWhereJudgingFailed) {
  const std::string event_id = world_.NextEventId();
  world_.Publish(world_.Event(nominal_));
  ASSERT_EQ(world_.DecisionFor("probation/chair")->level(), v1::LEVEL_FULL);
  EventRow event = *world_.state.Find<EventRow>(EventKey(event_id));
  event.mutable_publish()->mutable_segments(0)->add_flags(static_cast<v1::ContentFlag>(99));
  state::Batch batch(world_.state);
  batch.PutRow(EventKey(event_id), event);
  world_.state.Commit(batch);

  AmendEvent amend;
  amend.set_event_id(event_id);
  amend.mutable_terms()->set_existence_may_be_told(true);
  amend.mutable_terms()->set_pointer_post("ct-police/intel");
  Actor author = World::System("ct-police/intel");
  author.set_purpose("correction");
  ASSERT_EQ(world_.Say(author, COMMAND_NUMBER_AMEND_EVENT, amend).sentence, "");
  EXPECT_EQ(world_.DecisionFor("probation/chair")->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.DecisionFor("probation/chair")->shortfall(),
            v1::RULE_REASON_EVALUATION_FAILED);
  EXPECT_FALSE(Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).has_value());
  const auto row = Open(v1::OBLIGATION_TYPE_JUDGING_FAILED);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->reason(), v1::RULE_REASON_EVALUATION_FAILED);
  EXPECT_EQ(row->due_ms(), world_.now_ms);
  world_.PassAndPulse(0);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_JUDGING_FAILED)->stage(), 1u);
  world_.PassAndPulse(kHourMs);
  EXPECT_EQ(Open(v1::OBLIGATION_TYPE_JUDGING_FAILED)->stage(), 2u);
}

}  // namespace
}  // namespace tearline::machine
