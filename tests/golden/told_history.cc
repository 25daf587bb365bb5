#include "tests/golden/told_history.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "broker/machine/feed_name.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// What everybody else has in their world, and a rule by which two reports from one agency make
/// one.
Genesis Beginning() {
  Genesis genesis;
  EXPECT_TRUE(genesis.ParseFromString(World().records.front().header.command_bytes));
  genesis.set_policy_text(genesis.policy_text() +
                          R"(composites { name: "reports" member_type: "intelligence." events: 2
  agencies: 1 within: "30d" event_type: "composite.reports.made" urgency: URGENCY_URGENT })");
  return genesis;
}

/// What its originator controls, with a tear-line for panels.
void PublishControlled(World& world, const std::string& nominal) {
  Publish event = world.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  SealedTearLine& tear_line = *event.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  world.Publish(event);
}

/// Back in reach, an agency tells a tear-line, and the whole waits to take its place, for whoever
/// is to have nothing to do with it once it is moved: as behaviour version 6 has it.
void TellLessThanWaits(World& world, const std::string& nominal) {
  SetSuspension back;
  back.set_agency("ct-police");
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, back);
  world.PassAndPulse(0);
  const std::string session = world.OpenSession("probation/chair");
  const std::string event_id = world.NextEventId();
  PublishControlled(world, nominal);
  CloseSession close;
  close.set_feed("probation/chair");
  close.set_session_id(session);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_CLOSE_SESSION, close);
  AmendEvent amend;
  amend.set_event_id(event_id);
  amend.mutable_terms()->set_originator_controlled(false);
  Actor author = World::System("ct-police/intel");
  author.set_purpose("correction");
  world.Say(author, COMMAND_NUMBER_AMEND_EVENT, amend);
}

/// A post that was kept out by mistake is let see again, and told what it was not; a report is
/// commissioned, and ended by its time; offices in a case are handed on: as behaviour version 6 has
/// it.
void RaiseCommissionAndHandOn(World& world, const std::string& nominal,
                              const std::string& case_id) {
  Actor chair = World::System("probation/chair");
  chair.set_purpose("public-protection");
  LimitAccess limit;
  limit.set_nominal_id(nominal);
  limit.add_excluded("police/panel");
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  world.Publish(world.Event(nominal));
  limit.clear_excluded();
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  CommissionReport commission;
  commission.set_case_id(case_id);
  commission.set_writer_post("prison/security");
  commission.set_occurred_from_ms(1);
  commission.set_until_ms(world.now_ms + 1000);
  commission.set_hearing_ms(world.now_ms + 2000);
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_COMMISSION_REPORT, commission).sentence, "");
  world.PassAndPulse(0);
  world.PassAndPulse(1000);
  ChangeCase change;
  change.set_case_id(case_id);
  change.set_supervising_post("probation/supervisor");
  EXPECT_EQ(
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, change).sentence,
      "");
  NameAccountable name;
  name.set_case_id(case_id);
  name.set_post("ct-police/intel");
  EXPECT_EQ(world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                .sentence,
            "");
  world.PassAndPulse(0);
}

