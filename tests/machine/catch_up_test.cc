#include "broker/machine/catch_up.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kPrison[] = "prison/security";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

class CatchUpTest : public testing::Test {
 protected:
  v1::Selector AboutHim() const { return WishingWorld::About({nominal_}); }
  std::vector<std::string> Tell(int count) {
    std::vector<std::string> events;
    for (int i = 0; i < count; ++i) events.push_back(world_.Tell(nominal_));
    return events;
  }
  std::string Open(const std::string& feed, std::uint32_t window) {
    OpenSession command;
    command.set_feed(feed);
    command.set_window_messages(window);
    command.set_window_bytes(4 * 1024 * 1024);
    world_.last = world_.Say(World::System(kPrison), COMMAND_NUMBER_OPEN_SESSION, command);
    return model::SessionId::Parse(world_.last.made_id)->Bytes();
  }
  void ExpectReplays() {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex()) << "P8";
  }

  WishingWorld world_;
  std::string nominal_ = world_.Register(1);
};

TEST_F(CatchUpTest, BeginsAtTheBeginningAtATimeOrNow) {
  const std::vector<std::string> first = Tell(2);
  world_.now_ms += 1000;
  const std::int64_t time_ms = world_.now_ms;
  const std::vector<std::string> second = Tell(2);
  world_.now_ms += 1000;
  const auto beginning = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  const auto timed = world_.Subscribe("education/guest", AboutHim(), v1::START_FROM_TIME, time_ms);
  const auto now = world_.Subscribe("education/guest", v1::Selector(), v1::START_FROM_NOW);
  for (const auto& feed : {beginning, timed, now}) world_.OpenSession(feed);
  EXPECT_EQ(world_.Out(beginning),
            (std::vector<std::string>{first[0], first[1], second[0], second[1]}));
  EXPECT_EQ(world_.Out(timed), second) << "what was recorded at the time itself is among it";
  EXPECT_TRUE(world_.Out(now).empty());
  ExpectReplays();
}

/// Without a nominal the way goes through all that was recorded in the lane.
TEST_F(CatchUpTest, GoesThroughAllEventsWhereNobodyIsNamed) {
  const std::vector<std::string> events = Tell(3);
  v1::Selector selector;
  selector.add_event_type_prefixes("intelligence");
  const auto feed = world_.Subscribe(kPrison, selector, v1::START_FROM_BEGINNING);
  world_.Tell(nominal_, v1::URGENCY_ROUTINE);
  world_.OpenSession(feed);
  EXPECT_EQ(world_.Out(feed), events);
  EXPECT_EQ(world_.Out(feed, v1::URGENCY_ROUTINE).size(), 1u);
}

/// Several nominals are one way, in the order of the ledger, each event once.
TEST_F(CatchUpTest, KeepsTheOrderOfTheLedgerAmongSeveralNominals) {
  const std::string other = world_.Register(2);
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i) {
    stored::v1::Publish event = world_.Event(i % 3 == 0 ? other : nominal_);
    if (i % 5 == 0) event.add_nominals()->set_nominal_id(i % 3 == 0 ? nominal_ : other);
    events.push_back(world_.NextEventId());
    world_.Publish(event);
  }
  const auto feed = world_.Subscribe(kPrison, WishingWorld::About({other, nominal_, other}),
                                     v1::START_FROM_BEGINNING);
  Open(feed, 1000);
  world_.GoOn();
  EXPECT_EQ(world_.Out(feed), events);
}

/// Nothing is judged before its reader has room for it.
TEST_F(CatchUpTest, JudgesNoMoreThanTheWindowNeeds) {
  const std::vector<std::string> events = Tell(10);
  const auto feed = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  EXPECT_EQ(world_.Judged(), 0);
  const std::string session = Open(feed, 3);
  EXPECT_EQ(world_.Judged(), 3);
  EXPECT_TRUE(world_.last.unfinished.empty());
  EXPECT_EQ(world_.Lane(feed).waiting(), 0u);
  world_.last = world_.Acknowledge(feed, session, kUrgent, {1, 2});
  EXPECT_EQ(world_.Judged(), 2);
  EXPECT_TRUE(world_.DecisionFor(kPrison)->late());
  EXPECT_EQ(world_.Out(feed), (std::vector<std::string>{events[2], events[3], events[4]}));
}

