#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tearline::concurrency {

/// A few threads for what must wait, so that those who may not wait can hand it on. First come is
/// first begun; a full line refuses, it never waits.
///
/// Threads: any.
class Workers {
 public:
  using Task = std::function<void()>;

  /// `threads` at work, at most `waiting_max` tasks in line behind them.
  Workers(std::size_t threads, std::size_t waiting_max);
  /// Stops.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Takes a task. False, and nothing happens, if the line is full or the workers are stopped.
  [[nodiscard]] bool Do(Task task);

  /// Does what was taken, and ends the threads. Again: nothing.
  ///
  /// Threads: any but the workers'.
  void Stop();

 private:
  void Run();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;  ///< Guarded by mutex_.
  bool stopping_ = false;     ///< Guarded by mutex_.
  std::vector<std::thread> threads_;
};

}  // namespace tearline::concurrency
