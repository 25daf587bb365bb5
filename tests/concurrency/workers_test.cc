#include "broker/concurrency/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <vector>

namespace tearline::concurrency {
namespace {

TEST(Workers, EveryTaskIsDoneOnceAndOnAnotherThread) {
  std::vector<std::atomic<int>> done(100);
  std::atomic<int> here = 0;
  {
    Workers workers(3, 100);
    for (std::atomic<int>& each : done) {
      ASSERT_TRUE(workers.Do([&each, &here, caller = std::this_thread::get_id()] {
        ++each;
        if (std::this_thread::get_id() == caller) ++here;
      }));
    }
  }
  for (const std::atomic<int>& each : done) EXPECT_EQ(each.load(), 1);
  EXPECT_EQ(here.load(), 0);
}

TEST(Workers, OneThreadKeepsTheOrderInWhichTheyCame) {
  std::vector<int> order;
  Workers one(1, 10);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(one.Do([&order, i] { order.push_back(i); }));
  one.Stop();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Workers, AFullLineRefusesAndOneThatHasRoomTakesAgain) {
  std::latch begun(1);
  std::latch go_on(1);
  Workers one(1, 2);
  ASSERT_TRUE(one.Do([&] {
    begun.count_down();
    go_on.wait();
  }));
  begun.wait();  // It is at work, not in line.
  std::latch second(1);
  EXPECT_TRUE(one.Do([&second] { second.count_down(); }));
  EXPECT_TRUE(one.Do([] {}));
  EXPECT_FALSE(one.Do([] { ADD_FAILURE() << "it was refused"; }));
  go_on.count_down();
  second.wait();
  EXPECT_TRUE(one.Do([] {}));
}

TEST(Workers, StoppedTheyFinishWhatTheyTookAndTakeNothingMore) {
  std::atomic<int> done = 0;
  Workers one(1, 10);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(one.Do([&done] { ++done; }));
  one.Stop();
  EXPECT_EQ(done.load(), 10);
  EXPECT_FALSE(one.Do([&done] { ++done; }));
  one.Stop();
  EXPECT_EQ(done.load(), 10);
}

/// A worker that sleeps holds nothing of the task before alive.
TEST(Workers, WhatATaskHeldGoesWithIt) {
  Workers one(1, 2);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  std::latch next(1);
  ASSERT_TRUE(one.Do([held = std::move(held)] {}));
  ASSERT_TRUE(one.Do([&next, &watched] {
    EXPECT_TRUE(watched.expired());
    next.count_down();
  }));
  next.wait();
}

}  // namespace
}  // namespace tearline::concurrency