/// At most 256 are judged by one record; the broker goes on by itself.
TEST_F(CatchUpTest, JudgesTwoHundredAndFiftySixInOneRecord) {
  for (int i = 0; i < 600; ++i) world_.HoldBack(nominal_);
  const std::vector<std::string> events = Tell(1);
  const auto feed = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  Open(feed, 100);
  EXPECT_EQ(world_.Judged(), model::kReleaseRowsMax);
  EXPECT_EQ(world_.last.unfinished, std::set<std::string>{feed});
  EXPECT_EQ(world_.GoOn(), 2);
  EXPECT_EQ(world_.Out(feed), events);
  EXPECT_EQ(world_.Lane(feed).catch_up_from(), 0u) << "it is live";
  ExpectReplays();
}

/// What it only looks at is bounded, too.
TEST_F(CatchUpTest, LooksAtAThousandAndTwentyFourInOneRecord) {
  for (int i = 0; i < model::kLookedAtRowsMax + 1; ++i) world_.Tell(nominal_);
  v1::Selector selector;
  selector.add_event_type_prefixes("other");
  const auto feed = world_.Subscribe(kPrison, selector, v1::START_FROM_BEGINNING);
  Open(feed, 100);
  EXPECT_EQ(world_.last.unfinished, std::set<std::string>{feed});
  EXPECT_EQ(world_.GoOn(), 1);
  EXPECT_EQ(world_.Lane(feed).catch_up_from(), 0u);
}

/// P6. While a lane goes through history nobody is told how far it is, however much is withheld.
TEST_F(CatchUpTest, TellsNobodyHowFarItIsBeforeItRests) {
  for (int i = 0; i < 300; ++i) world_.HoldBack(nominal_);
  const auto feed = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  Open(feed, 100);
  EXPECT_TRUE(world_.Lane(feed).going_on());
  world_.GoOn();
  EXPECT_FALSE(world_.Lane(feed).going_on());
  EXPECT_EQ(world_.last.feeds, std::set<std::string>{feed}) << "who waits is woken";
}

/// The seam: what is published while a lane catches up comes once, in its order, and from the live
/// edge on it comes at once.
TEST_F(CatchUpTest, LosesAndDoublesNothingAtTheLiveEdge) {
  std::vector<std::string> events = Tell(5);
  const auto feed = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  const std::string session = Open(feed, 2);
  std::vector<std::string> got;
  for (int i = 0; i < 20; ++i) {
    if (i < 4) events.push_back(world_.Tell(nominal_));
    const auto some = world_.Take(feed, session);
    got.insert(got.end(), some.begin(), some.end());
  }
  EXPECT_EQ(got, events);
  EXPECT_EQ(world_.Lane(feed).catch_up_from(), 0u);
  const std::string live = world_.Tell(nominal_);
  EXPECT_EQ(world_.last.feeds, std::set<std::string>{feed}) << "live again: within the publish";
  EXPECT_EQ(world_.Out(feed), std::vector<std::string>{live});
  EXPECT_EQ(world_.Released(feed, kUrgent).begin()->first, events.size() + 1)
      << "no gap, no double";
  ExpectReplays();
}