/// A number is nobody's any more, says whoever asserted it, and says by what to find that again;
/// the certificates of all who act for a post end, and one is renewed: as behaviour version 7 has
/// it.
void CorrectAndRunOut(World& world) {
  Actor author = World::System("police/coordinator");
  author.set_purpose("public-protection");
  author.set_correlation_id("golden-7");
  CorrectIdentifier correct;
  *correct.mutable_identifier() = World::Number(2);
  correct.set_status(v1::IDENTIFIER_STATUS_IN_ERROR);
  correct.set_because(v1::IDENTIFIER_CORRECTION_MISTYPED);
  EXPECT_EQ(world.Say(author, COMMAND_NUMBER_CORRECT_IDENTIFIER, correct).sentence, "");
  Actor deputy = World::Holder("police/panel");
  deputy.set_member("panel-deputy");
  OpenSession open;
  open.set_feed("police/panel");
  open.set_window_messages(100);
  open.set_window_bytes(model::kWindowBytesMin);
  for (const Actor& actor :
       {World::Holder("police/panel"), deputy, World::System("police/panel")}) {
    open.set_certificate_until_ms(world.now_ms + 1000);
    EXPECT_EQ(world.Say(actor, COMMAND_NUMBER_OPEN_SESSION, open).sentence, "");
  }
  world.PassAndPulse(1000 + model::kCertificateWait.count());
  world.PassAndPulse(0);
  EXPECT_EQ(OutOfReach("police/panel", world.state), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  open.set_certificate_until_ms(world.now_ms + 1000);
  EXPECT_EQ(world.Say(World::System("police/panel"), COMMAND_NUMBER_OPEN_SESSION, open).sentence,
            "");
  world.PassAndPulse(0);
}

/// A subscription of a post's to what is about a nominal; its feed.
std::string WishFor(World& world, const std::string& post, const std::string& nominal) {
  CreateSubscription wish;
  wish.mutable_selector()->add_nominal_ids(model::NominalId::FromBytes(nominal)->Text());
  wish.set_from(v1::START_FROM_NOW);
  const Applied made = world.Say(World::System(post), COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish);
  EXPECT_EQ(made.sentence, "");
  return SubscriptionFeed(post, model::SubscriptionId::Parse(made.made_id)->Bytes());
}

/// Two are taken for one person whose case names a supervisor, and parted again: who was named for
/// the one meanwhile supervises it, and subscriptions have nothing of whom they name no more, be it
/// out or waiting: as behaviour version 8 has it.
void Part(World& world, const std::string& nominal) {
  world.PutInForce(R"(id: "wishes" version: 9 purpose: "For tests."
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: [POST_ROLE_STRATEGIC_BOARD, POST_ROLE_INFORMATION_GOVERNANCE] } } })" +
                   World::PanelRules());
  const std::string other = world.Register(3);
  const std::string open = WishFor(world, "board/board", nominal);
  const std::string closed = WishFor(world, "desk/governance", nominal);
  world.OpenSession(open);
  EXPECT_EQ(world.Merge(other, nominal).sentence, "");
  Actor clerk = World::System("police/coordinator");
  clerk.set_purpose("public-protection");
  SetSupervisor name;
  name.set_nominal_id(other);
  name.set_post("prison/security");
  EXPECT_EQ(world.Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, name).sentence, "");
  world.Publish(world.Event(other));
  EXPECT_EQ(world.Released(open, v1::URGENCY_URGENT).size(), 1U);
  EXPECT_EQ(world.Waiting(closed, v1::URGENCY_URGENT), 1U);
  UnmergeNominals part;
  part.set_removed_id(other);
  EXPECT_EQ(world.Say(clerk, COMMAND_NUMBER_UNMERGE_NOMINALS, part).sentence, "");
  world.PassAndPulse(0);
  EXPECT_TRUE(world.DecisionFor("prison/security").has_value());
  world.OpenSession(closed);
  EXPECT_EQ(world.Waiting(closed, v1::URGENCY_URGENT), 0U);
  EXPECT_TRUE(world.Released(closed, v1::URGENCY_URGENT).empty());
}

