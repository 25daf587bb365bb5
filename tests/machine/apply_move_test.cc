#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "broker/machine/permission.h"
#include "broker/model/limits.h"
#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

using ApplyMove = Moving;

TEST_F(ApplyMove, MakesTheEventsTheOthersAndRewritesNoRecord) {
  const std::string event = world_.Tell(from_);
  const ledger::StoredHeader record = world_.records.back();
  ASSERT_EQ(Move().sentence, "");
  EXPECT_EQ(NominalsOf(event), std::vector<std::string>{known_});
  EXPECT_EQ(RowOf(event).publish().nominals(0).nominal_id(), from_) << "as it was published";
  EXPECT_EQ(world_.records.at(record.header.position - 1).bytes, record.bytes);
  EXPECT_TRUE(IsIndexedUnder(event, known_));
  EXPECT_TRUE(IsIndexedUnder(event, from_)) << "a spillage must find what its keys sealed";
  ExpectReplays();
}

/// Data Protection Act 2018, s. 62(1)(b): the log says what was altered, by whom, and each event.
TEST_F(ApplyMove, IsRememberedAsAnAlteration) {
  const std::string event = world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  const std::vector<Detail> details = world_.Details();
  const BookingMovedDetail& moved = details.at(1).booking_moved();
  EXPECT_EQ(moved.from_id(), from_);
  EXPECT_EQ(moved.to_id(), known_);
  EXPECT_EQ(moved.agency(), "ct-police");
  EXPECT_EQ(moved.reason(), v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  EXPECT_EQ(moved.events(), 1U);
  EXPECT_EQ(moved.moved_by(), kIntel);
  EXPECT_TRUE(std::any_of(details.begin(), details.end(), [&](const Detail& detail) {
    return detail.event_moved().event_id() == event && detail.event_moved().to_id() == known_;
  }));
}

/// By when they occurred, not by when they were recorded; the end is not within.
TEST_F(ApplyMove, MovesWhatOccurredWithinTheRange) {
  const auto occurred = [this](std::int64_t ms) {
    stored::v1::Publish event = world_.Event(from_);
    event.set_occurred_ms(ms);
    const std::string id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(event).sentence, "");
    return id;
  };
  const std::int64_t begin = world_.now_ms - 100'000;
  const std::string before = occurred(begin - 1);
  const std::string first = occurred(begin);
  const std::string last = occurred(begin + 999);
  const std::string after = occurred(begin + 1000);
  MoveBooking move = Booking(from_, known_);
  move.set_from_ms(begin);
  move.set_until_ms(begin + 1000);
  ASSERT_EQ(Move(move).sentence, "");
  EXPECT_EQ(NominalsOf(before), std::vector<std::string>{from_});
  EXPECT_EQ(NominalsOf(first), std::vector<std::string>{known_});
  EXPECT_EQ(NominalsOf(last), std::vector<std::string>{known_});
  EXPECT_EQ(NominalsOf(after), std::vector<std::string>{from_});
}

/// A booking is the prison's: what others told stays where they told it.
TEST_F(ApplyMove, MovesWhatTheAgencyPublishedAndNothingElse) {
  const std::string theirs = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(from_), "prison/security").sentence, "");
  const std::string own = world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  EXPECT_EQ(NominalsOf(theirs), std::vector<std::string>{from_});
  EXPECT_EQ(NominalsOf(own), std::vector<std::string>{known_});
  EXPECT_EQ(Move(Booking(known_, from_), "prison/security").reason, v1::ERROR_REASON_NOT_PERMITTED)
      << "it does not publish for ct-police";
}

