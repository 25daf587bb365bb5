#include "tests/benchmark/stream_load.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/benchmark/event_of.h"

namespace tearline::benchmark {
namespace {

using Clock = std::chrono::steady_clock;

/// One run over one stream. Frames are written one at a time; each is done when the results of all
/// its events have come.
class Run final
    : public grpc::ClientBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse> {
 public:
  Run(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
      const std::vector<std::string>& nominal_ids, const Load& load)
      : load_(load),
        stub_(v1::PublisherService::NewStub(channel)),
        begun_(Clock::now()),
        count_from_(begun_ + load.time / 5),
        end_(begun_ + load.time),
        name_("bench-" + std::to_string(begun_.time_since_epoch().count()) + "-") {
    for (const std::string& nominal_id : nominal_ids) patterns_.push_back(ItemAbout(nominal_id));
    request_.mutable_acting()->set_post(post);
    // More events are about each person than a frame holds, and the next frame goes on from there.
    for (std::size_t i = 0; i < load.events_a_frame; ++i) request_.add_items();
  }

  Loaded Go() {
    stub_->async()->PublishStream(&context_, this);
    AddHold();  // Frames are also begun outside of reactions.
    StartRead(&response_);
    {
      const std::lock_guard lock(mutex_);
      SendLocked();
    }
    StartCall();
    std::unique_lock lock(mutex_);
    while (!done_) {
      changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return done_; });
      SendLocked();
      const bool over = !writing_ && outstanding_ == 0 && Clock::now() >= end_;
      if (half_closed_ || (!over && !broken_)) continue;
      half_closed_ = true;
      if (!broken_) StartWritesDone();
      RemoveHold();
    }
    if (!status_.ok()) throw std::runtime_error("the stream ended: " + status_.error_message());
    if (!fault_.empty()) throw std::runtime_error(fault_);
    const double seconds = std::chrono::duration<double>(last_ - count_from_).count();
    result_.events_a_second = static_cast<double>(counted_) / seconds;
    return result_;
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) return;
    request_.clear_acting();
    SendLocked();
  }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    if (!ok) {
      broken_ = true;
      changed_.notify_all();
      return;
    }
    const Clock::time_point now = Clock::now();
    for (const v1::PublishResult& result : response_.results()) {
      if (!result.refusal_reason().empty()) fault_ = result.refusal_sentence();
      if (now >= count_from_) ++counted_;
      ++result_.events;
      if (++front_results_ < load_.events_a_frame) continue;
      front_results_ = 0;
      --outstanding_;
      if (now >= count_from_) {
        result_.frames.push_back(
            std::chrono::duration<double, std::micro>(now - sent_.front()).count());
      }
      sent_.pop_front();
    }
    last_ = now;
    StartRead(&response_);
    SendLocked();
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

 private:
  void SendLocked() {
    if (writing_ || half_closed_ || done_ || outstanding_ >= load_.frames_in_flight) return;
    const Clock::time_point now = Clock::now();
    if (now >= end_ || !fault_.empty()) return;
    if (load_.may_send && !load_.may_send(next_)) return;
    for (v1::PublishItem& item : *request_.mutable_items()) {
      const v1::PublishItem& pattern = patterns_[next_ % patterns_.size()];
      if (next_ < load_.events_a_frame || patterns_.size() > 1) item = pattern;
      item.set_request_id(name_ + std::to_string(next_++));
    }
    ++outstanding_;
    sent_.push_back(now);
    writing_ = true;
    StartWrite(&request_);
  }

  const Load load_;
  const std::unique_ptr<v1::PublisherService::Stub> stub_;
  const Clock::time_point begun_;
  const Clock::time_point count_from_;
  const Clock::time_point end_;
  const std::string name_;
  std::vector<v1::PublishItem> patterns_;
  grpc::ClientContext context_;
  v1::PublishStreamRequest request_;
  v1::PublishStreamResponse response_;

  std::mutex mutex_;  // Guards all that follows, and request_.
  std::condition_variable changed_;
  std::deque<Clock::time_point> sent_;  // Frames without all their results.
  std::size_t outstanding_ = 0;
  std::size_t front_results_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t counted_ = 0;
  Clock::time_point last_ = Clock::now();
  bool writing_ = false;
  bool half_closed_ = false;
  bool broken_ = false;  // Nothing more will be read.
  bool done_ = false;
  std::string fault_;
  grpc::Status status_;
  Loaded result_;
};

}  // namespace

Loaded PublishOverStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
                         const std::vector<std::string>& nominal_ids, const Load& load) {
  return Run(channel, post, nominal_ids, load).Go();
}

}  // namespace tearline::benchmark
