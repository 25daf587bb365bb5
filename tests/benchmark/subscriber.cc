#include "tests/benchmark/subscriber.h"

namespace tearline::benchmark {
namespace {

/// The largest window there is.
constexpr std::uint32_t kWindow = 1000;

v1::SubscribeOpen OpenOf(const std::string& post) {
  v1::SubscribeOpen open;
  open.mutable_acting()->set_post(post);
  open.set_window_messages(kWindow);
  return open;
}

}  // namespace

Subscriber::Subscriber(const std::shared_ptr<grpc::Channel>& channel, const std::string& post)
    : feed_(channel, OpenOf(post)), thread_([this] { (void)feed_.Run(*this); }) {}

Subscriber::~Subscriber() {
  enough_.store(true);
  feed_.Stop();
  thread_.join();
}

bool Subscriber::OnProgress(const v1::Progress& progress) {
  caught_up_.store(progress.caught_up());
  return !enough_.load();
}

client::Disposal Subscriber::OnDelivery(const v1::Delivery& delivery) {
  caught_up_.store(false);
  if (delivery.has_event()) acknowledged_.fetch_add(1);
  return client::Disposal::kAcknowledge;
}

}  // namespace tearline::benchmark
