#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/verifier/note.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {

/// Asks a running door for receipts, and opens them with the verifier, which shares no line with
/// the broker.
class AskingForReceipts {
 protected:
  static constexpr char kIntel[] = "police/intel";
  static constexpr char kPanel[] = "police/panel";
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kSupervisor[] = "probation/supervisor";
  static constexpr char kAuditor[] = "desk/auditor";

  void SignCheckpoint() { ASSERT_TRUE(door_.checkpoints().Beat(*door_.writer().View()).ok()); }

  grpc::Status Ask(const std::string& post, const v1::GetReceiptsRequest& about,
                   v1::GetReceiptsResponse& response) {
    v1::GetReceiptsRequest request = about;
    *request.mutable_acting() = RunningDoor::As(post);
    grpc::ClientContext context;
    return v1::AuditService::NewStub(door_.SystemOf(post))
        ->GetReceipts(&context, request, &response);
  }
  static v1::GetReceiptsRequest OfEvent(const std::string& event_id) {
    v1::GetReceiptsRequest request;
    request.set_event_id(event_id);
    return request;
  }
  /// The receipts as the verifier opens them; their texts in `texts_`.
  std::vector<verifier::Receipt> Receipts(const std::string& post,
                                          const v1::GetReceiptsRequest& about) {
    texts_.clear();
    v1::GetReceiptsResponse response;
    const grpc::Status status = Ask(post, about, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    const auto key = verifier::ReadVerifierKey(KeyText());
    std::vector<verifier::Receipt> receipts;
    for (const std::string& text : response.receipts()) {
      const auto receipt = verifier::OpenReceipt(text, *key);
      EXPECT_TRUE(receipt.ok()) << receipt.status();
      if (receipt.ok()) receipts.push_back(*receipt);
      texts_.push_back(text);
    }
    return receipts;
  }
  std::string KeyText() {
    v1::GetCheckpointResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::AuditService::NewStub(door_.SystemOf(kIntel))
                    ->GetCheckpoint(&context, {}, &response)
                    .ok());
    return response.verifier_key();
  }
  /// Publishes one event; if it is `withheld`, nobody but chairs may have it.
  v1::PublishResult PublishOne(const std::string& nominal_id, bool withheld,
                               const std::string& request_id = "one") {
    v1::PublishRequest request;
    *request.mutable_acting() = RunningDoor::As(kIntel);
    v1::PublishItem& item = *request.add_items();
    item = RunningDoor::ItemAbout(nominal_id, request_id + (withheld ? "-withheld" : "-told"),
                                  "seen near the school");
    item.mutable_event()->mutable_label()->set_originator_controlled(withheld);
    v1::PublishResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::PublisherService::NewStub(door_.SystemOf(kIntel))
                    ->Publish(&context, request, &response)
                    .ok());
    return response.results(0);
  }

  RunningDoor door_;
  std::vector<std::string> texts_;  ///< Of the last Receipts.
};

}  // namespace tearline::rpc
