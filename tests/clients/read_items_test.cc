#include "clients/cli/read_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tearline::cli {
namespace {

using testing::HasSubstr;

TEST(ReadItems, ReadsEachShapeAnEventMayHave) {
  const struct {
    const char* text;
    std::size_t items;
  } kRows[] = {
      {"event_type: \"a.b\" urgency: URGENCY_URGENT", 1},
      {"event { event_type: \"a.b\" } imported: true", 1},
      {"items { event { event_type: \"a.b\" } } items { event { event_type: \"a.b\" } }", 2},
      {"{\"event_type\":\"a.b\"}", 1},
      {"{\"event\":{\"event_type\":\"a.b\"}}", 1},
      {"{\"event\":\n {\"event_type\":\"a.b\"}}", 1},
      {"{\"event_type\":\"a.b\"}\n\n{\"event_type\":\"a.b\"}\n{\"event\":{\"event_type\":\"a.b\"}}",
       3},
  };
  for (const auto& row : kRows) {
    const auto items = ReadItems(row.text);
    ASSERT_TRUE(items.ok()) << row.text << items.status();
    ASSERT_EQ(items->size(), row.items) << row.text;
    for (const v1::PublishItem& item : *items)
      EXPECT_EQ(item.event().event_type(), "a.b") << row.text;
  }
}

TEST(ReadItems, NamesThePlaceAndQuotesNothing) {
  for (const char* text : {"", "event_type: \"a.b\"\nsecret-name: 3",
                           "{\"event_type\":\"a.b\"}\n{\"secret-name\":1}"}) {
    const auto items = ReadItems(text);
    ASSERT_FALSE(items.ok()) << text;
    EXPECT_EQ(std::string(items.status().message()).find("secret"), std::string::npos);
    EXPECT_THAT(std::string(items.status().message()), HasSubstr(*text == '\0' ? "" : "line 2"));
  }
}

TEST(ReadItems, TheSameFileIsTheSameRequest) {
  const std::string first = ReadItems("event_type: \"a.b\"")->front().request_id();
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(ReadItems("event_type: \"a.b\"")->front().request_id(), first);
  EXPECT_NE(ReadItems("event_type: \"a.c\"")->front().request_id(), first);
  EXPECT_EQ(ReadItems("request_id: \"mine\" event { event_type: \"a.b\" }")->front().request_id(),
            "mine");
}

}  // namespace
}  // namespace tearline::cli
