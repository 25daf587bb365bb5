#include "broker/rpc/door.h"

#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;

class DoorTest : public testing::Test {
 protected:
  std::size_t KeysInVault() { return door_.vault().List({}, 1000)->size(); }
  model::Position Records() { return door_.writer().View()->position(); }

  grpc::Status Register(const std::string& post, const std::string& purpose,
                        const std::string& number) {
    v1::RegisterNominalRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.mutable_acting()->set_purpose(purpose);
    request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_OTHER);
    request.mutable_identifiers(0)->set_value(number);
    v1::RegisterNominalResponse response;
    ClientContext context;
    return v1::NominalService::NewStub(door_.SystemOf(post))
        ->RegisterNominal(&context, request, &response);
  }

  /// Publishes about somebody nobody knows; `result` is the item's.
  grpc::Status Publish(const std::string& post, const std::string& originating_agency,
                       v1::PublishResult& result) {
    v1::PublishRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    v1::PublishItem& item = *request.add_items();
    item.set_request_id("r1");
    item.set_originating_agency(originating_agency);
    v1::Event& event = *item.mutable_event();
    event.set_event_type("intelligence.report.submitted");
    event.mutable_occurred_at()->set_seconds(1'700'000'000);
    event.set_urgency(v1::URGENCY_ROUTINE);
    event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    v1::Identifier& number = *event.add_nominals()->mutable_identifier();
    number.set_type(v1::IDENTIFIER_TYPE_OTHER);
    number.set_value("N99");
    event.add_segments()->set_media_type("text/plain");
    event.mutable_segments(0)->set_content("nothing new");
    event.mutable_segments(0)->add_nominal_indexes(0);
    v1::PublishResponse response;
    ClientContext context;
    const grpc::Status status =
        v1::PublisherService::NewStub(door_.SystemOf(post))->Publish(&context, request, &response);
    if (response.results_size() > 0) result = response.results(0);
    return status;
  }

  RunningDoor door_;
};

/// Whoever may not is told so before anything is sealed, synced or recorded for them.
TEST_F(DoorTest, NothingIsPreparedForThoseWhoMayNot) {
  const std::size_t keys = KeysInVault();
  v1::PublishResult result;
  EXPECT_EQ(ReasonIn(Publish("desk/operator", "", result)), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(ReasonIn(Register("desk/operator", "public-protection", "N99")),
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(ReasonIn(Register("police/intel", "", "N99")), v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_TRUE(Publish("police/intel", "probation", result).ok());
  EXPECT_EQ(result.refusal_reason(), "NOT_PERMITTED");
  EXPECT_EQ(KeysInVault(), keys);

  EXPECT_TRUE(Publish("police/intel", "", result).ok());
  EXPECT_EQ(result.refusal_reason(), "");
  EXPECT_EQ(KeysInVault(), keys + 2) << "its content's and its number's";
}

/// "Taken" is an answer: the door tells it only through the ledger, which counts it.
TEST_F(DoorTest, RegisteringWhatIsTakenIsRecorded) {
  ASSERT_TRUE(Register("police/intel", "public-protection", "N17").ok());
  const model::Position before = Records();
  EXPECT_EQ(ReasonIn(Register("police/panel", "public-protection", "N17")),
            v1::ERROR_REASON_IDENTIFIER_TAKEN);
  EXPECT_EQ(Records(), before + 1);
}

}  // namespace
}  // namespace tearline::rpc
