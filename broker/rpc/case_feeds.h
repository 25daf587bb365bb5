#pragma once

#include "broker/rpc/caller.h"
#include "broker/rpc/case_feed_stream.h"
#include "broker/rpc/door.h"
#include "tearline/v1/case_feed_service.grpc.pb.h"

namespace tearline::rpc {

/// CaseFeedService. Whoever may not see a case gets the answer of one that does not exist.
class CaseFeeds final : public v1::CaseFeedService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit CaseFeeds(Door& door) : door_(door) {}

  grpc::ServerWriteReactor<v1::FollowCaseResponse>* FollowCase(
      grpc::CallbackServerContext* context, const v1::FollowCaseRequest* request) override {
    return CaseFeedStream::Start(door_, LeafOf(*context->auth_context()), *request);
  }

 private:
  Door& door_;
};

}  // namespace tearline::rpc
