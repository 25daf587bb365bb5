#include "broker/machine/moved_booking.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

const std::string kA(16, 'a');
const std::string kB(16, 'b');
const std::string kC(16, 'c');

/// Recorded of A and C; A's place became B's at 100, by record 7, and C's at 200, by record 9.
EventRow MovedTwice() {
  EventRow event;
  event.add_nominal_ids(kC);
  event.add_nominal_ids(kC);
  const auto add = [&event](std::uint32_t place, const std::string& from, model::Position position,
                            std::int64_t ms) {
    EventMove& move = *event.add_moves();
    move.set_place(place);
    move.set_from_id(from);
    move.set_position(position);
    move.set_moved_ms(ms);
  };
  add(0, kA, 7, 100);
  add(0, kB, 9, 200);
  event.set_changed_position(9);
  return event;
}

using Ids = std::vector<std::string>;

/// Bitemporal: whoever asks as of some time is answered as it stood then.
TEST(MovedBooking, AnEventIsWhoseItWasAtATime) {
  const EventRow event = MovedTwice();
  EXPECT_EQ(NominalsAt(event, 99), (Ids{kA, kC}));
  EXPECT_EQ(NominalsAt(event, 100), (Ids{kB, kC}));
  EXPECT_EQ(NominalsAt(event, 199), (Ids{kB, kC}));
  EXPECT_EQ(NominalsAt(event, 200), (Ids{kC, kC}));
}

TEST(MovedBooking, RemembersWhomItWasRecordedOf) {
  const EventRow event = MovedTwice();
  EXPECT_EQ(RecordedAt(event, 0), kA);
  EXPECT_EQ(RecordedAt(event, 1), kC);
  EXPECT_EQ(EverOf(event), (std::set<std::string>{kA, kB, kC}));
  EXPECT_TRUE(IsUnder(event, kC));
  EXPECT_FALSE(IsUnder(event, kB));
}

TEST(MovedBooking, KnowsWhatWasJudgedBeforeItMoved) {
  const EventRow event = MovedTwice();
  EXPECT_TRUE(MovedSince(event, 8));
  EXPECT_FALSE(MovedSince(event, 9));
  EXPECT_FALSE(MovedSince(EventRow(), 0));
  EXPECT_TRUE(WasMovedLast(event));
  EXPECT_EQ(MovedTo(event), std::set<std::string>{kC});
  EventRow amended = event;
  amended.set_changed_position(10);
  EXPECT_FALSE(WasMovedLast(amended));
}

class EventsOfBookingTest : public Moving {
 protected:
  v1::ErrorReason Find() const {
    return ReasonOf(
        EventsOfBooking(Booking(from_, known_), world_.records.size(), world_.state).status());
  }
};

TEST_F(EventsOfBookingTest, AnEventIsMovedAtMost64Times) {
  const std::string id = world_.Tell(from_);
  EventRow event = RowOf(id);
  for (const int moves : {model::kMovesOfEventMax - 1, model::kMovesOfEventMax}) {
    event.clear_moves();
    for (int i = 0; i < moves; ++i) event.add_moves()->set_from_id(known_);
    state::Batch batch(world_.state);
    batch.PutRow(EventKey(id), event);
    world_.state.Commit(batch);
    EXPECT_EQ(Find(), moves < model::kMovesOfEventMax ? v1::ERROR_REASON_UNSPECIFIED
                                                      : v1::ERROR_REASON_LIMIT_PASSED)
        << moves;
  }
}

/// Whatever the nominal has that is not of the booking is looked at, too.
TEST_F(EventsOfBookingTest, AtMost16384EventsAreLookedAt) {
  stored::v1::Publish theirs = world_.Event(from_);
  const std::string id = world_.NextEventId();
  ASSERT_EQ(world_.Publish(theirs, "prison/security").sentence, "");
  world_.Tell(from_);
  state::Batch batch(world_.state);
  for (int i = 2; i < model::kMoveLookedAtMax; ++i) {
    batch.Put(state::Key(state::Table::kEventOfNominal)
                  .Fixed(from_)
                  .U64(1'000'000 + static_cast<std::uint64_t>(i)),
              id);
  }
  world_.state.Commit(batch);
  EXPECT_EQ(Find(), v1::ERROR_REASON_UNSPECIFIED);
  state::Batch one_more(world_.state);
  one_more.Put(state::Key(state::Table::kEventOfNominal).Fixed(from_).U64(2'000'000), id);
  world_.state.Commit(one_more);
  EXPECT_EQ(Find(), v1::ERROR_REASON_LIMIT_PASSED);
}

}  // namespace
}  // namespace tearline::machine
