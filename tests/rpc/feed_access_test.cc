#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "broker/rpc/feed_stream.h"
#include "tests/rpc/change_access.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

// A feed tells nobody more than may be told now, whatever was found out before.

namespace tearline::rpc {
namespace {

/// Holds the dispatcher's thread up, so that nobody is woken or looked at before it is let go on.
class Stopper final : public delivery::Sink {
 public:
  explicit Stopper(delivery::Dispatcher& dispatcher) : dispatcher_(dispatcher) {}
  ~Stopper() override { LetGoOn(); }

  void StopHere(const std::shared_ptr<Stopper>& self) {
    dispatcher_.Follow("a/first", self);
    dispatcher_.Applied({"a/first"}, machine::Change::kNone);
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return stopped_; });
  }
  void LetGoOn() {
    const std::lock_guard<std::mutex> lock(mutex_);
    go_on_ = true;
    changed_.notify_all();
  }

  void Wake() override {
    std::unique_lock<std::mutex> lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return go_on_; });
  }
  void Beat() override {}
  void AccessChanged() override {}
  void End(v1::ErrorReason, const std::string&) override {}

 private:
  delivery::Dispatcher& dispatcher_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool go_on_ = false;
};

class FeedAccess : public testing::Test {
 protected:
  void TearDown() override {
    if (stopper_) stopper_->LetGoOn();
  }
  void StopTheDispatcher() {
    stopper_ = std::make_shared<Stopper>(door_.dispatcher());
    stopper_->StopHere(stopper_);
  }
  static void AskForProgress(Follower& follower) {
    follower.Say([](v1::SubscribeRequest& frame) { frame.set_progress(true); });
  }

  RunningDoor door_;
  std::shared_ptr<Stopper> stopper_;
};

/// Holds whoever reads a segment up until it is let go on: a frame is being filled.
class FrameUnderWay {
 public:
  explicit FrameUnderWay(doubles::MemoryDisk& disk) {
    disk.reading_segment = [gate = gate_] {
      std::unique_lock<std::mutex> lock(gate->mutex);
      gate->begun = true;
      gate->changed.notify_all();
      gate->changed.wait(lock, [&gate] { return gate->go_on; });
    };
  }
  ~FrameUnderWay() { GoOn(); }
  FrameUnderWay(const FrameUnderWay&) = delete;
  FrameUnderWay& operator=(const FrameUnderWay&) = delete;

  void AwaitBegun() {
    std::unique_lock<std::mutex> lock(gate_->mutex);
    gate_->changed.wait(lock, [this] { return gate_->begun; });
  }
  void GoOn() {
    const std::lock_guard<std::mutex> lock(gate_->mutex);
    gate_->go_on = true;
    gate_->changed.notify_all();
  }

 private:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool begun = false;
    bool go_on = false;
  };
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();  ///< Outlives this with the disk.
};

/// A frame that was being filled when the seat was left does not go out once that was answered.
TEST_F(FeedAccess, AFrameUnderWayIsNotSentAfterTheSeatWasLeft) {
  FrameUnderWay frame(*door_.ledger().disk());
  const std::string nominal = door_.NominalWithCase("N17");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  const std::string event = door_.Publish(nominal, "first", "part");
  frame.AwaitBegun();
  LeaveThePanel(door_, "police/panel");
  frame.GoOn();
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_FALSE(delivery->has_event());
  EXPECT_EQ(delivery->access_withdrawn().event_id(), event);
}

TEST_F(FeedAccess, SuspensionEndsALiveFeed) {
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.Next().has_value());
  SuspendSystemOf(door_, "police/panel");
  EXPECT_EQ(ReasonIn(panel.End()), v1::ERROR_REASON_SUSPENDED);
}

/// However late the dispatcher is: what is sent after a suspension's answer was found out after it.
TEST_F(FeedAccess, NoContentLeavesAfterTheSuspensionsAnswer) {
  const std::string nominal = door_.NominalWithCase("N17");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.Next().has_value());  // opened
  ASSERT_TRUE(panel.Next().has_value());  // caught up
  StopTheDispatcher();
  door_.Publish(nominal, "first", "part");  // let go, and nobody is woken
  SuspendSystemOf(door_, "police/panel");
  AskForProgress(panel);
  EXPECT_FALSE(panel.NextDelivery().has_value());
  stopper_->LetGoOn();
  EXPECT_EQ(ReasonIn(panel.End()), v1::ERROR_REASON_SUSPENDED);
}

/// Let go, not sent yet, and the seat is lost meanwhile: the event is not sent any more.
TEST_F(FeedAccess, WhatWasLetGoBeforeAChangeIsJudgedAgainBeforeItIsSent) {
  const std::string nominal = door_.NominalWithCase("N17");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.Next().has_value());  // opened
  ASSERT_TRUE(panel.Next().has_value());  // caught up
  StopTheDispatcher();
  const std::string event = door_.Publish(nominal, "first", "part");
  LeaveThePanel(door_, "police/panel");
  AskForProgress(panel);
  const auto progress = panel.Next();
  ASSERT_TRUE(progress.has_value());
  ASSERT_EQ(progress->deliveries_size(), 0);
  stopper_->LetGoOn();
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->sequence(), 2u);
  EXPECT_EQ(delivery->access_withdrawn().event_id(), event);
  EXPECT_EQ(delivery->access_withdrawn().sequence(), 1u);
}

/// Sent, not acknowledged, and the seat is lost: on reconnect the post hears that, and no more.
TEST_F(FeedAccess, AReconnectTellsNoMoreThanMayBeToldNow) {
  const std::string nominal = door_.NominalWithCase("N17");
  const std::string event = door_.Publish(nominal, "first", "part");
  {
    Follower panel(door_, "police/panel");
    panel.Open("police/panel");
    ASSERT_TRUE(panel.NextDelivery()->has_event());
    panel.SayNoMore();
    EXPECT_TRUE(panel.End().ok());
  }
  LeaveThePanel(door_, "police/panel");
  Follower again(door_, "police/panel");
  again.Open("police/panel");
  const auto delivery = again.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->access_withdrawn().event_id(), event);
}

/// One damaged segment costs its own item and nothing else; what is told quotes no position.
TEST_F(FeedAccess, ADamagedItemHoldsNothingElseUp) {
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "part");
  {
    const std::lock_guard<std::mutex> lock(door_.ledger().disk()->mutex);
    door_.ledger().disk()->records.back().segments.at(0).assign(40, 'x');
  }
  door_.Publish(nominal, "second", "whole");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->sequence(), 2u);
  EXPECT_EQ(delivery->event().segments(0).content(), "whole");
  panel.Acknowledge(v1::URGENCY_URGENT, {2});
  panel.SayNoMore();
  EXPECT_TRUE(panel.End().ok());
}

}  // namespace
}  // namespace tearline::rpc
