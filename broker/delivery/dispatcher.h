#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker/machine/machine.h"
#include "tearline/v1/error.pb.h"

namespace tearline::delivery {

/// Whoever sends a feed's items on, or has another call open for long. Called on the dispatcher's
/// thread, but for End, which may come on any; none may block for long.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Items may have been let go: look at the view again.
  virtual void Wake() = 0;
  /// About a second has passed.
  virtual void Beat() = 0;
  /// Directory or policy has changed: look again whether the caller may still be here.
  virtual void AccessChanged() = 0;
  /// It is over, and why.
  virtual void End(v1::ErrorReason reason, const std::string& sentence) = 0;
};

/// Knows which feed is followed by whom, and wakes those for whom something was let go. One session
/// follows a feed; a newer one ends it.
///
/// Threads: any. No sink is called while a lock is held.
class Dispatcher {
 public:
  Dispatcher();
  /// Ends its thread; sinks are not called any more.
  ~Dispatcher();

  /// Ends the thread: nobody is woken any more. To be called while every sink's surroundings still
  /// stand. Calling it twice changes nothing. Threads: any but its own.
  void Stop();

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// From now on `sink` follows `feed`; whoever did before is ended with SESSION_SUPERSEDED.
  void Follow(const std::string& feed, std::weak_ptr<Sink> sink);

  /// Whoever follows `feed` is ended with SESSION_SUPERSEDED: a session has been opened that does
  /// not follow, but asks.
  void Supersede(const std::string& feed);

  /// `sink` no longer follows `feed`; if another does by now, nothing.
  void Leave(const std::string& feed, const Sink* sink);

  /// From now on `sink`, which follows no feed, is told of beats, of changes of access, and of the
  /// end.
  void Attend(std::weak_ptr<Sink> sink);

  /// `sink` attends no longer.
  void Leave(const Sink* sink);

  /// What a group of records did: sequencer::Listener. Returns at once, but for a change once every
  /// HoldChanges of before has ended: from then on nothing found out before it is sent.
  void Applied(const std::set<std::string>& feeds, machine::Change change);

  /// Counts changes of directory and policy: who may be here. What was found out at one count holds
  /// no longer at the next.
  std::uint64_t AccessChanges() const { return access_changes_.load(); }

  /// Counts these and all other changes of what may be told: of cases, seats, numbers, content.
  std::uint64_t Changes() const { return changes_.load(); }

  /// While it is held the counts stand still. To be held, for a moment only, from a last look at
  /// a count until what was found out at it has been handed over to be sent.
  [[nodiscard]] std::shared_lock<std::shared_mutex> HoldChanges() const {
    return std::shared_lock(change_mutex_);
  }

  /// How many feeds are followed.
  std::size_t Followed() const;

  /// Ends everybody who follows or attends.
  void EndAll(v1::ErrorReason reason, const std::string& sentence);

 private:
  using Sinks = std::vector<std::shared_ptr<Sink>>;
  struct Work {
    Sinks check;
    Sinks wake;
    Sinks beat;
  };

  void Run();
  /// Requires: mutex_ is held.
  Work TakeWork(bool beat);
  /// Those who follow a feed, and those who attend. Requires: mutex_ is held.
  Sinks Everybody() const;

  mutable std::shared_mutex change_mutex_;  ///< Whole to count; shared while a count must stand.
  std::atomic<std::uint64_t> access_changes_{0};
  std::atomic<std::uint64_t> changes_{0};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::weak_ptr<Sink>> following_;  ///< Guarded by mutex_.
  std::map<const Sink*, std::weak_ptr<Sink>> attending_;  ///< Guarded by mutex_.
  std::set<std::string> woken_;                           ///< Guarded by mutex_.
  bool look_again_ = false;                               ///< Guarded by mutex_.
  bool stopping_ = false;                                 ///< Guarded by mutex_.
  std::thread thread_;
};

}  // namespace tearline::delivery
