#include "clients/cpp/feed.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>
#include <utility>

namespace tearline::client {
namespace {

constexpr int kNumbersInFrame = 256;
constexpr std::chrono::milliseconds kFirstWait{100};
constexpr std::chrono::milliseconds kLongestWait{5'000};
/// How long a broker may take to end a stream it was asked to end.
constexpr std::chrono::seconds kEndMax{5};

/// Cancels a call unless it ends in time.
class Watch {
 public:
  Watch(grpc::ClientContext& context, std::chrono::milliseconds time)
      : thread_([this, &context, time] {
          std::unique_lock lock(mutex_);
          if (!ended_.wait_for(lock, time, [this] { return done_; })) context.TryCancel();
        }) {}
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace

Feed::Feed(std::shared_ptr<grpc::Channel> channel, v1::SubscribeOpen open)
    : stub_(v1::SubscriberService::NewStub(std::move(channel))), open_(std::move(open)) {}

grpc::ClientContext* Feed::NewContext() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return nullptr;
  context_ = std::make_unique<grpc::ClientContext>();
  return context_.get();
}

void Feed::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (context_ != nullptr) context_->TryCancel();
}

std::optional<Refusal> Feed::Run(Receiver& receiver) {
  std::chrono::milliseconds wait = kFirstWait;
  for (bool again = false;; again = true) {
    opened_ = false;
    std::optional<Refusal> refusal = RunSession(receiver, again);
    if (!refusal) return std::nullopt;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return std::nullopt;
    }
    if (opened_) wait = kFirstWait;
    if (!refusal->WorthAnotherTry() || !receiver.OnBroken(*refusal, wait)) return refusal;
    std::this_thread::sleep_for(wait);
    wait = std::min(2 * wait, kLongestWait);
  }
}

std::optional<Refusal> Feed::RunSession(Receiver& receiver, bool again) {
  grpc::ClientContext* context = NewContext();
  if (context == nullptr) return std::nullopt;
  context->set_wait_for_ready(again);
  const std::unique_ptr<Stream> stream = stub_->Subscribe(context);
  v1::SubscribeRequest first;
  *first.mutable_open() = open_;
  stream->Write(first);
  bool more = receiver.WantsMore();
  v1::SubscribeResponse frame;
  while (more && stream->Read(&frame)) {
    if (!TakeFrame(frame, receiver, *stream, more)) break;
  }
  if (more) {
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return RefusalFrom(status);
    return Refusal{"", "the broker ended the stream"};
  }
  const Watch watch(*context, kEndMax);
  (void)End(*stream);
  return std::nullopt;
}

bool Feed::TakeFrame(const v1::SubscribeResponse& frame, Receiver& receiver, Stream& stream,
                     bool& more) {
  if (frame.has_opened()) {
    opened_ = true;
    receiver.OnOpened(frame.opened());
  }
  v1::SubscribeRequest answer;
  std::map<v1::Urgency, v1::LaneAcknowledgement*> lanes;
  for (const v1::Delivery& delivery : frame.deliveries()) {
    switch (receiver.OnDelivery(delivery)) {
      case Disposal::kKeep:
        break;
      case Disposal::kPark: {
        v1::ParkItem& park = *answer.add_parks();
        park.set_lane(delivery.lane());
        park.set_sequence(delivery.sequence());
        break;
      }
      case Disposal::kAcknowledge: {
        v1::LaneAcknowledgement*& lane = lanes[delivery.lane()];
        if (lane == nullptr || lane->sequences_size() == kNumbersInFrame) {
          lane = answer.add_acknowledgements();
          lane->set_lane(delivery.lane());
        }
        lane->add_sequences(delivery.sequence());
        break;
      }
    }
  }
  more = receiver.WantsMore();
  if (more && frame.has_progress()) more = receiver.OnProgress(frame.progress());
  const bool silent = answer.acknowledgements().empty() && answer.parks().empty();
  return silent || stream.Write(answer);
}

grpc::Status Feed::End(Stream& stream) {
  stream.WritesDone();
  v1::SubscribeResponse ignored;
  while (stream.Read(&ignored)) {
  }
  return stream.Finish();
}

}  // namespace tearline::client
