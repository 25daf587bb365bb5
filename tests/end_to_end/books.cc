#include "tests/end_to_end/books.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <thread>
#include <variant>

#include "clients/cpp/pipeline.h"
#include "clients/cpp/publisher.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::end_to_end {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr client::Patience kThroughKills = {
    .first_wait = milliseconds(20), .longest_wait = milliseconds(200), .all = milliseconds(60'000)};
/// Requests asked for again in one call.
constexpr std::size_t kAgainAtOnce = 100;

std::string TextOf(const std::string& event_id) {
  constexpr char kDigits[] = "0123456789abcdef";
  if (event_id.empty()) return "";  // A notice.
  std::string text = "ev_";
  for (const char byte : event_id) {
    text += kDigits[static_cast<unsigned char>(byte) / 16];
    text += kDigits[static_cast<unsigned char>(byte) % 16];
  }
  return text;
}

/// What the log says was let go to a post: number to event.
Reader::Book ReleasedByTheLog(const std::string& post, const Stage& stage) {
  Reader::Book released;
  const auto audit = v1::AuditService::NewStub(stage.ChannelOf("inspectorate/auditor"));
  v1::ReadLeavesRequest request;
  *request.mutable_acting() = For("inspectorate/auditor");
  request.mutable_acting()->set_purpose("audit");
  grpc::ClientContext context;
  const auto stream = audit->ReadLeaves(&context, request);
  for (v1::ReadLeavesResponse frame; stream->Read(&frame);) {
    for (const v1::LogLeaf& leaf : frame.leaves()) {
      for (const v1::LeafDetail& each : leaf.details()) {
        stored::v1::Detail detail;
        if (!detail.ParseFromString(each.salted().substr(16)) || !detail.has_released() ||
            detail.released().feed() != post) {
          continue;
        }
        released[{detail.released().lane(), detail.released().sequence()}] =
            TextOf(detail.released().event_id());
      }
    }
  }
  return stream->Finish().ok() ? released : Reader::Book();
}

}  // namespace

v1::Acting For(const std::string& post) {
  v1::Acting acting;
  acting.set_post(post);
  return acting;
}

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

void WaitFor(const std::function<bool()>& condition) {
  for (int i = 0; i < 600 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(50));
}

void Accepted::Add(const v1::PublishResult& result) {
  const std::lock_guard<std::mutex> lock(mutex_);
  events_[result.request_id()] = result.event_id();
}

std::map<std::string, std::string> Accepted::events() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_;
}

std::size_t Accepted::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_.size();
}

std::string PublishUntil(const std::atomic<bool>& enough, int publisher, const Stage& stage,
                         Accepted& accepted, milliseconds pause,
                         const std::function<void(std::chrono::microseconds)>& answered) {
  client::Publisher door(stage.ChannelOf("police/feeder"), For("police/intelligence"),
                         kThroughKills);
  for (int i = 0; !enough.load(); ++i) {
    const std::string request_id = std::to_string(publisher) + "-" + std::to_string(i);
    const Clock::time_point begun = Clock::now();
    const auto answer = door.Publish({ItemOf(request_id, stage.nominal_id())});
    if (const auto* refusal = std::get_if<client::Refusal>(&answer)) return refusal->sentence;
    const auto& results = std::get<std::vector<v1::PublishResult>>(answer);
    if (results.size() != 1 || results[0].event_id().empty()) {
      return results.empty() ? "no answer" : "refused: " + results[0].refusal_reason();
    }
    accepted.Add(results[0]);
    if (answered) {
      answered(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun));
    }
    std::this_thread::sleep_for(pause);
  }
  return "";
}

