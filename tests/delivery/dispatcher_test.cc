#include "broker/delivery/dispatcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace tearline::delivery {
namespace {

/// Remembers what it was told; a test waits for it without knowing how long it takes.
class RecordingSink final : public Sink {
 public:
  void Wake() override { Note(woken_); }
  void Beat() override { Note(beats_); }
  void AccessChanged() override { Note(checked_); }
  void End(v1::ErrorReason reason, const std::string&) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    reason_ = reason;
    changed_.notify_all();
  }

  void AwaitWoken(int times) {
    Await([&] { return woken_ >= times; });
  }
  void AwaitBeat() {
    Await([&] { return beats_ >= 1; });
  }
  void AwaitChecked(int times) {
    Await([&] { return checked_ >= times; });
  }

  int woken() const { return Read(woken_); }
  v1::ErrorReason reason() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reason_;
  }

 private:
  void Note(int& count) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count;
    changed_.notify_all();
  }
  int Read(const int& count) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return count;
  }
  template <typename Condition>
  void Await(Condition condition) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, condition);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int woken_ = 0;
  int beats_ = 0;
  int checked_ = 0;
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

TEST(Dispatcher, WakesThoseWhoseFeedWasTouchedAndNobodyElse) {
  Dispatcher dispatcher;
  const auto panel = std::make_shared<RecordingSink>();
  const auto chair = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", panel);
  dispatcher.Follow("probation/chair", chair);

  dispatcher.Applied({"police/panel", "nobody/here"}, machine::Change::kNone);
  panel->AwaitWoken(1);
  dispatcher.Applied({"probation/chair"}, machine::Change::kNone);
  chair->AwaitWoken(1);  // The panel's turn has passed: one thread, in order.
  EXPECT_EQ(panel->woken(), 1);
}

