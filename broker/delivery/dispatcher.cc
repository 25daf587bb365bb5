#include "broker/delivery/dispatcher.h"

#include <chrono>
#include <utility>

namespace tearline::delivery {
namespace {

/// How often sinks are given a chance to notice that time has passed.
constexpr std::chrono::seconds kBeat{1};

void EndSuperseded(Sink& sink) {
  sink.End(v1::ERROR_REASON_SESSION_SUPERSEDED,
           "a newer session follows this feed; open another one to take it back");
}

}  // namespace

Dispatcher::Dispatcher() : thread_([this] { Run(); }) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Dispatcher::Follow(const std::string& feed, std::weak_ptr<Sink> sink) {
  std::shared_ptr<Sink> before;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::weak_ptr<Sink>& place = following_[feed];
    before = place.lock();
    if (before == sink.lock()) before = nullptr;
    place = std::move(sink);
  }
  if (before) EndSuperseded(*before);
}

void Dispatcher::Supersede(const std::string& feed) {
  std::shared_ptr<Sink> before;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = following_.find(feed);
    if (found == following_.end()) return;
    before = found->second.lock();
    following_.erase(found);
  }
  if (before) EndSuperseded(*before);
}

void Dispatcher::Leave(const std::string& feed, const Sink* sink) {
  std::shared_ptr<Sink> last;  // Dropped after the lock: it may be the last to hold it.
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = following_.find(feed);
  if (found == following_.end()) return;
  last = found->second.lock();
  if (last == nullptr || last.get() == sink) following_.erase(found);
}

void Dispatcher::Attend(std::weak_ptr<Sink> sink) {
  const std::shared_ptr<Sink> alive = sink.lock();
  const std::lock_guard<std::mutex> lock(mutex_);
  attending_[alive.get()] = std::move(sink);
}

void Dispatcher::Leave(const Sink* sink) {
  const std::lock_guard<std::mutex> lock(mutex_);
  attending_.erase(sink);
}

void Dispatcher::Applied(const std::set<std::string>& feeds, machine::Change change) {
  const bool access_changed = change == machine::Change::kAccess;
  bool anything = access_changed;
  if (change != machine::Change::kNone) {
    const std::unique_lock<std::shared_mutex> lock(change_mutex_);
    changes_.fetch_add(1);
    if (access_changed) access_changes_.fetch_add(1);
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    look_again_ = look_again_ || access_changed;
    for (const std::string& feed : feeds) {
      if (!following_.contains(feed)) continue;
      woken_.insert(feed);
      anything = true;
    }
  }
  if (anything) changed_.notify_one();
}

std::size_t Dispatcher::Followed() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return following_.size();
}

void Dispatcher::EndAll(v1::ErrorReason reason, const std::string& sentence) {
  Sinks sinks;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    sinks = Everybody();
  }
  for (const std::shared_ptr<Sink>& sink : sinks) sink->End(reason, sentence);
}

Dispatcher::Sinks Dispatcher::Everybody() const {
  Sinks sinks;
  sinks.reserve(following_.size() + attending_.size());
  for (const auto& [feed, sink] : following_) {
    if (std::shared_ptr<Sink> alive = sink.lock()) sinks.push_back(std::move(alive));
  }
  for (const auto& [place, sink] : attending_) {
    if (std::shared_ptr<Sink> alive = sink.lock()) sinks.push_back(std::move(alive));
  }
  return sinks;
}

Dispatcher::Work Dispatcher::TakeWork(bool beat) {
  Work work;
  for (const std::string& feed : std::exchange(woken_, {})) {
    const auto found = following_.find(feed);
    if (found == following_.end()) continue;
    if (std::shared_ptr<Sink> sink = found->second.lock()) work.wake.push_back(std::move(sink));
  }
  if (std::exchange(look_again_, false)) work.check = Everybody();
  if (beat) work.beat = Everybody();
  return work;
}

void Dispatcher::Run() {
  auto next_beat = std::chrono::steady_clock::now() + kBeat;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait_until(lock, next_beat,
                        [this] { return stopping_ || look_again_ || !woken_.empty(); });
    if (stopping_) return;
    const auto now = std::chrono::steady_clock::now();
    const bool beat = now >= next_beat;
    if (beat) next_beat = now + kBeat;
    Work work = TakeWork(beat);

    lock.unlock();
    for (const std::shared_ptr<Sink>& sink : work.check) sink->AccessChanged();
    for (const std::shared_ptr<Sink>& sink : work.wake) sink->Wake();
    for (const std::shared_ptr<Sink>& sink : work.beat) sink->Beat();
    work = {};  // A sink may end here, which must not happen under the lock.
    lock.lock();
  }
}

}  // namespace tearline::delivery