/// What an agency told of somebody turns out to be about another; what is asked for twice waits
/// once: as behaviour version 5 has it.
void MoveToAnother(World& world, const std::string& nominal) {
  stored::v1::MoveBooking move;
  move.set_from_id(nominal);
  move.set_to_id(world.Register(2));
  move.set_until_ms(world.now_ms);
  move.set_agency("ct-police");
  move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  Actor author = World::System("ct-police/intel");
  author.set_purpose("public-protection");
  world.Say(author, COMMAND_NUMBER_MOVE_BOOKING, move);
  const Applied asked = world.Say(author, COMMAND_NUMBER_MOVE_BOOKING, move);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  Actor other = World::System("desk/governance");
  other.set_purpose("public-protection");
  EXPECT_EQ(world.Say(other, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
  world.PassAndPulse(0);
}

/// A seat's agency is suspended, and what it has not read goes to others: as behaviour version 4
/// has it.
void GoOutOfReach(World& world) {
  SetSuspension suspend;
  suspend.set_agency("ct-police");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  world.Say(World::System("education/guest"), COMMAND_NUMBER_PULSE, Pulse());
}

/// A post changes hands and is taken over; another is left by everybody, and what it owes climbs at
/// once: as behaviour version 3 has it.
void ChangeHands(World& world, const std::string& nominal) {
  const auto change = [&world](const std::string& post, const std::string& holder) {
    SetPost set;
    *set.mutable_post() = world.state.Find<PostRow>(PostKey(post))->post();
    set.mutable_post()->set_holder(holder);
    if (holder.empty()) {
      set.mutable_post()->clear_deputy();
      set.mutable_post()->clear_services();
    }
    world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  };
  change("probation/chair", "supervisor-holder");
  Actor holder = World::Holder("probation/supervisor");
  holder.set_post("probation/chair");
  holder.set_purpose("hand-over");
  Consult ask;
  ask.set_kind(CONSULTATION_KIND_HAND_OVER);
  world.Say(holder, COMMAND_NUMBER_CONSULT, ask);
  DischargeObligation taken;
  taken.set_method(DISCHARGE_METHOD_TAKEN_OVER);
  for (const auto& [id, row] : world.OpenObligations()) {
    if (row.type() == v1::OBLIGATION_TYPE_TAKE_OVER) taken.set_obligation_id(id);
  }
  world.Say(holder, COMMAND_NUMBER_DISCHARGE_OBLIGATION, taken);
  change("ct-police/accountable", "");
  world.Publish(world.Event(nominal));
  world.PassAndPulse(0);
}

/// Two posts of a case are given up, and a third does the work of both; an office comes to one of
/// the two, and what it must read: as behaviour version 9 has it.
void DoTheWorkOfTwo(World& world, const std::string& nominal, const std::string& case_id) {
  v1::Post post = world.state.Find<PostRow>(PostKey("police/panel"))->post();
  post.clear_deputy();
  post.clear_services();
  post.add_capabilities(v1::CAPABILITY_ENQUIRIES);
  for (const auto& [name, holder] : {std::pair("police/panel", ""), std::pair("police/second", ""),
                                     std::pair("police/third", "coordinator-holder")}) {
    SetPost set;
    post.set_post(name);
    post.set_holder(holder);
    *set.mutable_post() = post;
    EXPECT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  }
  NameAccountable name;
  name.set_case_id(case_id);
  name.set_with_history(true);
  for (const char* officer : {"education/guest", "police/second"}) {
    name.set_post(officer);
    EXPECT_EQ(
        world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
            .sentence,
        "");
    world.PassAndPulse(0);
    world.Publish(world.Event(nominal), "prison/security");
  }
  EXPECT_EQ(world.DecisionFor("police/third")->duty(), v1::LEVEL_FULL);
  EXPECT_EQ(world.DecisionFor("police/third")->level(), v1::LEVEL_FULL);
  world.PassAndPulse(0);
}

}  // namespace

std::vector<ledger::StoredHeader> TellHistory() {
  World world(Beginning());
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(
      nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}, {"education/guest", v1::SEAT_KIND_GUEST}},
      "ct-police/accountable");
  SeatPost own;
  own.set_case_id(case_id);
  own.mutable_seat()->set_post("police/panel");
  own.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  const Applied kept =
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, own);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(kept.made_id)->Bytes());
  world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, second);

  const std::string session = world.OpenSession("probation/chair");
  world.OpenSession("ct-police/accountable");
  PublishControlled(world, nominal);
  Publish event = world.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  world.Publish(event);
  world.Publish(world.Event(nominal), "prison/security");

  Retry retry;
  retry.set_feed("probation/chair");
  retry.set_session_id(session);
  retry.set_lane(v1::URGENCY_URGENT);
  retry.set_sequence(1);
  retry.set_delay_ms(1000);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_RETRY, retry);
  world.PassAndPulse(1000);
  world.Acknowledge("probation/chair", session, v1::URGENCY_URGENT, {1});
  Park park;
  park.set_feed("probation/chair");
  park.set_session_id(session);
  park.set_lane(v1::URGENCY_URGENT);
  park.set_sequence(2);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_PARK, park);
  world.PassAndPulse(5ll * 60 * 60 * 1000);
  ReadItem read;
  read.set_feed("ct-police/accountable");
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  world.Say(World::Holder("ct-police/accountable"), COMMAND_NUMBER_READ, read);
  world.Say(World::System("education/guest"), COMMAND_NUMBER_PULSE, Pulse());
  ChangeHands(world, nominal);
  GoOutOfReach(world);
  TellLessThanWaits(world, nominal);
  RaiseCommissionAndHandOn(world, nominal, case_id);
  MoveToAnother(world, nominal);
  CorrectAndRunOut(world);
  Part(world, nominal);
  DoTheWorkOfTwo(world, nominal, case_id);
  world.Say(World::Broker(), static_cast<CommandNumber>(999), std::string("from the future"));
  return world.records;
}

}  // namespace tearline::machine
