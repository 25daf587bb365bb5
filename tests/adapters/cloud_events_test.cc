#include "clients/adapters/cloud_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "clients/adapters/message_batch.h"
#include "tests/adapters/invented_cloud_event.h"
#include "tests/adapters/invented_message.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::adapters {
namespace {

using testing::ElementsAre;
using testing::Pair;
using enum QuarantineReason;

TEST(CloudEvents, TheRequiredAttributesBecomeAnEvent) {
  const std::string bytes = CloudEvent();
  const Adapted adapted = MustAdaptCloudEvent(bytes);
  const v1::Event& event = adapted.event;
  EXPECT_EQ(event.event_type(), "uk.example.assessment.completed");
  EXPECT_EQ(event.occurred_at().seconds(), 1770091506);
  EXPECT_EQ(event.occurred_at().nanos(), 789'000'000);
  EXPECT_EQ(event.occurred_quality(), v1::TIME_QUALITY_UNSPECIFIED);
  EXPECT_EQ(event.urgency(), v1::URGENCY_ROUTINE);
  EXPECT_EQ(event.label().marking().tier(), v1::TIER_OFFICIAL);
  EXPECT_TRUE(event.label().marking().sensitive());
  EXPECT_FALSE(event.label().existence_may_be_told());
  EXPECT_EQ(event.nominals_size(), 0);
  ASSERT_EQ(event.segments_size(), 2);
  EXPECT_EQ(event.segments(0).media_type(), "application/json");
  EXPECT_EQ(event.segments(0).content(),
            R"({ "words" : "that must stay behind", "score" : 1.10 })");
  EXPECT_EQ(event.segments(1).media_type(), "application/cloudevents+json");
  EXPECT_EQ(event.segments(1).content(), bytes) << "the original bytes, exactly";
  EXPECT_THAT(event.segments(1).flags(), ElementsAre(v1::CONTENT_FLAG_ORIGINAL_BYTES));
  EXPECT_EQ(adapted.source_message_id, "7f1c");
  EXPECT_THAT(NotesOf(adapted), ElementsAre("NOBODY", "URGENCY_NOT_SAID"));
}

TEST(CloudEvents, SourceAndIdTogetherAreTheRequest) {
  const std::string request = MustAdaptCloudEvent(CloudEvent()).request_id;
  EXPECT_EQ(request.size(), 3u + 32u);
  EXPECT_TRUE(request.starts_with("ce-"));
  EXPECT_EQ(MustAdaptCloudEvent(CloudEvent({{"data", "7"}})).request_id, request);
  EXPECT_NE(MustAdaptCloudEvent(CloudEvent({{"id", "\"7f1d\""}})).request_id, request);
  const auto of = [](const char* source, const char* id) {
    return MustAdaptCloudEvent(CloudEvent({{"source", source}, {"id", id}})).request_id;
  };
  EXPECT_NE(of("\"ab\"", "\"c\""), of("\"a\"", "\"bc\"")) << "they do not run into one another";
}

TEST(CloudEvents, APointerPostIsTheEventsOwnOrTheAgencys) {
  const auto told = [](const std::string& bytes, const char* post) {
    return std::get<Adapted>(AdaptCloudEvent(bytes, {post})).event.label();
  };
  EXPECT_EQ(told(CloudEvent(), "health/desk").pointer_post(), "health/desk");
  EXPECT_TRUE(told(CloudEvent(), "health/desk").existence_may_be_told());
  const std::string own = CloudEvent({{"tearlinepointerpost", "\"health/other\""}});
  EXPECT_EQ(told(own, "health/desk").pointer_post(), "health/other");
  EXPECT_TRUE(told(own, "").existence_may_be_told());
}

// Read each row as: "an event with <member> <value> is set aside as <reason>".
TEST(CloudEvents, WhatIsNoEventIsSetAsideWithAReason) {
  const struct {
    const char* member;
    const char* value;
    QuarantineReason reason;
  } rows[] = {
      {"specversion", "\"1.1\"", kSpecVersionUnknown},
      {"specversion", "\"0.3\"", kSpecVersionUnknown},
      {"specversion", "\"Quagga\"", kSpecVersionUnknown},
      {"specversion", "", kNotAnEvent},
      {"specversion", "1.0", kNotAnEvent},
      {"id", "", kAttributeUnusable},
      {"id", "\"\"", kAttributeUnusable},
      {"id", "7", kAttributeUnusable},
      {"source", "", kAttributeUnusable},
      {"source", "null", kAttributeUnusable},
      {"subject", "\"\"", kAttributeUnusable},
      {"dataschema", "7", kAttributeUnusable},
      {"datacontenttype", "7", kAttributeUnusable},
      {"type", "", kEventTypeUnusable},
      {"type", "7", kEventTypeUnusable},
      {"type", "\"two words Quagga\"", kEventTypeUnusable},
      {"time", "", kTimeUnusable},
      {"time", "\"2026-02-03T04:05:06\"", kTimeUnusable},  // no zone
      {"time", "\"2026-02-03T04:05:06[Europe/London]\"", kTimeUnusable},
      {"time", "\"2026-02-30T04:05:06Z\"", kTimeUnusable},
      {"time", "1770091506", kTimeUnusable},
      {"Capital", "\"x\"", kAttributeUnusable},
      {"with-hyphen", "\"x\"", kAttributeUnusable},
      {"deep", "{\"Quagga\":1}", kAttributeUnusable},
      {"half", "1.5", kAttributeUnusable},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(MustSetAsideCloudEvent(CloudEvent({{row.member, row.value}})), row.reason)
        << row.member << ' ' << row.value;
  }
  EXPECT_EQ(MustSetAsideCloudEvent("7"), kNotAnEvent);
  EXPECT_EQ(MustSetAsideCloudEvent("not JSON"), kMalformedJson);
  EXPECT_EQ(MustSetAsideCloudEvent(CloudEvent() + "x"), kMalformedJson);
  EXPECT_EQ(MustSetAsideCloudEvent(R"({"id":"1","id":"2"})"), kDuplicateKey);
  EXPECT_EQ(MustSetAsideCloudEvent("\"\xFF\""), kInvalidUtf8);
  EXPECT_EQ(MustSetAsideCloudEvent(std::string(33, '[') + std::string(33, ']')), kTooDeep);
}

TEST(CloudEvents, ALargestEventIsAdaptedAndOneByteMoreIsNot) {
  const std::size_t around = CloudEvent({{"data", "\"\""}}).size();
  const auto of_size = [&](std::size_t size) {
    return CloudEvent({{"data", "\"" + std::string(size - around, 'x') + "\""}});
  };
  EXPECT_EQ(MustAdaptCloudEvent(of_size(kOriginalBytesMax)).event.segments_size(), 2);
  EXPECT_EQ(MustSetAsideCloudEvent(of_size(kOriginalBytesMax + 1)), kTooLarge);
}

TEST(CloudEvents, ABatchIsItsElements) {
  const std::string one = CloudEvent({{"id", "\"1\""}});
  const std::string two = CloudEvent({{"id", "\"2\""}});
  EXPECT_THAT(CloudEventsOf("[" + one + " , " + two + "]"), ElementsAre(one, two));
  EXPECT_THAT(CloudEventsOf("[]"), ElementsAre());
  EXPECT_THAT(CloudEventsOf(one), ElementsAre(one));
  EXPECT_THAT(CloudEventsOf("[" + one), ElementsAre("[" + one)) << "what is cut off stays whole";
}

/// Files, arrays and lines: every event is given to the receiver or lies in quarantine.
TEST(CloudEvents, ABatchsReportAddsUp) {
  const doubles::TemporaryDirectory directory;
  std::vector<std::string> received;
  auto batch = MessageBatch::Open(directory.path() / "quarantine", CloudEventsAdapter({}),
                                  [&received](const Adapted& adapted) {
                                    received.push_back(adapted.source_message_id);
                                    return true;
                                  });
  ASSERT_TRUE(batch.ok());
  const std::string future = CloudEvent({{"specversion", "\"2.0\""}, {"id", "\"3\""}});
  std::filesystem::create_directory(directory.path() / "input");
  std::ofstream(directory.path() / "input" / "a.json") << "[" + CloudEvent({{"id", "\"1\""}}) +
                                                              "," + future + ",7," +
                                                              CloudEvent({{"id", "\"2\""}}) + "]";
  std::ofstream(directory.path() / "input" / "b.json") << CloudEvent({{"id", "\"4\""}});
  std::ofstream(directory.path() / "input" / "c.json") << "[";
  std::ofstream(directory.path() / "input" / "d.json") << "[]";
  ASSERT_TRUE(batch->AddDirectory(directory.path() / "input").ok());

  EXPECT_THAT(received, ElementsAre("1", "2", "4"));
  const BatchReport& report = batch->report();
  EXPECT_EQ(report.read, 6u);
  EXPECT_EQ(report.adapted, 3u);
  EXPECT_THAT(report.reasons, ElementsAre(Pair(kMalformedJson, 1u), Pair(kNotAnEvent, 1u),
                                          Pair(kSpecVersionUnknown, 1u)));
  EXPECT_TRUE(report.AddsUp());

  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "quarantine")) {
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(entry.path().filename().string().starts_with("ce-"));
    if (text.find("SPEC_VERSION_UNKNOWN") == std::string::npos) continue;
    found = true;
    EXPECT_NE(text.find("\"number\": 13"), std::string::npos) << text;
    EXPECT_NE(text.find("a.json#2"), std::string::npos) << "it says which of the batch";
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace tearline::adapters
