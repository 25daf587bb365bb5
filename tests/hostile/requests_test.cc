// A member's valid pass, and requests that try to pass for what they are not.
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/hostile/arena.h"

namespace tearline::hostile {
namespace {

using Stream = grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>;

void GiveUpAfter(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

class Requests : public Arena {
 protected:
  grpc::Status PublishAs(const std::string& member, const std::string& post,
                         const v1::PublishItem& item, v1::PublishResponse& response) const {
    v1::PublishRequest request;
    *request.mutable_acting() = As(post);
    *request.add_items() = item;
    grpc::ClientContext context;
    GiveUpAfter(context);
    return v1::PublisherService::NewStub(stage().ChannelOf(member))
        ->Publish(&context, request, &response);
  }
  v1::PublishResult Published(const std::string& member, const std::string& post,
                              const v1::PublishItem& item) const {
    v1::PublishResponse response;
    const grpc::Status status = PublishAs(member, post, item, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0) : v1::PublishResult();
  }
};

/// A session on the chair's feed, by hand.
class Session {
 public:
  explicit Session(const std::shared_ptr<grpc::Channel>& channel,
                   const std::string& post = "probation/chair")
      : stub_(v1::SubscriberService::NewStub(channel)) {
    GiveUpAfter(context_);
    stream_ = stub_->Subscribe(&context_);
    v1::SubscribeRequest open;
    open.mutable_open()->mutable_acting()->set_post(post);
    stream_->Write(open);
  }
  /// The first event that comes; nothing if the stream ends first.
  std::optional<v1::Delivery> NextEvent() {
    for (v1::SubscribeResponse frame; stream_->Read(&frame);) {
      for (const v1::Delivery& delivery : frame.deliveries()) {
        if (delivery.has_event()) return delivery;
      }
    }
    return std::nullopt;
  }
  void Acknowledge(v1::Urgency lane, std::uint64_t sequence) {
    v1::SubscribeRequest words;
    v1::LaneAcknowledgement& each = *words.add_acknowledgements();
    each.set_lane(lane);
    each.add_sequences(sequence);
    stream_->Write(words);
  }
  grpc::Status Finish() {
    for (v1::SubscribeResponse frame; stream_->Read(&frame);) {
    }
    return stream_->Finish();
  }

 private:
  std::unique_ptr<v1::SubscriberService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
};

/// An item that a newer session took over can't be acknowledged away by the older one.
TEST_F(Requests, ASupersededSessionAcknowledgesNothing) {
  SendHome();
  (void)Published("police/feeder", "police/intelligence",
                  HonestItem("superseded", stage().nominal_id(), "seen at the quay"));
  const auto channel = stage().ChannelOf("probation/reader");
  Session older(channel);
  const std::optional<v1::Delivery> first = older.NextEvent();
  ASSERT_TRUE(first);
  Session newer(channel);
  const std::optional<v1::Delivery> again = newer.NextEvent();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sequence(), first->sequence());
  older.Acknowledge(first->lane(), first->sequence());
  EXPECT_EQ(ReasonIn(older.Finish()), v1::ERROR_REASON_SESSION_SUPERSEDED);

  Session newest(channel);
  const std::optional<v1::Delivery> still = newest.NextEvent();
  ASSERT_TRUE(still);
  EXPECT_EQ(still->sequence(), first->sequence()) << "it was acknowledged away";
}

TEST_F(Requests, NumbersNeverSentCannotBeAcknowledged) {
  SendHome();
  (void)Published("police/feeder", "police/intelligence",
                  HonestItem("never-sent", stage().nominal_id(), "seen at the weir"));
  for (const std::uint64_t sequence : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    Session session(stage().ChannelOf("probation/reader"));
    ASSERT_TRUE(session.NextEvent());
    session.Acknowledge(v1::URGENCY_URGENT, sequence);
    EXPECT_EQ(ReasonIn(session.Finish()), v1::ERROR_REASON_SEQUENCE_AHEAD) << sequence;
  }
}

/// What was acknowledged once and is said again, by the same words, changes nothing.
TEST_F(Requests, AReplayedAcknowledgementChangesNothing) {
  SendHome();
  (void)Published("police/feeder", "police/intelligence",
                  HonestItem("replayed-1", stage().nominal_id(), "seen at the mill"));
  (void)Published("police/feeder", "police/intelligence",
                  HonestItem("replayed-2", stage().nominal_id(), "seen at the mill again"));
  Session session(stage().ChannelOf("probation/reader"));
  const std::optional<v1::Delivery> first = session.NextEvent();
  ASSERT_TRUE(first);
  for (int i = 0; i < 5; ++i) session.Acknowledge(first->lane(), first->sequence());
  Session next(stage().ChannelOf("probation/reader"));
  const std::optional<v1::Delivery> second = next.NextEvent();
  ASSERT_TRUE(second);
  EXPECT_GE(second->sequence(), first->sequence());
  EXPECT_LE(second->sequence(), first->sequence() + 1);
}

TEST_F(Requests, NobodyOpensAnothersFeed) {
  for (const char* post : {"probation/chair", "probation/manager", "inspectorate/auditor"}) {
    Session session(stage().ChannelOf("police/feeder"), post);
    EXPECT_EQ(ReasonIn(session.Finish()), v1::ERROR_REASON_NOT_YOUR_POST) << post;
  }
  ExpectTheHonestAreServed();
}

/// An id is the agency's own: another's publication can be neither found nor stopped by taking it.
TEST_F(Requests, ARequestIdOfAnotherAgencyMeansNothing) {
  const v1::PublishItem item = HonestItem("shared-id", stage().nominal_id(), "seen at the ferry");
  const v1::PublishResult police = Published("police/feeder", "police/intelligence", item);
  const v1::PublishResult probation = Published("probation/reader", "probation/chair", item);
  EXPECT_FALSE(probation.event_id().empty()) << probation.refusal_sentence();
  EXPECT_NE(probation.event_id(), police.event_id());
  EXPECT_FALSE(probation.repeated_request());

  v1::PublishItem other = item;
  other.mutable_event()->mutable_segments(0)->set_content("something else");
  const v1::PublishResult reused = Published("police/feeder", "police/intelligence", other);
  EXPECT_TRUE(reused.event_id().empty());
  EXPECT_EQ(reused.refusal_reason(), "REQUEST_ID_REUSED");
  EXPECT_TRUE(Published("police/feeder", "police/intelligence", item).repeated_request());
  ExpectTheHonestAreServed();
}

TEST_F(Requests, NobodyPublishesForAnotherAgency) {
  v1::PublishItem item = HonestItem("minted", stage().nominal_id(), "seen at the fair");
  item.set_originating_agency("probation");
  const v1::PublishResult result = Published("police/feeder", "police/intelligence", item);
  EXPECT_TRUE(result.event_id().empty());
  EXPECT_FALSE(result.refusal_reason().empty());
}

TEST_F(Requests, AMessageOverTheLimitIsNotTaken) {
  for (int i = 0; i < 10; ++i) {
    v1::PublishResponse response;
    const grpc::Status status = PublishAs(
        "police/feeder", "police/intelligence",
        HonestItem("large", stage().nominal_id(), std::string(5 * 1024 * 1024, 'x')), response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  ExpectTheHonestAreServed();
}

/// What an older broker does not understand of a label, it must not under-restrict.
TEST_F(Requests, WhatIsNotKnownOfALabelIsRefused) {
  struct Row {
    const char* attack;
    std::function<void(v1::PublishItem&)> bend;
  };
  const auto label = [](v1::PublishItem& item) -> v1::Label& {
    return *item.mutable_event()->mutable_label();
  };
  const Row rows[] = {
      {"a tier of tomorrow",
       [&](auto& item) { label(item).mutable_marking()->set_tier(static_cast<v1::Tier>(99)); }},
      {"a negative tier",
       [&](auto& item) { label(item).mutable_marking()->set_tier(static_cast<v1::Tier>(-1)); }},
      {"a caveat of tomorrow",
       [&](auto& item) {
         label(item).mutable_marking()->add_caveats(static_cast<v1::Caveat>(99));
       }},
      {"a grade of tomorrow",
       [&](auto& item) {
         label(item).mutable_grading()->set_source(static_cast<v1::SourceGrade>(99));
       }},
      {"a content flag of tomorrow",
       [](auto& item) {
         item.mutable_event()->mutable_segments(0)->add_flags(static_cast<v1::ContentFlag>(99));
       }},
      {"a field of tomorrow",
       [&](auto& item) {
         v1::Label& bent = label(item);
         bent.GetReflection()->MutableUnknownFields(&bent)->AddVarint(1000, 1);
       }},
      {"a field of tomorrow, in the marking",
       [&](auto& item) {
         v1::Marking& bent = *label(item).mutable_marking();
         bent.GetReflection()->MutableUnknownFields(&bent)->AddLengthDelimited(1000, "only us");
       }},
  };
  for (const Row& row : rows) {
    v1::PublishItem item = HonestItem("label", stage().nominal_id(), "seen at the lock");
    row.bend(item);
    const v1::PublishResult result = Published("police/feeder", "police/intelligence", item);
    EXPECT_EQ(result.refusal_reason(), "LABEL_INVALID") << row.attack;
  }
  ExpectTheHonestAreServed();
}

/// Facts lie in the clear and are shown at every full delivery: words have no place among them.
TEST_F(Requests, FactsCarryNoWords) {
  v1::PublishItem item = HonestItem("facts", stage().nominal_id(), "seen at the weir");
  v1::Facts& facts = *item.mutable_event()->mutable_facts();
  facts.GetReflection()->MutableUnknownFields(&facts)->AddLengthDelimited(1000, "zanzibar quagga");
  const v1::PublishResult result = Published("police/feeder", "police/intelligence", item);
  EXPECT_EQ(result.refusal_reason(), "FIELD_INVALID") << result.event_id();
  ExpectTheHonestAreServed();
  EXPECT_FALSE(bystanders().WereTold("zanzibar"));
  EXPECT_FALSE(LiesOnDisk("zanzibar"));
}

}  // namespace
}  // namespace tearline::hostile
