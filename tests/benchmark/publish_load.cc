#include "tests/benchmark/publish_load.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::benchmark {
namespace {

using Clock = std::chrono::steady_clock;

v1::PublishRequest RequestOf(const std::string& post, const std::string& nominal_id,
                             const Load& load) {
  v1::PublishRequest request;
  request.mutable_acting()->set_post(post);
  for (std::size_t i = 0; i < load.events_a_request; ++i) {
    v1::Event& event = *request.add_items()->mutable_event();
    event.set_event_type("intelligence.report.submitted");
    *event.mutable_occurred_at() = google::protobuf::util::TimeUtil::GetCurrentTime();
    event.set_urgency(v1::URGENCY_ROUTINE);
    v1::Marking& marking = *event.mutable_label()->mutable_marking();
    marking.set_tier(v1::TIER_OFFICIAL);
    marking.set_sensitive(true);
    event.add_nominals()->set_nominal_id(nominal_id);
    v1::Segment& segment = *event.add_segments();
    segment.add_nominal_indexes(0);
    segment.set_media_type("text/plain; charset=utf-8");
    segment.set_content(std::string(load.content_bytes, 'x'));
    v1::TearLine& tear_line = *event.add_tear_lines();
    tear_line.set_text("Ask the offender manager before the next visit.");
    tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    tear_line.mutable_audience()->set_panels(true);
  }
  return request;
}

/// One run: as many requests in the air as asked for, each answer sending the next.
class Run {
 public:
  Run(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
      const std::string& nominal_id, const Load& load)
      : stub_(v1::PublisherService::NewStub(channel)),
        pattern_(RequestOf(post, nominal_id, load)),
        count_from_(Clock::now() + load.time / 5),
        end_(Clock::now() + load.time) {}

  Loaded Go(std::size_t in_flight) {
    flying_ = in_flight;
    for (std::size_t i = 0; i < in_flight; ++i) Send();
    std::unique_lock lock(mutex_);
    landed_.wait(lock, [this] { return flying_ == 0 && sending_ == 0; });
    if (!fault_.empty()) throw std::runtime_error(fault_);
    const double seconds = std::chrono::duration<double>(Clock::now() - count_from_).count();
    result_.events_a_second = static_cast<double>(events_) / seconds;
    return result_;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::PublishRequest request;
    v1::PublishResponse response;
    Clock::time_point sent;
  };

  /// An answer may come, on another thread, before the call that sends has returned: `sending_`
  /// keeps this alive until it has.
  void Send() {
    {
      const std::lock_guard lock(mutex_);
      ++sending_;
    }
    auto* call = new Call{.context = {}, .request = pattern_, .response = {}, .sent = Clock::now()};
    for (v1::PublishItem& item : *call->request.mutable_items()) {
      item.set_request_id("bench-" + std::to_string(Clock::now().time_since_epoch().count()) + "-" +
                          std::to_string(next_.fetch_add(1)));
    }
    stub_->async()->Publish(&call->context, &call->request, &call->response,
                            [this, call](const grpc::Status& status) { Done(call, status); });
    const std::lock_guard lock(mutex_);
    --sending_;
    landed_.notify_all();
  }

  void Done(Call* call, const grpc::Status& status) {
    if (Note(*call, status)) {
      delete call;
      Send();
      return;
    }
    // gRPC's objects go before the last landing is told: main may end the process then.
    delete call;
    const std::lock_guard lock(mutex_);
    --flying_;
    landed_.notify_all();
  }

  /// Notes an answer; true if another request is to be sent.
  bool Note(const Call& call, const grpc::Status& status) {
    const Clock::time_point now = Clock::now();
    const std::lock_guard lock(mutex_);
    if (!status.ok()) fault_ = status.error_message();
    for (const v1::PublishResult& result : call.response.results()) {
      if (!result.refusal_reason().empty()) fault_ = result.refusal_sentence();
    }
    if (now >= count_from_) {
      result_.requests.push_back(
          std::chrono::duration<double, std::micro>(now - call.sent).count());
      events_ += static_cast<std::size_t>(call.response.results_size());
    }
    return now < end_ && fault_.empty();
  }

  std::unique_ptr<v1::PublisherService::Stub> stub_;
  const v1::PublishRequest pattern_;
  const Clock::time_point count_from_;
  const Clock::time_point end_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;
  std::condition_variable landed_;
  std::size_t flying_ = 0;  // Guarded by mutex_, as are those below.
  std::size_t sending_ = 0;
  std::size_t events_ = 0;
  std::string fault_;
  Loaded result_;
};

}  // namespace

Loaded Publish(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
               const std::string& nominal_id, const Load& load) {
  return Run(channel, post, nominal_id, load).Go(load.in_flight);
}

}  // namespace tearline::benchmark
