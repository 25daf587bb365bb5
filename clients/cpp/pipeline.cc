#include "clients/cpp/pipeline.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

namespace tearline::client {
namespace {

using Clock = std::chrono::steady_clock;

/// Events in one frame, and their bytes: the broker takes 100, gRPC 4 MiB; smaller frames let it
/// begin sooner.
constexpr std::size_t kFrameItems = 100;
constexpr std::size_t kFrameBytes = 256 * 1024;
/// Events that are kept because they have no result yet. The broker has fewer under way.
constexpr std::size_t kWaitingMax = 2000;

const Refusal kWrongNumber{"",
                           "the broker answered for another number of events than it was asked"};

}  // namespace

/// One stream: its results are gathered by a thread of its own.
class Pipeline::Stream {
 public:
  Stream(v1::PublisherService::Stub& stub, const v1::Acting& acting)
      : stream_(stub.PublishStream(&context_)) {
    v1::PublishStreamRequest first;
    *first.mutable_acting() = acting;
    stream_->Write(first);
    reader_ = std::thread([this] { Read(); });
  }
  ~Stream() {
    context_.TryCancel();
    if (reader_.joinable()) reader_.join();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// False if the stream has ended.
  bool Write(const v1::PublishStreamRequest& frame) { return stream_->Write(frame); }

  /// How it ended. Requires: it has.
  grpc::Status End() {
    reader_.join();
    return stream_->Finish();
  }

  /// The results that came, once there is one or the stream has ended, or at `until`.
  std::vector<v1::PublishResult> Take(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return ended_ || !results_.empty(); });
    return std::exchange(results_, {});
  }
  bool Ended() {
    const std::lock_guard lock(mutex_);
    return ended_ && results_.empty();
  }

 private:
  void Read() {
    for (v1::PublishStreamResponse frame; stream_->Read(&frame);) {
      const std::lock_guard lock(mutex_);
      for (v1::PublishResult& result : *frame.mutable_results()) {
        results_.push_back(std::move(result));
      }
      changed_.notify_all();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PublishStreamRequest, v1::PublishStreamResponse>>
      stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::PublishResult> results_;  // Guarded by mutex_.
  bool ended_ = false;                      // Guarded by mutex_.
  std::thread reader_;
};

Pipeline::Pipeline(std::shared_ptr<grpc::Channel> channel, v1::Acting acting, Receiver receiver,
                   Patience patience)
    : channel_(std::move(channel)),
      stub_(v1::PublisherService::NewStub(channel_)),
      acting_(std::move(acting)),
      receiver_(std::move(receiver)),
      patience_(patience),
      wait_(patience.first_wait) {}

Pipeline::~Pipeline() = default;

std::optional<Refusal> Pipeline::Add(v1::PublishItem item) {
  unsent_bytes_ += item.ByteSizeLong();
  waiting_.push_back(std::move(item));
  if (waiting_.size() - sent_ >= kFrameItems || unsent_bytes_ >= kFrameBytes) {
    Send();
    if (!Take(Clock::now())) return kWrongNumber;
  }
  return WaitWhile([this] { return waiting_.size() >= kWaitingMax; });
}

std::optional<Refusal> Pipeline::Finish() {
  return WaitWhile([this] { return !waiting_.empty(); });
}

/// Sends what was not sent on this stream, frame by frame, unless the stream has ended.
void Pipeline::Send() {
  if (!stream_) stream_ = std::make_unique<Stream>(*stub_, acting_);
  while (sent_ < waiting_.size()) {
    v1::PublishStreamRequest frame;
    std::size_t bytes = 0;
    std::size_t end = sent_;
    while (end < waiting_.size() && end - sent_ < kFrameItems && bytes < kFrameBytes) {
      bytes += waiting_[end].ByteSizeLong();
      *frame.add_items() = waiting_[end++];
    }
    if (!stream_->Write(frame)) break;
    sent_ = end;
  }
  unsent_bytes_ = 0;
}

/// Gives the results that come before `until` to the receiver. What a full queue refused waits to
/// be sent again, behind the rest. False if there are more than were asked for.
bool Pipeline::Take(Clock::time_point until) {
  bool busy = false;
  for (const v1::PublishResult& result : stream_->Take(until)) {
    if (sent_ == 0) return false;
    v1::PublishItem item = std::move(waiting_.front());
    waiting_.pop_front();
    --sent_;
    if (!result.refusal_reason().empty() &&
        Refusal{result.refusal_reason(), ""}.WorthAnotherTry()) {
      busy = true;
      waiting_.push_back(std::move(item));
      continue;
    }
    give_up_ = Clock::now() + patience_.all;
    wait_ = patience_.first_wait;
    receiver_(result);
  }
  if (busy) std::this_thread::sleep_for(wait_);
  return true;
}

std::optional<Refusal> Pipeline::WaitWhile(const std::function<bool()>& must_wait) {
  give_up_ = Clock::now() + patience_.all;
  while (must_wait()) {
    Send();
    if (!Take(give_up_)) return kWrongNumber;
    if (!must_wait()) break;
    if (stream_->Ended()) {
      if (auto refusal = OpenAgain(stream_->End())) return refusal;
    } else if (Clock::now() >= give_up_) {
      return Refusal{"", "the broker did not answer in time"};
    }
  }
  return std::nullopt;
}

/// Opens another stream once a broker is there, if it is worth it.
std::optional<Refusal> Pipeline::OpenAgain(const grpc::Status& status) {
  const Refusal refusal =
      status.ok() ? Refusal{"", "the broker ended the stream"} : RefusalFrom(status);
  if (!refusal.WorthAnotherTry() || Clock::now() + wait_ >= give_up_) return refusal;
  std::this_thread::sleep_for(wait_);
  wait_ = std::min(2 * wait_, patience_.longest_wait);
  const auto left = give_up_ - Clock::now();
  if (!channel_->WaitForConnected(std::chrono::system_clock::now() + left)) return refusal;
  sent_ = 0;
  stream_ = std::make_unique<Stream>(*stub_, acting_);
  return std::nullopt;
}

}  // namespace tearline::client
