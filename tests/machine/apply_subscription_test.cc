#include <gtest/gtest.h>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/machine/subscription.h"
#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kPrison[] = "prison/security";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

class ApplySubscription : public testing::Test {
 protected:
  v1::Selector AboutHim() const { return WishingWorld::About({nominal_}); }
  std::size_t RowsOf(const std::string& feed) const {
    std::size_t rows = 0;
    for (const state::Table table :
         {state::Table::kWaiting, state::Table::kReleased, state::Table::kParked,
          state::Table::kHold, state::Table::kLane, state::Table::kSession}) {
      rows += world_.state.Scan(state::Key(table).Name(feed), 100'000).size();
    }
    return rows;
  }

  WishingWorld world_;
  std::string nominal_ = world_.Register(1);
};

TEST_F(ApplySubscription, IsMadeByOneHandAndRemembered) {
  const Applied made = world_.Create(kPrison, AboutHim());
  EXPECT_EQ(made.outcome, audit::Outcome::kApplied) << "it widens nothing (P10)";
  EXPECT_TRUE(made.made_id.starts_with("sub_"));
  EXPECT_EQ(world_.Details().back().changed().what(), "subscription-created");
  EXPECT_EQ(world_.Details().back().changed().other(), kPrison);
}

TEST_F(ApplySubscription, HoldsSixteenOfAPostAndNoMore) {
  std::string feed;
  for (std::size_t i = 0; i < model::kSubscriptionsPerPostMax; ++i) {
    feed = world_.Subscribe(kPrison, AboutHim());
  }
  EXPECT_EQ(world_.Create(kPrison, AboutHim()).reason, v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(world_.Create("education/guest", AboutHim()).outcome, audit::Outcome::kApplied);
  world_.Delete(feed);
  EXPECT_EQ(world_.Create(kPrison, AboutHim()).outcome, audit::Outcome::kApplied);
}

/// Read each row as: "a start from <from> with <time> from now is refused for <reason>".
TEST_F(ApplySubscription, RefusesAStartThatSaysNothing) {
  const std::int64_t now = world_.now_ms;
  struct Row {
    v1::StartFrom from;
    std::int64_t time_ms;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {v1::START_FROM_UNSPECIFIED, 0, v1::ERROR_REASON_FIELD_INVALID},
      {static_cast<v1::StartFrom>(9), 0, v1::ERROR_REASON_FIELD_INVALID},
      {v1::START_FROM_NOW, now, v1::ERROR_REASON_TIME_INVALID},
      {v1::START_FROM_BEGINNING, now, v1::ERROR_REASON_TIME_INVALID},
      {v1::START_FROM_TIME, 0, v1::ERROR_REASON_TIME_INVALID},
      {v1::START_FROM_TIME, now + 1, v1::ERROR_REASON_TIME_INVALID},
      {v1::START_FROM_TIME, now, v1::ERROR_REASON_UNSPECIFIED},
      {v1::START_FROM_TIME, 1, v1::ERROR_REASON_UNSPECIFIED},
  };
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  for (const Row& row : rows) {
    EXPECT_EQ(world_.Create(kPrison, AboutHim(), row.from, row.time_ms).reason, row.reason);
    EXPECT_EQ(world_.Seek(feed, row.from, row.time_ms).reason, row.reason);
  }
}

/// Another post's subscription is as one that is not there.
TEST_F(ApplySubscription, IsItsOwnPostsAlone) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  const std::string theirs = SubscriptionFeed("education/guest", SubscriptionOfFeed(feed));
  const std::string nobodys = SubscriptionFeed("education/guest", std::string(16, 'x'));
  for (const std::string& named : {theirs, nobodys}) {
    EXPECT_EQ(world_.Seek(named, v1::START_FROM_NOW).reason, v1::ERROR_REASON_NOT_FOUND);
    EXPECT_EQ(world_.Delete(named).reason, v1::ERROR_REASON_NOT_FOUND);
    OpenSession open;
    open.set_feed(named);
    open.set_window_messages(1);
    open.set_window_bytes(model::kWindowBytesMin);
    EXPECT_EQ(
        world_.Say(World::System("education/guest"), COMMAND_NUMBER_OPEN_SESSION, open).reason,
        v1::ERROR_REASON_NOT_FOUND);
    open.set_feed(feed);
    EXPECT_EQ(
        world_.Say(World::System("education/guest"), COMMAND_NUMBER_OPEN_SESSION, open).reason,
        v1::ERROR_REASON_NOT_YOUR_POST);
  }
  const std::string session = world_.OpenSession(feed);
  world_.Tell(nominal_);
  Acknowledge acknowledge;
  acknowledge.set_feed(feed);
  acknowledge.set_session_id(session);
  acknowledge.set_lane(kUrgent);
  acknowledge.add_sequences(1);
  EXPECT_EQ(
      world_.Say(World::System("education/guest"), COMMAND_NUMBER_ACKNOWLEDGE, acknowledge).reason,
      v1::ERROR_REASON_NOT_YOUR_POST);
}

/// Numbers, windows and sessions are each feed's own.
TEST_F(ApplySubscription, HasSessionsWindowsAndNumbersOfItsOwn) {
  world_.OpenCase(world_.Register(2), {{kPrison, v1::SEAT_KIND_MEMBER}});
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  const std::string inbox_session = world_.OpenSession(kPrison);
  const std::string session = world_.OpenSession(feed, 1);
  world_.Tell(nominal_);
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Released(feed, kUrgent).size(), 1u);
  EXPECT_EQ(world_.Acknowledge(feed, inbox_session, kUrgent, {1}).reason,
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(world_.Acknowledge(feed, session, kUrgent, {1}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Released(feed, kUrgent).begin()->first, 2u);
  EXPECT_TRUE(world_.state.Scan(LaneRows(state::Table::kAcknowledged, feed, kUrgent), 10).empty())
      << "nobody owes that it be read";
}

/// What it had comes again under new numbers; what waited is given up; what is out stays out.
TEST_F(ApplySubscription, GoesBackAndForthInHistory) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  const std::string session = world_.OpenSession(feed, 2);
  std::vector<std::string> events;
  for (int i = 0; i < 5; ++i) events.push_back(world_.Tell(nominal_));
  EXPECT_EQ(world_.Take(feed, session), (std::vector<std::string>{events[0], events[1]}));
  EXPECT_EQ(world_.Lane(feed).waiting(), 1u);
  world_.Seek(feed, v1::START_FROM_BEGINNING);
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0u);
  EXPECT_EQ(world_.Out(feed), (std::vector<std::string>{events[2], events[3]})) << "still out";
  std::vector<std::string> got;
  for (int i = 0; i < 4; ++i) {
    const auto some = world_.Take(feed, session);
    got.insert(got.end(), some.begin(), some.end());
  }
  EXPECT_EQ(got, (std::vector<std::string>{events[2], events[3], events[0], events[1], events[2],
                                           events[3], events[4]}));
  EXPECT_EQ(world_.Lane(feed).next_sequence(), 10u);
  world_.Seek(feed, v1::START_FROM_NOW);
  EXPECT_TRUE(world_.Out(feed).empty());
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// A seek gives up what waits at once, and what that leaves is erased by bounded records.
TEST_F(ApplySubscription, ErasesWhatASeekGaveUpByAndBy) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  for (int i = 0; i < model::kLookedAtRowsMax + 10; ++i) world_.Tell(nominal_);
  world_.OpenSession(feed, 1);
  world_.Seek(feed, v1::START_FROM_NOW);
  EXPECT_EQ(world_.Lane(feed).waiting(), 0u);
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 9u) << "one was let go, 1,024 were looked at";
  EXPECT_EQ(world_.GoOn(), 1);
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0u);
  const std::string event = world_.Tell(nominal_);
  EXPECT_EQ(world_.Lane(feed).waiting(), 1u);
}

