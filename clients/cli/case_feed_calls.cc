#include "clients/cli/case_feed_calls.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "clients/cpp/refusal.h"
#include "tearline/v1/case_feed_service.grpc.pb.h"

namespace tearline::cli {
namespace {

constexpr std::chrono::milliseconds kFirstWait{500};
constexpr std::chrono::milliseconds kLongestWait{30'000};

bool IsAfter(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) > std::pair(b.seconds(), b.nanos());
}

/// What was shown, so that what comes again is not shown again, and where to go on.
class Shown {
 public:
  explicit Shown(v1::FollowCaseRequest& request) : request_(request) {}

  /// Leaves out of a frame what was shown as it is.
  void LeaveOutAgain(v1::FollowCaseResponse& frame) {
    auto& entries = *frame.mutable_entries();
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [this](const v1::CaseFeedEntry& each) { return IsAgain(each); }),
                  entries.end());
  }

 private:
  bool IsAgain(const v1::CaseFeedEntry& entry) {
    if (!request_.has_since() || IsAfter(entry.changed_at(), request_.since())) {
      *request_.mutable_since() = entry.changed_at();
    }
    std::string bytes = entry.SerializeAsString();
    std::string& before = shown_[entry.event().event_id()];
    if (before == bytes) return true;
    before = std::move(bytes);
    return false;
  }

  v1::FollowCaseRequest& request_;
  std::map<std::string, std::string> shown_;
};

}  // namespace

void FollowCase(const Invocation& invocation, v1::FollowCaseRequest request,
                const std::function<void(const v1::FollowCaseResponse&)>& show) {
  const auto stub = v1::CaseFeedService::NewStub(invocation.Channel());
  Shown shown(request);
  std::chrono::milliseconds wait = kFirstWait;
  for (bool again = false;; again = true) {
    grpc::ClientContext context;
    context.set_wait_for_ready(again);
    if (!request.follow()) context.set_deadline(invocation.Deadline());
    const auto stream = stub->FollowCase(&context, request);
    v1::FollowCaseResponse frame;
    while (stream->Read(&frame)) {
      wait = kFirstWait;
      shown.LeaveOutAgain(frame);
      show(frame);
    }
    const grpc::Status status = stream->Finish();
    if (status.ok()) return;
    const client::Refusal refusal = client::RefusalFrom(status);
    if (!request.follow() || !refusal.WorthAnotherTry()) StopFor(refusal);
    std::cerr << "connection lost (" << (refusal.reason.empty() ? "no answer" : refusal.reason)
              << "); trying again in " << wait.count() << " ms\n";
    std::this_thread::sleep_for(wait);
    wait = std::min(2 * wait, kLongestWait);
  }
}

}  // namespace tearline::cli
