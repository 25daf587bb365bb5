#include "tests/rpc/withheld_event.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::rpc {

using google::protobuf::util::TimeUtil;

std::string PublishWithheld(RunningDoor& door, const std::string& nominal_id,
                            const std::string& request_id) {
  v1::PublishRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  v1::PublishItem& item = *request.add_items();
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() = TimeUtil::MillisecondsToTimestamp(door.clock().WallMs() - 1000);
  event.set_urgency(v1::URGENCY_URGENT);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.mutable_label()->mutable_marking()->set_sensitive(true);
  event.mutable_label()->set_originator_controlled(true);
  event.add_nominals()->set_nominal_id(nominal_id);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(std::string(3000, 'w'));
  v1::PublishResponse response;
  grpc::ClientContext context;
  EXPECT_TRUE(v1::PublisherService::NewStub(door.SystemOf("police/intel"))
                  ->Publish(&context, request, &response)
                  .ok());
  EXPECT_EQ(response.results_size(), 1);
  if (response.results_size() != 1) return "";
  EXPECT_EQ(response.results(0).refusal_reason(), "");
  return response.results(0).event_id();
}

grpc::Status Withdraw(RunningDoor& door, const std::string& event_id, v1::WithdrawalReason reason,
                      v1::WithdrawEventResponse& response) {
  v1::WithdrawEventRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  request.set_event_id(event_id);
  request.set_reason(reason);
  response.Clear();
  grpc::ClientContext context;
  return v1::PublisherService::NewStub(door.SystemOf("police/intel"))
      ->WithdrawEvent(&context, request, &response);
}

}  // namespace tearline::rpc
