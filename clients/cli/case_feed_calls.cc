#include "clients/cli/case_feed_calls.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "clients/cli/shown_entries.h"
#include "clients/cpp/refusal.h"
#include "tearline/v1/case_feed_service.grpc.pb.h"

namespace tearline::cli {
namespace {

constexpr std::chrono::milliseconds kFirstWait{500};
constexpr std::chrono::milliseconds kLongestWait{30'000};

}  // namespace

void FollowCase(const Invocation& invocation, v1::FollowCaseRequest request,
                const std::function<void(const v1::FollowCaseResponse&)>& show) {
  const auto stub = v1::CaseFeedService::NewStub(invocation.Channel());
  ShownEntries shown;
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
    const bool any = shown.GoOnFrom().seconds() != 0;
    if (any) *request.mutable_since() = shown.GoOnFrom();
    const grpc::Status status = stream->Finish();
    if (status.ok()) return;
    const client::Refusal refusal = client::RefusalFrom(status);
    if (!request.follow() || !refusal.WorthAnotherTry()) {
      if (any && !request.pack()) {
        std::cerr << "cut; to go on: --since "
                  << google::protobuf::util::TimeUtil::ToString(shown.GoOnFrom()) << '\n';
      }
      StopFor(refusal);
    }
    std::cerr << "connection lost (" << (refusal.reason.empty() ? "no answer" : refusal.reason)
              << "); trying again in " << wait.count() << " ms\n";
    std::this_thread::sleep_for(wait);
    wait = std::min(2 * wait, kLongestWait);
  }
}

}  // namespace tearline::cli