TEST_F(ApplySubscription, LeavesNothingBehindWhenItIsDeleted) {
  const std::string other = world_.Subscribe(kPrison, AboutHim());
  const std::string feed = world_.Subscribe("education/guest", AboutHim());
  const std::string session = world_.OpenSession(feed, 3);
  for (int i = 0; i < model::kLookedAtRowsMax + 10; ++i) world_.Tell(nominal_);
  Retry retry;
  retry.set_feed(feed);
  retry.set_session_id(session);
  retry.set_lane(kUrgent);
  retry.set_sequence(1);
  retry.set_delay_ms(60'000);
  world_.Say(World::System("education/guest"), COMMAND_NUMBER_RETRY, retry);
  Park park;
  park.set_feed(feed);
  park.set_session_id(session);
  park.set_lane(kUrgent);
  park.set_sequence(2);
  world_.Say(World::System("education/guest"), COMMAND_NUMBER_PARK, park);
  EXPECT_EQ(world_.OpenObligations().begin()->second.debtor_post(), "education/guest");

  const Applied deleted = world_.Delete(feed);
  EXPECT_EQ(deleted.feeds, std::set<std::string>{feed}) << "whoever follows it is woken";
  EXPECT_FALSE(FeedExists(feed, world_.state));
  EXPECT_EQ(world_.Acknowledge(feed, session, kUrgent, {3}).reason,
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  world_.Tell(nominal_);
  world_.PassAndPulse(0);
  EXPECT_GT(RowsOf(feed), 0u) << "more than one record may look at";
  world_.PassAndPulse(0);
  EXPECT_EQ(RowsOf(feed), 0u);
  EXPECT_EQ(RowsOf(other), 1024u + 10 + 1 + 3) << "nobody else's";
  world_.PassAndPulse(60'000);
  EXPECT_TRUE(
      world_.state
          .Scan(state::Key(state::Table::kDeadline).U64(static_cast<std::uint64_t>(world_.now_ms)),
                10)
          .empty())
      << "no deadline of it is left";
}

}  // namespace
}  // namespace tearline::machine
