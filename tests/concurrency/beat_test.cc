#include "broker/concurrency/beat.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace tearline::concurrency {
namespace {

using std::chrono::milliseconds;

/// Counts, and lets a test wait for a number.
class Tally {
 public:
  void Add() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void AwaitAtLeast(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }
  int Count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

TEST(Beat, EveryTaskHasItsTurnsUntilItIsStopped) {
  Tally quick;
  Tally slow;
  Beat beat(std::vector<Beat::Task>{{milliseconds(1), [&] { quick.Add(); }},
                                    {milliseconds(20), [&] { slow.Add(); }}});
  EXPECT_EQ(quick.Count(), 0);
  beat.Start();
  slow.AwaitAtLeast(2);
  quick.AwaitAtLeast(3);
  beat.Stop();
  const int after = quick.Count();
  beat.Stop();
  EXPECT_EQ(quick.Count(), after);
}

TEST(Beat, ATaskThatIsFarOffDoesNotHoldUpTheEnd) {
  Tally never;
  Beat beat(std::vector<Beat::Task>{{std::chrono::hours(1), [&] { never.Add(); }}});
  beat.Start();
  beat.Stop();
  EXPECT_EQ(never.Count(), 0);
}

TEST(Beat, WithoutATaskOrAStartItEnds) {
  Beat idle(std::vector<Beat::Task>{});
  idle.Start();
  const Beat unstarted(std::vector<Beat::Task>{{milliseconds(1), [] {}}});
}

}  // namespace
}  // namespace tearline::concurrency