std::string PublishManyUntil(const std::atomic<bool>& enough, const Stage& stage,
                             Accepted& accepted) {
  constexpr int kEventsMax = 4000;  // All are asked for again, and delivered.
  std::string wrong;                // Written by the pipeline's thread, which Finish waits for.
  client::Pipeline door(
      stage.ChannelOf("police/feeder"), For("police/intelligence"),
      [&](const v1::PublishResult& result) {
        if (result.event_id().empty()) wrong = "refused: " + result.refusal_reason();
        accepted.Add(result);
      },
      kThroughKills);
  for (int i = 0; i < kEventsMax && !enough.load(); ++i) {
    const auto refusal = door.Add(ItemOf("many-" + std::to_string(i), stage.nominal_id()));
    if (refusal) return refusal->sentence;
  }
  const auto refusal = door.Finish();
  return refusal ? refusal->sentence : wrong;
}

client::Disposal Reader::OnDelivery(const v1::Delivery& delivery) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Number number(delivery.lane(), delivery.sequence());
    const std::string event = delivery.event().event_id();
    const auto [known, fresh] = received_.emplace(number, event);
    if (!fresh && known->second != event) ++renumbered_;
  }
  std::this_thread::sleep_for(pause_);
  return client::Disposal::kAcknowledge;
}

Reader::Book Reader::received() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return received_;
}

bool HasAll(const Reader::Book& book, const std::map<std::string, std::string>& accepted) {
  std::set<std::string> events;
  for (const auto& [number, event] : book) events.insert(event);
  for (const auto& [request_id, event_id] : accepted) {
    if (!events.contains(event_id)) return false;
  }
  return true;
}

std::vector<std::string> LostOrDoubled(const std::map<std::string, std::string>& accepted,
                                       const Stage& stage) {
  std::vector<std::string> complaints;
  client::Publisher door(stage.ChannelOf("police/feeder"), For("police/intelligence"));
  std::vector<v1::PublishItem> again;
  const auto ask = [&] {
    const auto answer = door.Publish(std::exchange(again, {}));
    if (const auto* refusal = std::get_if<client::Refusal>(&answer)) {
      complaints.push_back("P1: asked again: " + refusal->sentence);
      return;
    }
    for (const v1::PublishResult& result : std::get<std::vector<v1::PublishResult>>(answer)) {
      if (!result.repeated_request() || result.event_id() != accepted.at(result.request_id())) {
        complaints.push_back("P1: " + result.request_id() + " was accepted and is not known");
      }
    }
  };
  for (const auto& [request_id, event_id] : accepted) {
    again.push_back(ItemOf(request_id, stage.nominal_id()));
    if (again.size() == kAgainAtOnce) ask();
  }
  if (!again.empty()) ask();
  return complaints;
}

std::vector<std::string> MissingOrMisnumbered(const std::map<std::string, std::string>& accepted,
                                              const Reader::Book& book) {
  std::vector<std::string> complaints;
  std::map<int, std::uint64_t> next;
  std::set<std::string> events;
  for (const auto& [number, event] : book) {
    const auto [lane, sequence] = number;
    if (sequence != ++next[lane]) {
      complaints.push_back("P1: lane " + std::to_string(lane) + " lacks number " +
                           std::to_string(next[lane]));
      next[lane] = sequence;
    }
    if (!event.empty() && !events.insert(event).second) {
      complaints.push_back("P1: an event came under two numbers");
    }
  }
  for (const auto& [request_id, event_id] : accepted) {
    if (!events.contains(event_id)) complaints.push_back("P1: " + request_id + " never came");
  }
  return complaints;
}

std::vector<std::string> NeverRecorded(const std::string& post, const Reader::Book& book,
                                       const Stage& stage) {
  Reader::Book released;  // as of a checkpoint that reaches that far
  WaitFor([&] { return (released = ReleasedByTheLog(post, stage)).size() >= book.size(); });
  std::vector<std::string> complaints;
  for (const auto& [number, event] : book) {
    const auto found = released.find(number);
    if (found == released.end() || found->second != event) {
      complaints.push_back("P2: number " + std::to_string(number.second) + " of " + post +
                           " was received and never recorded");
    }
  }
  return complaints;
}

}  // namespace tearline::end_to_end
