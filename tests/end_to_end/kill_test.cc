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
#include "clients/cpp/pipeline.h"
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

/// Many under way at once: each kill comes upon frames that are sent, read, prepared, synced, applied
/// and answered.
void PublishManyUntil(const std::atomic<bool>& enough, const Stage& stage, Accepted& accepted) {
  constexpr int kEventsMax = 4000;  // All are asked for again, and delivered.
  client::Pipeline door(
      stage.ChannelOf("police/feeder"), For("police/intelligence"),
      [&accepted](const v1::PublishResult& result) {
        EXPECT_FALSE(result.event_id().empty()) << result.refusal_reason();
        accepted.Add(result);
      },
      {.first_wait = milliseconds(20),
       .longest_wait = milliseconds(200),
       .all = milliseconds(60'000)});
  for (int i = 0; i < kEventsMax && !enough.load(); ++i) {
    const auto refusal = door.Add(ItemOf("many-" + std::to_string(i), stage.nominal_id()));
    ASSERT_FALSE(refusal) << refusal->sentence;
  }
  const auto refusal = door.Finish();
  ASSERT_FALSE(refusal) << refusal->sentence;
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

/// A broker, three publishers and the chair's system, who go on through every kill.
class Kill : public testing::Test {
 protected:
  void TearDown() override {
    EndPublishing();
    chair_.Enough();
    feed_.Stop();
    if (subscriber_.joinable()) subscriber_.join();
  }

  void Begin() {
    for (int i = 0; i < 2; ++i) {
      publishers_.emplace_back([this, i] { PublishUntil(enough_, i, stage_, accepted_); });
    }
    publishers_.emplace_back([this] { PublishManyUntil(enough_, stage_, accepted_); });
    subscriber_ = std::thread([this] { ended_ = feed_.Run(chair_); });
  }

  /// Lets at least `events` be accepted, kills the broker, and starts it again.
  void KillAfter(std::size_t events) {
    const std::size_t before = accepted_.events().size();
    WaitFor([&] { return accepted_.events().size() >= before + events; });
    stage_.Kill();
    stage_.Start();
  }

  void EndPublishing() {
    enough_.store(true);
    for (std::thread& publisher : publishers_) publisher.join();
    publishers_.clear();
  }

  /// Waits until the chair has all that was accepted, then lets the chair go.
  void EndFeed() {
    const std::map<std::string, std::string> answered = accepted_.events();
    WaitFor([&] {
      const std::set<std::string> got = EventsOf(chair_.received());
      for (const auto& [request_id, event_id] : answered) {
        if (!got.contains(event_id)) return false;
      }
      return true;
    });
    chair_.Enough();
    feed_.Stop();
    subscriber_.join();
    EXPECT_FALSE(ended_ && !ended_->reason.empty()) << ended_->reason;
  }

  static v1::SubscribeOpen OpenOf(const std::string& post) {
    v1::SubscribeOpen open;
    *open.mutable_acting() = For(post);
    return open;
  }

  const doubles::TemporaryDirectory directory_;
  Stage stage_{{.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
                .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                .directory = directory_.path()}};
  std::atomic<bool> enough_ = false;
  Accepted accepted_;
  std::vector<std::thread> publishers_;
  Chair chair_;
  client::Feed feed_{stage_.ChannelOf("probation/reader"), OpenOf(kChair)};
  std::optional<client::Refusal> ended_;
  std::thread subscriber_;
};

/// P1: said again, every request is known, under the id that was answered.
void ExpectNothingLostOrDoubled(const std::map<std::string, std::string>& answered,
                                const Stage& stage) {
  std::vector<v1::PublishItem> again;
  for (const auto& [request_id, event_id] : answered) {
    again.push_back(ItemOf(request_id, stage.nominal_id()));
  }
  client::Publisher door(stage.ChannelOf("police/feeder"), For("police/intelligence"));
  const auto answer = door.Publish(again);
  const auto* results = std::get_if<std::vector<v1::PublishResult>>(&answer);
  ASSERT_NE(results, nullptr);
  for (const v1::PublishResult& result : *results) {
    EXPECT_TRUE(result.repeated_request()) << result.request_id();
    EXPECT_EQ(result.event_id(), answered.at(result.request_id()));
  }
}

/// P1, seen from the chair: each event under one number, and the numbers without a gap.
void ExpectEachOnceWithoutGaps(const std::map<std::string, std::string>& answered,
                               const std::map<Chair::Number, std::string>& received) {
  const std::set<std::string> events = EventsOf(received);
  EXPECT_EQ(events.size(), received.size()) << "an event has one number";
  std::uint64_t next = 1;
  for (const auto& [number, event] : received) EXPECT_EQ(number.second, next++);
  for (const auto& [request_id, event_id] : answered) {
    EXPECT_TRUE(events.contains(event_id)) << request_id;
  }
}

/// P2: whatever was received, the recovered ledger holds the release that allowed it.
void ExpectRecordedBeforeDisclosed(const std::map<Chair::Number, std::string>& received,
                                   const Stage& stage) {
  std::map<Chair::Number, std::string> released;  // as of a checkpoint that reaches that far
  WaitFor([&] { return (released = ReleasedByTheLog(stage)).size() >= received.size(); });
  for (const auto& [number, event] : received) {
    ASSERT_TRUE(released.contains(number)) << "number " << number.second << " was never recorded";
    EXPECT_EQ(released.at(number), event);
  }
}

/// kill -9 under load, again and again; then a replay from nothing gives the same state, root and
/// checkpoint.
TEST_F(Kill, LosesNothingDoublesNothingAndDisclosesNothingUnrecorded) {
  constexpr std::size_t kEventsBetweenKills = 20;
  Begin();
  for (int kill = 0; kill < kKills; ++kill) KillAfter(kEventsBetweenKills);
  EndPublishing();
  EndFeed();

  const std::map<std::string, std::string> answered = accepted_.events();
  ASSERT_GE(answered.size(), kEventsBetweenKills * kKills);
  EXPECT_EQ(chair_.renumbered(), 0);
  ExpectNothingLostOrDoubled(answered, stage_);
  ExpectEachOnceWithoutGaps(answered, chair_.received());
  ExpectRecordedBeforeDisclosed(chair_.received(), stage_);
  stage_.Stop();
  EXPECT_NO_THROW(stage_.Run({"--verify"}));
}

}  // namespace
}  // namespace tearline::end_to_end
