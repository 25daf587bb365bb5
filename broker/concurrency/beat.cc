#include "broker/concurrency/beat.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tearline::concurrency {

using Clock = std::chrono::steady_clock;

Beat::Beat(std::vector<Task> tasks) : tasks_(std::move(tasks)) {}

Beat::~Beat() { Stop(); }

void Beat::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Beat::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Beat::Run() {
  std::vector<Clock::time_point> due;
  for (const Task& task : tasks_) due.push_back(Clock::now() + task.every);
  while (!due.empty()) {
    const auto next = std::min_element(due.begin(), due.end());
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (stop_.wait_until(lock, *next, [this] { return stopping_; })) return;
    }
    const Task& task = tasks_[static_cast<std::size_t>(next - due.begin())];
    task.run();
    *next = Clock::now() + task.every;
  }
}

}  // namespace tearline::concurrency
