#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "clients/cpp/feed.h"
#include "clients/cpp/publisher.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {
namespace {

using std::chrono::milliseconds;

constexpr int kKills = 6;
constexpr char kChair[] = "probation/chair";

v1::Acting For(const std::string& post) {
  v1::Acting acting;
  acting.set_post(post);
  return acting;
}

/// The same request id always names the same event.
v1::PublishItem ItemOf(const std::string& request_id, const std::string& nominal_id) {
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
  segment.set_media_type("text/plain; charset=utf-8");
  segment.set_content(std::string(1024, 'x') + request_id);
  return item;
}

/// What publishers were answered: request id to event id.
class Accepted {
 public:
  void Add(const v1::PublishResult& result) {
    const std::lock_guard<std::mutex> lock(mutex_);
    events_[result.request_id()] = result.event_id();
  }
  std::map<std::string, std::string> events() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> events_;
};

void PublishUntil(const std::atomic<bool>& enough, int publisher, const Stage& stage,
                  Accepted& accepted) {
  client::Publisher door(stage.ChannelOf("police/feeder"), For("police/intelligence"),
                         {.first_wait = milliseconds(20),
                          .longest_wait = milliseconds(200),
                          .all = milliseconds(60'000)});
  for (int i = 0; !enough.load(); ++i) {
    const std::string request_id = std::to_string(publisher) + "-" + std::to_string(i);
    const auto answer = door.Publish({ItemOf(request_id, stage.nominal_id())});
    const auto* results = std::get_if<std::vector<v1::PublishResult>>(&answer);
    ASSERT_NE(results, nullptr) << std::get<client::Refusal>(answer).sentence;
    ASSERT_EQ(results->size(), 1u);
    ASSERT_FALSE((*results)[0].event_id().empty()) << (*results)[0].refusal_reason();
    accepted.Add((*results)[0]);
  }
}

/// The chair's system: keeps what comes, acknowledges, and comes back whenever the line breaks.
class Chair final : public client::Receiver {
 public:
  using Number = std::pair<int, std::uint64_t>;  // lane, sequence

  client::Disposal OnDelivery(const v1::Delivery& delivery) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Number number(delivery.lane(), delivery.sequence());
    const std::string event = delivery.event().event_id();
    const auto [known, fresh] = received_.emplace(number, event);
    if (!fresh && known->second != event) ++renumbered_;
    return client::Disposal::kAcknowledge;
  }
  bool WantsMore() override { return !enough_.load(); }
  bool OnProgress(const v1::Progress&) override { return !enough_.load(); }
  bool OnBroken(const client::Refusal&, milliseconds) override { return !enough_.load(); }

  std::map<Number, std::string> received() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return received_;
  }
  int renumbered() const { return renumbered_.load(); }
  void Enough() { enough_.store(true); }

 private:
  mutable std::mutex mutex_;
  std::map<Number, std::string> received_;
  std::atomic<int> renumbered_ = 0;
  std::atomic<bool> enough_ = false;
};

std::set<std::string> EventsOf(const std::map<Chair::Number, std::string>& received) {
  std::set<std::string> events;
  for (const auto& [number, event] : received) events.insert(event);
  return events;
}

std::string TextOf(const std::string& event_id) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "ev_";
  for (const char byte : event_id) {
    text += kDigits[static_cast<unsigned char>(byte) / 16];
    text += kDigits[static_cast<unsigned char>(byte) % 16];
  }
  return text;
}

/// What the ledger says was let go to the chair: number to event.
std::map<Chair::Number, std::string> ReleasedByTheLog(const Stage& stage) {
  std::map<Chair::Number, std::string> released;
  const auto audit = v1::AuditService::NewStub(stage.ChannelOf("inspectorate/auditor"));
  v1::ReadLeavesRequest request;
  *request.mutable_acting() = For("inspectorate/auditor");
  request.mutable_acting()->set_purpose("test");
  grpc::ClientContext context;
  const auto stream = audit->ReadLeaves(&context, request);
  for (v1::ReadLeavesResponse frame; stream->Read(&frame);) {
    for (const v1::LogLeaf& leaf : frame.leaves()) {
      for (const v1::LeafDetail& each : leaf.details()) {
        stored::v1::Detail detail;
        EXPECT_TRUE(detail.ParseFromString(each.salted().substr(16)));
        if (!detail.has_released() || detail.released().feed() != kChair) continue;
        released[{detail.released().lane(), detail.released().sequence()}] =
            TextOf(detail.released().event_id());
      }
    }
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return released;
}

void WaitFor(const std::function<bool()>& condition) {
  for (int i = 0; i < 600 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(50));
}

/// P1 and P2 under kill -9, again and again. Two publishers and a subscriber go on through every
/// kill; afterwards
///   - every event that was acknowledged is there, once, under the id that was answered;
///   - the chair received each of them, under one number, and the numbers have no gap;
///   - whatever the chair ever received, the recovered ledger holds the release that allowed it;
///   - a replay from nothing gives the same state, root and checkpoint.
TEST(Kill, LosesNothingDoublesNothingAndDisclosesNothingUnrecorded) {
  const doubles::TemporaryDirectory directory;
  const std::string source = TEARLINE_SOURCE_DIR;
  Stage stage({.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
               .certificates = source + "/deploy/certs/make-development-certs",
               .policy = source + "/config/policies/public_protection.textproto",
               .directory = directory.path()});

  std::atomic<bool> enough = false;
  Accepted accepted;
  std::vector<std::thread> publishers;
  for (int i = 0; i < 2; ++i) {
    publishers.emplace_back([&, i] { PublishUntil(enough, i, stage, accepted); });
  }
  Chair chair;
  v1::SubscribeOpen open;
  *open.mutable_acting() = For(kChair);
  client::Feed feed(stage.ChannelOf("probation/reader"), open);
  std::optional<client::Refusal> ended;
  std::thread subscriber([&] { ended = feed.Run(chair); });

  for (int kill = 0; kill < kKills; ++kill) {
    const std::size_t before = accepted.events().size();
    WaitFor([&] { return accepted.events().size() >= before + 20; });
    stage.Kill();
    stage.Start();
  }
  enough.store(true);
  for (std::thread& publisher : publishers) publisher.join();
  const std::map<std::string, std::string> answered = accepted.events();
  ASSERT_GE(answered.size(), 20u * kKills);
  WaitFor([&] {
    const std::set<std::string> got = EventsOf(chair.received());
    for (const auto& [request_id, event_id] : answered) {
      if (!got.contains(event_id)) return false;
    }
    return true;
  });
  chair.Enough();
  feed.Stop();
  subscriber.join();
  EXPECT_FALSE(ended && !ended->reason.empty()) << ended->reason;

  // Nothing acknowledged is lost or doubled.
  std::vector<v1::PublishItem> again;
  for (const auto& [request_id, event_id] : answered) {
    again.push_back(ItemOf(request_id, stage.nominal_id()));
  }
  client::Publisher door(stage.ChannelOf("police/feeder"), For("police/intelligence"));
  const auto answer = door.Publish(again);
  ASSERT_TRUE(std::holds_alternative<std::vector<v1::PublishResult>>(answer));
  for (const v1::PublishResult& result : std::get<std::vector<v1::PublishResult>>(answer)) {
    EXPECT_TRUE(result.repeated_request()) << result.request_id();
    EXPECT_EQ(result.event_id(), answered.at(result.request_id()));
  }

  // The chair got each under one number, without gaps.
  const std::map<Chair::Number, std::string> received = chair.received();
  EXPECT_EQ(chair.renumbered(), 0);
  EXPECT_EQ(EventsOf(received).size(), received.size()) << "an event has one number";
  std::uint64_t next = 1;
  for (const auto& [number, event] : received) EXPECT_EQ(number.second, next++);
  for (const auto& [request_id, event_id] : answered) {
    EXPECT_TRUE(EventsOf(received).contains(event_id)) << request_id;
  }

  // Record, then disclose.
  std::map<Chair::Number, std::string> released;  // as of a checkpoint that reaches that far
  WaitFor([&] { return (released = ReleasedByTheLog(stage)).size() >= received.size(); });
  for (const auto& [number, event] : received) {
    ASSERT_TRUE(released.contains(number)) << "number " << number.second << " was never recorded";
    EXPECT_EQ(released.at(number), event);
  }

  stage.Stop();
  EXPECT_NO_THROW(stage.Run({"--verify"}));
}

}  // namespace
}  // namespace tearline::end_to_end
