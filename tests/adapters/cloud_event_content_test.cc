#include "clients/adapters/cloud_event_content.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/adapters/invented_cloud_event.h"

namespace tearline::adapters {
namespace {

std::string Quoted(const char* text) { return std::string("\"") + text + "\""; }

// Read each row as: "<content type> with <member> <value> is a segment <media type> <content>".
TEST(CloudEventContent, BecomesASegmentAsItsTypeSays) {
  const struct {
    const char* type;
    const char* member;
    const char* value;
    const char* media_type;
    const char* content;
  } rows[] = {
      {"", "data", "{\"n\":1.10}", "application/json", "{\"n\":1.10}"},
      {"", "data", "\"text\"", "application/json", "\"text\""},
      {"", "data", "false", "application/json", "false"},
      {"", "data", "12345678901234567890123", "application/json", "12345678901234567890123"},
      {"text/json; charset=utf-8", "data", "[ ]", "text/json; charset=utf-8", "[ ]"},
      {"application/vnd.x+JSON", "data", "\"a\"", "application/vnd.x+JSON", "\"a\""},
      {"text/plain", "data", "\"a\\n\\u00e9\"", "text/plain", "a\n\xC3\xA9"},
      {"text/plain", "data_base64", "\"AQID\"", "text/plain", "\x01\x02\x03"},
      {"", "data_base64", "\"e30=\"", "application/json", "{}"},
      {"", "data_base64", "\"YQ==\"", "application/json", "a"},
  };
  for (const auto& row : rows) {
    const std::string type = row.type[0] == '\0' ? "" : Quoted(row.type);
    std::map<std::string, std::string> members = {{"data", ""}, {"datacontenttype", type}};
    members[row.member] = row.value;
    const v1::Event event = MustAdaptCloudEvent(CloudEvent(members)).event;
    ASSERT_EQ(event.segments_size(), 2) << row.value;
    EXPECT_EQ(event.segments(0).media_type(), row.media_type) << row.value;
    EXPECT_EQ(event.segments(0).content(), row.content) << row.value;
    EXPECT_EQ(event.segments(0).flags_size(), 0);
  }
}

TEST(CloudEventContent, NoDataIsNoSegment) {
  for (const char* data : {"", "null"}) {
    EXPECT_EQ(MustAdaptCloudEvent(CloudEvent({{"data", data}})).event.segments_size(), 1) << data;
  }
  const std::string empty = CloudEvent({{"data", "\"\""}, {"datacontenttype", "\"text/plain\""}});
  EXPECT_EQ(MustAdaptCloudEvent(empty).event.segments_size(), 1);
  const std::string nothing = CloudEvent({{"data", ""}, {"data_base64", "\"\""}});
  EXPECT_EQ(MustAdaptCloudEvent(nothing).event.segments_size(), 1);
}

TEST(CloudEventContent, WhatIsNotInItsFormIsSetAside) {
  const auto reason = [](const char* type, const char* data, const char* base64) {
    return MustSetAsideCloudEvent(
        CloudEvent({{"datacontenttype", type}, {"data", data}, {"data_base64", base64}}));
  };
  const QuarantineReason unusable = QuarantineReason::kDataUnusable;
  EXPECT_EQ(reason("", "1", "\"AQID\""), unusable) << "both";
  EXPECT_EQ(reason("\"text/plain\"", "{\"Quagga\":1}", ""), unusable) << "no text";
  for (const char* type : {"\"plain\"", "\"/plain\"", "\"text/\"", "\"text/pl\\u0007ain\""}) {
    EXPECT_EQ(reason(type, "1", ""), unusable) << type;
  }
  EXPECT_EQ(reason(("\"text/" + std::string(96, 'x') + "\"").c_str(), "1", ""), unusable);
  for (const char* base64 : {"7", "\"AQI\"", "\"AQ=D\"", "\"AQ-_\"", "\"A===\"", "\" AQID\""}) {
    EXPECT_EQ(reason("", "", base64), unusable) << base64;
  }
}

}  // namespace
}  // namespace tearline::adapters
