#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tearline::concurrency {

/// Does things again and again, each at its own interval, on one thread of its own: small things
/// that may be late, one after the other.
class Beat {
 public:
  struct Task {
    std::chrono::milliseconds every{};  ///< Between the end of one turn and the next; not zero.
    std::function<void()> run;
  };

  explicit Beat(std::vector<Task> tasks);
  /// Stops.
  ~Beat();
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

  /// Begins; each task's first turn comes after its interval. Called once.
  void Start();

  /// Waits for the turn that is going on, and ends the thread. Again, or never started: nothing.
  ///
  /// Threads: any but its own.
  void Stop();

 private:
  void Run();

  const std::vector<Task> tasks_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  ///< Guarded by mutex_.
  std::thread thread_;
};

}  // namespace tearline::concurrency