/// RETRY holds its nominal back and not the way of the others; no more is queued than one record.
TEST_F(CatchUpTest, GoesOnForOthersWhileANominalIsHeld) {
  const std::string other = world_.Register(2);
  Tell(300);
  const std::string last = world_.Tell(other);
  const auto feed =
      world_.Subscribe(kPrison, WishingWorld::About({nominal_, other}), v1::START_FROM_BEGINNING);
  const std::string session = Open(feed, 1);
  Retry retry;
  retry.set_feed(feed);
  retry.set_session_id(session);
  retry.set_lane(kUrgent);
  retry.set_sequence(1);
  retry.set_delay_ms(600'000);
  world_.Say(World::System(kPrison), COMMAND_NUMBER_RETRY, retry);
  Open(feed, 1000);
  world_.GoOn();
  EXPECT_LE(world_.Lane(feed).waiting(), model::kCatchUpAheadMax);
  EXPECT_EQ(world_.Out(feed).size(), 1u);
  world_.last = world_.PassAndPulse(600'000);
  world_.GoOn();
  EXPECT_EQ(world_.Out(feed).size(), 301u);
  EXPECT_EQ(world_.Out(feed).back(), last);
}

/// A reader who comes, goes, seeks and is slow, at random; and what came to it since its last seek.
class Wanderer {
 public:
  explicit Wanderer(unsigned seed) : dice_(seed) {}  // NOLINT: the same every time

  void Step() {
    switch (Below(8)) {
      case 0:
        if (Below(4) == 0) Seek();
        break;
      case 1:
        Open(static_cast<std::uint32_t>(1 + Below(4)));
        break;
      case 2:
      case 3:
        AcknowledgeAll();
        break;
      case 4:
        world.HoldBack(nominal_);
        Look(world.last);
        break;
      default:
        told.push_back(world.Tell(nominal_));
        Look(world.last);
    }
  }
  void AcknowledgeAll() {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, item] : world.Released(feed_, kUrgent)) numbers.push_back(number);
    Look(world.Acknowledge(feed_, session_, kUrgent, numbers));
  }

  WishingWorld world;
  std::vector<std::string> told;  ///< What may be told, as it was published.
  std::vector<std::string> got;
  bool gap_free = true;

 private:
  int Below(unsigned n) { return static_cast<int>(dice_() % n); }
  void Seek() {
    const Applied applied = world.Seek(feed_, v1::START_FROM_BEGINNING);
    got.clear();
    Look(applied);
  }
  void Open(std::uint32_t window) {
    OpenSession command;
    command.set_feed(feed_);
    command.set_window_messages(window);
    command.set_window_bytes(4 * 1024 * 1024);
    const Applied applied = world.Say(World::System(kPrison), COMMAND_NUMBER_OPEN_SESSION, command);
    session_ = model::SessionId::Parse(applied.made_id)->Bytes();
    Look(applied);
  }
  /// What the newest record let go, and those by which the broker goes on.
  void Look(Applied applied) {
    while (true) {
      for (const Detail& detail : world.Details()) {
        if (!detail.has_released() || detail.released().again()) continue;
        gap_free = gap_free && detail.released().sequence() == ++last_number_;
        got.push_back(detail.released().event_id());
      }
      if (applied.unfinished.empty()) return;
      ReleaseRows command;
      command.set_feed(feed_);
      applied = world.Say(World::Broker(), COMMAND_NUMBER_RELEASE, command);
    }
  }

  std::mt19937 dice_;
  std::string nominal_ = world.Register(1);
  std::string feed_ =
      world.Subscribe(kPrison, WishingWorld::About({nominal_}), v1::START_FROM_BEGINNING);
  std::string session_ = world.OpenSession(feed_, 3);
  std::uint64_t last_number_ = 0;
};

/// Each event that may be told comes once for each way its reader went past it, in order.
TEST(CatchUp, BringsEachEventOnceWhateverItsReaderDoes) {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    Wanderer reader(seed);
    for (int step = 0; step < 120; ++step) reader.Step();
    for (int i = 0; i < 200; ++i) reader.AcknowledgeAll();
    EXPECT_EQ(reader.got, reader.told) << "seed " << seed;
    EXPECT_TRUE(reader.gap_free) << "seed " << seed;
    EXPECT_EQ(Replay(reader.world.records).Digest().Hex(), reader.world.state.Digest().Hex());
  }
}

}  // namespace
}  // namespace tearline::machine