TEST_F(ApplyMove, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(Move().reason, v1::ERROR_REASON_NOTHING_TO_MOVE);
  world_.Tell(from_);
  const auto refused = [this](auto change) {
    MoveBooking move = Booking(from_, known_);
    change(move);
    return Move(move).reason;
  };
  EXPECT_EQ(refused([&](MoveBooking& move) { move.set_to_id(from_); }),
            v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(refused([](MoveBooking& move) { move.set_to_id(std::string(16, 'x')); }),
            v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(refused([](MoveBooking& move) { move.set_from_ms(move.until_ms()); }),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(refused([](MoveBooking& move) { move.set_from_ms(-1); }),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(refused([this](MoveBooking& move) { move.set_until_ms(world_.now_ms + 1); }),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(refused([](MoveBooking& move) { move.clear_reason(); }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(refused([](MoveBooking&) {}), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(refused([](MoveBooking&) {}), v1::ERROR_REASON_NOTHING_TO_MOVE) << "said again";
}

/// Made the one's twice, it could not be told apart again.
TEST_F(ApplyMove, MovesNothingThatIsAboutBoth) {
  stored::v1::Publish both = world_.Event(from_);
  both.add_nominals()->set_nominal_id(known_);
  const std::string event = world_.NextEventId();
  ASSERT_EQ(world_.Publish(both).sentence, "");
  EXPECT_EQ(Move().reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(NominalsOf(event), (std::vector<std::string>{from_, known_}));
}

/// Who sits on somebody's panel is not found out by moving something there.
TEST_F(ApplyMove, TellsWhoeverPublishedOfAPanelOnlyIfTheyToldOfThePersonBefore) {
  world_.OpenSession(kIntel);
  world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  EXPECT_TRUE(ToldOfAccess(kIntel).empty());
  world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  EXPECT_FALSE(ToldOfAccess(kIntel).empty()) << "by now it has told of the other";
}

/// An amendment that was sealed before the move would lie under the key of whom the event left.
TEST_F(ApplyMove, LeavesNothingToBeWrittenUnderTheOthersKey) {
  const std::string key(16, 'k');
  stored::v1::Publish before = world_.Event(from_);
  before.set_occurred_ms(world_.now_ms - 200'000);
  SubjectKeyUse& use = *before.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(CONTENT_CLASS_TEAR_LINE);
  use.set_quarter(200);
  ASSERT_EQ(world_.Publish(before).sentence, "");
  AmendEvent amend;
  amend.set_event_id(world_.Tell(from_));
  SealedTearLine& line = *amend.add_tear_lines();
  line.mutable_text()->set_ciphertext("sealed");
  line.mutable_text()->add_keys()->set_subject_key_id(key);
  line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  line.mutable_audience()->set_panels(true);
  MoveBooking move = Booking(from_, known_);
  move.set_from_ms(world_.now_ms - 100'000);
  ASSERT_EQ(Move(move).sentence, "");
  EXPECT_EQ(world_.Say(Why(World::System(kIntel)), COMMAND_NUMBER_AMEND_EVENT, amend).reason,
            v1::ERROR_REASON_UNAVAILABLE);
}

/// Whom the other brings in gets it late, once, with the times it had; from whom it does not, it is
/// taken back.
TEST_F(ApplyMove, ComesLateToTheOthersPanelAndIsTakenBackFromTheOnes) {
  world_.OpenSession(kChair);
  world_.OpenSession(kLeft);
  const std::string event = world_.Tell(from_);
  const std::int64_t then_ms = world_.now_ms;
  ASSERT_EQ(OutEvents(kLeft), std::vector<std::string>{event});
  ASSERT_TRUE(OutEvents(kChair).empty());
  world_.now_ms += 3'600'000;
  ASSERT_EQ(Move().sentence, "");
  Settle();
  EXPECT_EQ(OutEvents(kChair), std::vector<std::string>{event});
  EXPECT_TRUE(world_.Released(kChair, kUrgent).begin()->second.late());
  EXPECT_EQ(RowOf(event).accepted_ms(), then_ms);
  EXPECT_TRUE(OutEvents(kLeft).empty());
  const auto left = world_.Released(kLeft, kUrgent);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.begin()->second.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_EQ(left.begin()->second.event_id(), event);
  world_.Tell(from_);
  EXPECT_EQ(OutEvents(kLeft).size(), 1U) << "what is told from now on is whose it is told of";
  ExpectReplays();
}

/// A post of both panels must know whose it is: it comes again, in the place of what it had.
TEST_F(ApplyMove, ComesAgainToWhoSitsOnBothPanels) {
  SeatPost seat;
  seat.set_case_id(from_case_);
  seat.mutable_seat()->set_post(kChair);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).outcome,
            audit::Outcome::kApplied);
  world_.OpenSession(kChair);
  const std::string event = world_.Tell(from_);
  ASSERT_EQ(OutEvents(kChair), std::vector<std::string>{event});
  const std::uint64_t first = world_.Released(kChair, kUrgent).begin()->first;
  ASSERT_EQ(Move().sentence, "");
  Settle();
  const auto out = world_.Released(kChair, kUrgent);
  ASSERT_EQ(OutEvents(kChair), std::vector<std::string>{event});
  EXPECT_EQ(out.rbegin()->second.superseded_sequence(), first);
  EXPECT_TRUE(out.rbegin()->second.superseding());
  EXPECT_TRUE(out.rbegin()->second.late());
}

/// Access is not unioned: who is kept out of the other gets nothing of it.
TEST_F(ApplyMove, TellsNothingToWhomIsKeptOutOfTheOther) {
  world_.PutInForce(kKeepingOut);
  KeepOut(known_, kChair);
  world_.OpenSession(kChair);
  world_.Tell(from_);
  const std::size_t frames = world_.Released(kChair, v1::URGENCY_ROUTINE).size();
  ASSERT_EQ(Move().sentence, "");
  Settle();
  EXPECT_TRUE(world_.Released(kChair, kUrgent).empty());
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_ROUTINE).size(), frames);
}

TEST_F(ApplyMove, IsMovedBackByAnotherMove) {
  world_.OpenSession(kLeft);
  const std::string event = world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  Settle();
  world_.now_ms += 1000;
  MoveBooking back = Booking(known_, from_);
  back.set_reason(v1::BOOKING_MOVE_REASON_MOVED_WRONGLY);
  ASSERT_EQ(Move(back).sentence, "");
  Settle();
  EXPECT_EQ(NominalsOf(event), std::vector<std::string>{from_});
  EXPECT_EQ(OutEvents(kLeft), std::vector<std::string>{event}) << "it has it again";
  ExpectReplays();
}

/// P10. As a merge of the two would; and the second hand is not asked who they are.
TEST_F(ApplyMove, AwaitsASecondHandWhereItShowsTheAuthorsAgencyMore) {
  const std::string event = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(from_), "probation/coordinator").sentence, "");
  MoveBooking move = Booking(from_, known_);
  move.set_agency("probation");
  const Applied asked = Move(move, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  EXPECT_EQ(NominalsOf(event), std::vector<std::string>{from_});
  Confirm(asked);
  EXPECT_EQ(NominalsOf(event), std::vector<std::string>{known_});
  ExpectReplays();
}

TEST_F(ApplyMove, NamesPeopleByTheirNumbersAndCountsAsResolvingBoth) {
  const std::string event = world_.Tell(from_);
  MoveBooking move = Booking("", "");
  *move.mutable_from() = World::Number(2);
  *move.mutable_to() = World::Number(1);
  const std::uint32_t before = world_.Resolved(World::System(kIntel));
  ASSERT_EQ(Move(move).sentence, "");
  EXPECT_EQ(NominalsOf(event), std::vector<std::string>{known_});
  EXPECT_EQ(world_.Resolved(World::System(kIntel)), before + 2);
  *move.mutable_to() = World::Number(99);
  EXPECT_EQ(Move(move).reason, v1::ERROR_REASON_NOT_FOUND);
}

/// Who was told what is nobody's to look at if nobody was told it by mistake.
TEST_F(ApplyMove, AReviewIsOwedWhereItHadBeenToldToOthers) {
  world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  EXPECT_FALSE(Review().has_value()) << "nobody was listening";
  world_.OpenSession(kLeft);
  world_.now_ms += 1000;
  world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  const auto review = Review();
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->nominal_id(), from_);
  EXPECT_EQ(review->reason(), v1::RULE_REASON_BOOKING_MOVED);
}

/// What was owed about the one is not owed about what is the other's.
TEST_F(ApplyMove, TakesWhatIsOwedWithIt) {
  const std::string held = world_.HoldBack(from_);
  const auto owed_about = [this](const std::string& nominal_id) {
    const auto open = world_.OpenObligations();
    return std::count_if(open.begin(), open.end(), [&](const auto& each) {
      return each.second.nominal_id() == nominal_id &&
             each.second.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;
    });
  };
  ASSERT_EQ(owed_about(from_), 1);
  ASSERT_EQ(Move().sentence, "");
  Settle();
  EXPECT_EQ(owed_about(from_), 0);
  EXPECT_EQ(owed_about(known_), 1);
}

/// What is set aside for a while is counted by whom it was recorded of: it comes out even.
TEST_F(ApplyMove, LeavesNothingHeldBack) {
  const std::string session = world_.OpenSession(kLeft);
  world_.Tell(from_);
  Retry retry;
  retry.set_feed(kLeft);
  retry.set_session_id(session);
  retry.set_lane(kUrgent);
  retry.set_sequence(world_.Released(kLeft, kUrgent).begin()->first);
  retry.set_delay_ms(60'000);
  ASSERT_EQ(world_.Say(World::System(kLeft), COMMAND_NUMBER_RETRY, retry).sentence, "");
  ASSERT_EQ(Move().sentence, "");
  Settle();
  EXPECT_FALSE(world_.state.Get(HoldKey(kLeft, from_)).has_value());
  world_.PassAndPulse(120'000);
  const std::string next = world_.Tell(from_);
  EXPECT_EQ(OutEvents(kLeft), std::vector<std::string>{next});
  ExpectReplays();
}

/// A subscription that names the other is older than the event and gets it; one of all that comes
/// has it, and hears whose it is.
TEST_F(ApplyMove, ComesToSubscriptionsThatNameTheOther) {
  const std::string names = world_.Subscribe("prison/security", WishingWorld::About({known_}));
  const std::string named_one = world_.Subscribe("education/guest", WishingWorld::About({from_}));
  world_.OpenSession(names);
  world_.OpenSession(named_one);
  const std::string event = world_.Tell(from_);
  ASSERT_EQ(world_.Out(named_one), std::vector<std::string>{event});
  ASSERT_EQ(Move().sentence, "");
  Settle();
  EXPECT_EQ(world_.Out(names), std::vector<std::string>{event});
  const auto left = world_.Released(named_one, kUrgent);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.begin()->second.kind(), ITEM_KIND_ACCESS_WITHDRAWN) << "it wishes for the one";
}

/// Whoever comes to have to do with the one is told nothing of what is the other's.
TEST_F(ApplyMove, IsNoHistoryOfTheOneAnyMore) {
  world_.Tell(from_);
  ASSERT_EQ(Move().sentence, "");
  Settle();
  world_.now_ms += 1000;
  const std::string stays = world_.Tell(from_);
  world_.OpenSession("prison/security");
  SeatPost seat;
  seat.set_case_id(from_case_);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  seat.set_with_history(true);
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).outcome,
            audit::Outcome::kApplied);
  Settle();
  EXPECT_EQ(OutEvents("prison/security"), std::vector<std::string>{stays});
}

/// One record moves a whole booking, of at most so many events; what is more, range by range.
TEST_F(ApplyMove, MovesAtMost1024Events) {
  const auto tell = [this](std::int64_t occurred_ms) {
    stored::v1::Publish event = world_.Event(from_);
    event.set_occurred_ms(occurred_ms);
    ASSERT_EQ(world_.Publish(event).sentence, "");
  };
  const std::int64_t begin = world_.now_ms - 100'000;
  for (int i = 0; i < model::kMovedEventsMax; ++i) tell(begin);
  tell(begin + 1);
  EXPECT_EQ(Move().reason, v1::ERROR_REASON_LIMIT_PASSED);
  MoveBooking shorter = Booking(from_, known_);
  shorter.set_until_ms(begin + 1);
  ASSERT_EQ(Move(shorter).sentence, "");
  EXPECT_EQ(world_.Details().at(1).booking_moved().events(),
            static_cast<std::uint32_t>(model::kMovedEventsMax));
  // More than one record may judge: the pulses go on, and come to an end.
  for (int i = 0; i < 64 && NextDeadlineMs(world_.state) <= world_.now_ms; ++i) {
    world_.PassAndPulse(0);
  }
  EXPECT_GT(NextDeadlineMs(world_.state), world_.now_ms);
  EXPECT_EQ(world_.Waiting(kLeft, kUrgent), 1U);
  EXPECT_EQ(world_.Waiting(kChair, kUrgent), static_cast<std::size_t>(model::kMovedEventsMax));
  ASSERT_EQ(Move().sentence, "") << "the rest";
}

}  // namespace
}  // namespace tearline::machine