TEST(Dispatcher, ANewerSessionOfTheSameFeedEndsTheOlder) {
  Dispatcher dispatcher;
  const auto older = std::make_shared<RecordingSink>();
  const auto newer = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", older);
  dispatcher.Follow("police/panel", newer);
  EXPECT_EQ(older->reason(), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(newer->reason(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(dispatcher.Followed(), 1u);

  dispatcher.Applied({"police/panel"}, machine::Change::kNone);
  newer->AwaitWoken(1);
  EXPECT_EQ(older->woken(), 0);
}

TEST(Dispatcher, ASessionThatDoesNotFollowEndsTheOneThatDoes) {
  Dispatcher dispatcher;
  const auto follower = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", follower);
  dispatcher.Supersede("probation/chair");
  EXPECT_EQ(follower->reason(), v1::ERROR_REASON_UNSPECIFIED);
  dispatcher.Supersede("police/panel");
  EXPECT_EQ(follower->reason(), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(dispatcher.Followed(), 0u);
}

TEST(Dispatcher, TheOldersLeavingDoesNotTakeTheFeedFromTheNewer) {
  Dispatcher dispatcher;
  const auto older = std::make_shared<RecordingSink>();
  const auto newer = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", older);
  dispatcher.Follow("police/panel", newer);
  dispatcher.Leave("police/panel", older.get());
  EXPECT_EQ(dispatcher.Followed(), 1u);
  dispatcher.Leave("police/panel", newer.get());
  EXPECT_EQ(dispatcher.Followed(), 0u);
}

TEST(Dispatcher, EverybodyLooksAgainWhenAccessChanged) {
  Dispatcher dispatcher;
  const auto panel = std::make_shared<RecordingSink>();
  const auto chair = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", panel);
  dispatcher.Follow("probation/chair", chair);
  EXPECT_EQ(dispatcher.AccessChanges(), 0u);
  dispatcher.Applied({}, machine::Change::kAccess);
  EXPECT_EQ(dispatcher.AccessChanges(), 1u);
  panel->AwaitChecked(1);
  chair->AwaitChecked(1);
  dispatcher.Applied({}, machine::Change::kNone);
  EXPECT_EQ(dispatcher.AccessChanges(), 1u);
}

/// Whoever hears that access changed knows that nothing is on its way that was found out before.
TEST(Dispatcher, AChangeOfAccessWaitsForWhatIsBeingHandedOver) {
  Dispatcher dispatcher;
  std::atomic<bool> handed_over{false};
  std::atomic<bool> held{false};
  std::thread sender([&] {
    const auto access = dispatcher.HoldChanges();
    const std::uint64_t count = dispatcher.AccessChanges();
    held.store(true);
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    EXPECT_EQ(dispatcher.AccessChanges(), count);
    handed_over.store(true);
  });
  while (!held.load()) std::this_thread::yield();
  dispatcher.Applied({}, machine::Change::kAccess);
  EXPECT_TRUE(handed_over.load());
  EXPECT_EQ(dispatcher.AccessChanges(), 1u);
  sender.join();
}

TEST(Dispatcher, BeatsSoThatSilenceIsNoticed) {
  Dispatcher dispatcher;
  const auto panel = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", panel);
  panel->AwaitBeat();
}

TEST(Dispatcher, EndsAllWhenTold) {
  Dispatcher dispatcher;
  const auto panel = std::make_shared<RecordingSink>();
  const auto chair = std::make_shared<RecordingSink>();
  dispatcher.Follow("police/panel", panel);
  dispatcher.Follow("probation/chair", chair);
  dispatcher.EndAll(v1::ERROR_REASON_UNAVAILABLE, "stopping");
  EXPECT_EQ(panel->reason(), v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(chair->reason(), v1::ERROR_REASON_UNAVAILABLE);
}

/// Who follows no feed is told all but of items, until it leaves.
TEST(Dispatcher, WhoAttendsIsToldOfBeatsChangesAndTheEnd) {
  Dispatcher dispatcher;
  const auto guest = std::make_shared<RecordingSink>();
  const auto gone = std::make_shared<RecordingSink>();
  dispatcher.Attend(guest);
  dispatcher.Attend(gone);
  dispatcher.Leave(gone.get());
  EXPECT_EQ(dispatcher.Followed(), 0u);
  dispatcher.Applied({"police/panel"}, machine::Change::kAccess);
  guest->AwaitChecked(1);
  guest->AwaitBeat();
  EXPECT_EQ(guest->woken(), 0);
  dispatcher.EndAll(v1::ERROR_REASON_UNAVAILABLE, "stopping");
  EXPECT_EQ(guest->reason(), v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(gone->reason(), v1::ERROR_REASON_UNSPECIFIED);
}

/// A sink that goes away while the dispatcher holds it last must be able to say so.
class LeavingSink final : public Sink {
 public:
  LeavingSink(Dispatcher& dispatcher, std::string feed)
      : dispatcher_(dispatcher), feed_(std::move(feed)) {}
  ~LeavingSink() override { dispatcher_.Leave(feed_, this); }
  void Wake() override {}
  void Beat() override {}
  void AccessChanged() override {}
  void End(v1::ErrorReason, const std::string&) override {}

 private:
  Dispatcher& dispatcher_;
  const std::string feed_;
};

TEST(Dispatcher, HoldsNoLockWhileSinksGoAway) {
  Dispatcher dispatcher;
  const auto chair = std::make_shared<RecordingSink>();
  dispatcher.Follow("probation/chair", chair);
  for (int i = 0; i < 200; ++i) {
    auto sink = std::make_shared<LeavingSink>(dispatcher, "police/panel");
    dispatcher.Follow("police/panel", sink);
    dispatcher.Applied({"police/panel", "probation/chair"},
                       i % 2 == 0 ? machine::Change::kAccess : machine::Change::kNone);
    sink.reset();
  }
  dispatcher.Applied({"probation/chair"}, machine::Change::kNone);
  chair->AwaitWoken(1);
}

/// What may be told of somebody changes often: nobody is looked at again for that, but what was
/// found out before no longer counts.
TEST(Dispatcher, CountsEveryChangeAndLooksAtNobodyForOneOfWhatMayBeTold) {
  Dispatcher dispatcher;
  EXPECT_EQ(dispatcher.Changes(), 0u);
  dispatcher.Applied({}, machine::Change::kTelling);
  EXPECT_EQ(dispatcher.Changes(), 1u);
  EXPECT_EQ(dispatcher.AccessChanges(), 0u);
  dispatcher.Applied({}, machine::Change::kAccess);
  EXPECT_EQ(dispatcher.Changes(), 2u);
  EXPECT_EQ(dispatcher.AccessChanges(), 1u);
  dispatcher.Applied({"police/panel"}, machine::Change::kNone);
  EXPECT_EQ(dispatcher.Changes(), 2u);
}

}  // namespace
}  // namespace tearline::delivery
