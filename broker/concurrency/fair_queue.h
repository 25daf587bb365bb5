#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tearline::concurrency {

/// What waits for the one writer: a bounded queue for each agency, taken in turn, so that one
/// agency's flood costs another no more than one turn. A full queue refuses; it never waits.
///
/// Within an agency first come is first served. An agency with nothing waiting costs nothing.
///
/// Threads: any.
template <typename T>
class FairQueue {
 public:
  /// The bounds hold for each agency by itself, and are inclusive.
  FairQueue(std::size_t count_max, std::size_t bytes_max)
      : count_max_(count_max), bytes_max_(bytes_max) {}

  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  /// Adds one that weighs `bytes`. False, and nothing happens, if it would pass a bound of its
  /// agency or the queue is closed.
  [[nodiscard]] bool Push(const std::string& agency, std::size_t bytes, T one) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto found = waiting_.find(agency);
      const std::size_t count = found == waiting_.end() ? 0 : found->second.items.size();
      const std::size_t held = found == waiting_.end() ? 0 : found->second.bytes;
      if (closed_ || count >= count_max_ || bytes > bytes_max_ - held) return false;
      Line& line = found == waiting_.end() ? waiting_[agency] : found->second;
      if (line.items.empty()) turns_.push_back(agency);
      line.items.emplace_back(bytes, std::move(one));
      line.bytes += bytes;
    }
    arrived_.notify_one();
    return true;
  }

  /// Waits at most `wait` until there is one, then takes at most `count` that together weigh at
  /// most `bytes_max`, agencies in turn; the first is taken whatever it weighs. Empty if nothing
  /// came, or if the queue is closed and what had waited is taken.
  ///
  /// Requires: `count` is not zero.
  [[nodiscard]] std::vector<T> TakeUpTo(std::size_t count, std::size_t bytes_max,
                                        std::chrono::milliseconds wait) {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait_for(lock, wait, [this] { return closed_ || !turns_.empty(); });
    std::vector<T> taken;
    std::size_t weight = 0;
    while (!turns_.empty() && taken.size() < count) {
      const auto line = waiting_.find(turns_.front());
      const std::size_t bytes = line->second.items.front().first;
      if (!taken.empty() && (weight >= bytes_max || bytes > bytes_max - weight)) break;
      weight += bytes;
      taken.push_back(std::move(line->second.items.front().second));
      line->second.items.pop_front();
      line->second.bytes -= bytes;
      turns_.pop_front();
      if (line->second.items.empty()) {
        waiting_.erase(line);
      } else {
        turns_.push_back(line->first);
      }
    }
    return taken;
  }

  /// Refuses what comes from now on, and wakes whoever waits. What waits can still be taken.
  void Close() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

  /// How many wait, over all agencies.
  [[nodiscard]] std::size_t Waiting() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::size_t count = 0;
    for (const auto& [agency, line] : waiting_) count += line.items.size();
    return count;
  }

 private:
  struct Line {
    std::deque<std::pair<std::size_t, T>> items;  // Weight in bytes, and what waits.
    std::size_t bytes = 0;
  };

  const std::size_t count_max_;
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::string, Line> waiting_;  // Never an empty line.
  std::deque<std::string> turns_;        // Each agency of waiting_ once; the front is next.
  bool closed_ = false;
};

}  // namespace tearline::concurrency
