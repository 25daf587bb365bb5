#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <string>

#include "broker/delivery/session.h"
#include "broker/rpc/door.h"
#include "broker/status/status.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// One call of Pull:
///
///   opening --OpenSession applied--> looking ----------------------------------> answered
///   going on ------------------------^ |
///                                      nothing to send but what must be judged again, once:
///                                      --ReleaseRows applied--> looking
///
/// Between calls nothing is kept for the client: each looks through the feed from its first item
/// that is not settled. So the same items come again until they are settled, and what a client that
/// went away has not settled waits in the machine's rows.
///
/// What is found out belongs to one count of the changes of access, as in FeedStream: the answer is
/// handed over while the count stands, or found out anew.
///
/// It deletes itself when gRPC is done with it. Reactions come on gRPC's threads, answers to
/// proposals on the writer's; never two at once. Content is opened on gRPC's threads only: whatever
/// comes on the writer's sends the call's metadata, and what follows that goes on.
class Pull final : public grpc::ServerUnaryReactor {
 public:
  /// Begins. Requires: `door` outlives the call; `request` and `response` are its.
  Pull(Door& door, std::string leaf_pem, const v1::PullRequest& request,
       v1::PullResponse& response);

  void OnSendInitialMetadataDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  void Enter();
  void Open();
  void Opened(const Result<machine::Applied>& applied);
  Status ReadSession();
  void GoOn();
  /// Finds out what may be sent. Refuses: SESSION_SUPERSEDED; as Door::Enter.
  Status Look(bool& must_look_again);
  void AskToLookAgain(bool wait);

  Door& door_;
  const std::string leaf_pem_;
  const v1::PullRequest& request_;
  v1::PullResponse& response_;

  stored::v1::Actor actor_;
  std::string feed_;
  std::string session_id_;        ///< 16 bytes; "" before the session stands.
  bool may_wait_ = true;          ///< The call's metadata has not been sent.
  std::uint64_t entered_at_ = 0;  ///< The dispatcher's count of changes when it last entered.
};

}  // namespace tearline::rpc
