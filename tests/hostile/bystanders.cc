#include "tests/hostile/bystanders.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <variant>
#include <vector>

#include "clients/cpp/publisher.h"

namespace tearline::hostile {
namespace {

using std::chrono::milliseconds;

/// Times served that show that somebody is still served.
constexpr std::uint64_t kServed = 3;
constexpr milliseconds kPatience{120'000};

v1::Acting For(const std::string& post) {
  v1::Acting acting;
  acting.set_post(post);
  return acting;
}

v1::SubscribeOpen OpenChair() {
  v1::SubscribeOpen open;
  *open.mutable_acting() = For("probation/chair");
  return open;
}

}  // namespace

v1::PublishItem HonestItem(const std::string& request_id, const std::string& nominal_id,
                           const std::string& content) {
  v1::PublishItem item;
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() =
      google::protobuf::util::TimeUtil::SecondsToTimestamp(1'700'000'000);
  event.set_urgency(v1::URGENCY_URGENT);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.mutable_label()->mutable_marking()->set_sensitive(true);
  event.add_nominals()->set_nominal_id(nominal_id);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(content);
  return item;
}

Bystanders::Bystanders(const end_to_end::Stage& stage)
    : stage_(stage),
      feed_(stage.ChannelOf("probation/reader"), OpenChair()),
      publisher_([this] { Publish(); }),
      subscriber_([this] {
        if (feed_.Run(*this) && !enough_) refused_ = true;
      }) {}

Bystanders::~Bystanders() {
  enough_ = true;
  feed_.Stop();
  publisher_.join();
  subscriber_.join();
}

void Bystanders::Publish() {
  client::Publisher door(
      stage_.ChannelOf("police/feeder"), For("police/intelligence"),
      {.first_wait = milliseconds(20), .longest_wait = milliseconds(200), .all = kPatience});
  for (std::uint64_t i = 0; !enough_; ++i) {
    const auto answer = door.Publish(
        {HonestItem("honest-" + std::to_string(i), stage_.nominal_id(), "seen by the river")});
    const auto* results = std::get_if<std::vector<v1::PublishResult>>(&answer);
    if (results == nullptr || results->size() != 1 || results->front().event_id().empty()) {
      refused_ = true;
      return;
    }
    ++answered_;
    std::this_thread::sleep_for(milliseconds(5));
  }
}

client::Disposal Bystanders::OnDelivery(const v1::Delivery& delivery) {
  ++delivered_;
  const std::lock_guard<std::mutex> lock(mutex_);
  heard_ += delivery.SerializeAsString();
  return client::Disposal::kAcknowledge;
}

bool Bystanders::AreServed() const {
  const std::uint64_t answered = answered_;
  const std::uint64_t delivered = delivered_;
  for (milliseconds waited{0}; waited < kPatience; waited += milliseconds(20)) {
    if (refused_) return false;
    if (answered_ >= answered + kServed && delivered_ >= delivered + kServed) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

bool Bystanders::WereTold(const std::string& words) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return heard_.find(words) != std::string::npos;
}

}  // namespace tearline::hostile
