#include "broker/concurrency/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tearline::concurrency {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kNoBound = 1'000'000;
constexpr milliseconds kDoNotWait{0};
constexpr milliseconds kLong{60'000};

TEST(FairQueue, OneAgencyIsServedInOrder) {
  FairQueue<int> queue(10, kNoBound);
  for (const int one : {1, 2, 3}) ASSERT_TRUE(queue.Push("probation", 1, one));
  EXPECT_THAT(queue.TakeUpTo(2, kNoBound, kDoNotWait), ElementsAre(1, 2));
  EXPECT_THAT(queue.TakeUpTo(2, kNoBound, kDoNotWait), ElementsAre(3));
  EXPECT_THAT(queue.TakeUpTo(2, kNoBound, kDoNotWait), IsEmpty());
}

TEST(FairQueue, AFloodFromOneAgencyCostsAnotherOneTurn) {
  FairQueue<std::string> queue(1000, kNoBound);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(queue.Push("police", 1, "police"));
  ASSERT_TRUE(queue.Push("prison", 1, "prison"));
  ASSERT_TRUE(queue.Push("health", 1, "health"));
  EXPECT_THAT(queue.TakeUpTo(4, kNoBound, kDoNotWait),
              ElementsAre("police", "prison", "health", "police"));
}

TEST(FairQueue, TurnsGoOnWhereTheLastTakeStopped) {
  FairQueue<std::string> queue(10, kNoBound);
  for (const char* one : {"a1", "a2", "a3"}) ASSERT_TRUE(queue.Push("a", 1, one));
  for (const char* one : {"b1", "b2", "b3"}) ASSERT_TRUE(queue.Push("b", 1, one));
  EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kDoNotWait), ElementsAre("a1"));
  EXPECT_THAT(queue.TakeUpTo(3, kNoBound, kDoNotWait), ElementsAre("b1", "a2", "b2"));
}

TEST(FairQueue, RefusesWhatPassesTheCountOfItsAgencyAlone) {
  FairQueue<int> queue(2, kNoBound);
  EXPECT_TRUE(queue.Push("police", 1, 1));
  EXPECT_TRUE(queue.Push("police", 1, 2));
  EXPECT_FALSE(queue.Push("police", 1, 3));
  EXPECT_TRUE(queue.Push("prison", 1, 4));
  EXPECT_EQ(queue.Waiting(), 3u);
  EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kDoNotWait), ElementsAre(1));
  EXPECT_TRUE(queue.Push("police", 1, 5));
}

TEST(FairQueue, RefusesWhatPassesTheBytesOfItsAgencyAlone) {
  FairQueue<int> queue(10, 100);
  EXPECT_FALSE(queue.Push("police", 101, 1));
  EXPECT_TRUE(queue.Push("police", 60, 2));
  EXPECT_FALSE(queue.Push("police", 41, 3));
  EXPECT_TRUE(queue.Push("police", 40, 4));
  EXPECT_FALSE(queue.Push("police", 1, 5));
  EXPECT_TRUE(queue.Push("prison", 100, 6));
  EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kDoNotWait), ElementsAre(2));
  EXPECT_TRUE(queue.Push("police", 60, 7));
}

TEST(FairQueue, ARefusedOneIsNotWaiting) {
  FairQueue<int> queue(10, 100);
  ASSERT_FALSE(queue.Push("police", 101, 1));
  EXPECT_EQ(queue.Waiting(), 0u);
  EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kDoNotWait), IsEmpty());
}

struct TakeRow {
  std::size_t bytes_max;
  std::vector<int> taken;
};

TEST(FairQueue, TakesWhatFitsButAlwaysOne) {
  for (const TakeRow& row : {TakeRow{0, {1}}, TakeRow{40, {1}}, TakeRow{79, {1}},
                             TakeRow{80, {1, 2}}, TakeRow{119, {1, 2}}, TakeRow{120, {1, 2, 3}}}) {
    FairQueue<int> queue(10, kNoBound);
    for (const int one : {1, 2, 3}) ASSERT_TRUE(queue.Push("police", 40, one));
    EXPECT_EQ(queue.TakeUpTo(10, row.bytes_max, kDoNotWait), row.taken) << row.bytes_max;
  }
}

TEST(FairQueue, WakesWhoeverWaitsWhenSomethingComes) {
  FairQueue<int> queue(10, kNoBound);
  std::thread pusher([&queue] { ASSERT_TRUE(queue.Push("police", 1, 7)); });
  EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kLong), ElementsAre(7));
  pusher.join();
}

TEST(FairQueue, CloseWakesRefusesAndLetsTheRestBeTaken) {
  FairQueue<int> queue(10, kNoBound);
  std::thread waiter([&queue] { EXPECT_THAT(queue.TakeUpTo(1, kNoBound, kLong), IsEmpty()); });
  queue.Close();
  waiter.join();
  EXPECT_FALSE(queue.Push("police", 1, 1));

  FairQueue<int> full(10, kNoBound);
  ASSERT_TRUE(full.Push("police", 1, 1));
  ASSERT_TRUE(full.Push("prison", 1, 2));
  full.Close();
  EXPECT_FALSE(full.Push("police", 1, 3));
  EXPECT_THAT(full.TakeUpTo(1, kNoBound, kLong), ElementsAre(1));
  EXPECT_THAT(full.TakeUpTo(1, kNoBound, kLong), ElementsAre(2));
  EXPECT_THAT(full.TakeUpTo(1, kNoBound, kLong), IsEmpty());
}

TEST(FairQueue, TakesWhatCanOnlyBeMoved) {
  FairQueue<std::unique_ptr<int>> queue(10, kNoBound);
  ASSERT_TRUE(queue.Push("police", 1, std::make_unique<int>(5)));
  const auto taken = queue.TakeUpTo(1, kNoBound, kDoNotWait);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(*taken.front(), 5);
}

/// Four threads push, refused ones again; one takes. Under ThreadSanitizer this is the proof that
/// the queue may be shared.
TEST(FairQueue, LosesAndDoublesNothingBetweenThreads) {
  constexpr int kEach = 2000;
  FairQueue<int> queue(16, kNoBound);
  std::vector<std::thread> pushers;
  for (int agency = 0; agency < 4; ++agency) {
    pushers.emplace_back([&queue, agency] {
      for (int i = 0; i < kEach; ++i) {
        while (
            !queue.Push(std::string(1, static_cast<char>('a' + agency)), 1, agency * kEach + i)) {
          std::this_thread::yield();
        }
      }
    });
  }
  std::map<int, int> last;  // By agency.
  int taken = 0;
  while (taken < 4 * kEach) {
    for (const int one : queue.TakeUpTo(8, kNoBound, kLong)) {
      const auto [place, is_first] = last.try_emplace(one / kEach, one);
      EXPECT_EQ(one, is_first ? one / kEach * kEach : place->second + 1);
      place->second = one;
      ++taken;
    }
  }
  for (std::thread& pusher : pushers) pusher.join();
  EXPECT_EQ(queue.Waiting(), 0u);
}

}  // namespace
}  // namespace tearline::concurrency
