#include "broker/model/event_type.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

TEST(EventType, IsWordsJoinedBySingleDots) {
  for (const char* text : {"intelligence.report.submitted", "approved-premises.person.not-arrived",
                           "recall", "cas3.booking.made", "a.b.c.d.e.f", "0.1", "-"}) {
    const Result<EventType> type = EventType::Parse(text);
    ASSERT_TRUE(type.ok()) << text;
    EXPECT_EQ(type->text(), text);
  }
}

TEST(EventType, RefusesAnythingElse) {
  for (const char* text :
       {"", ".", "recall.", ".recall", "custody..recall", "adjudication.hearingCompleted.created",
        "custody recall", "custody_recall", "custody/recall", "custody.recall\n",
        "custody.r\xC3\xA9"
        "call",
        "{eventType}"}) {
    const Result<EventType> type = EventType::Parse(text);
    ASSERT_FALSE(type.ok()) << text;
    EXPECT_EQ(ReasonOf(type.status()), v1::ERROR_REASON_EVENT_TYPE_INVALID) << text;
  }
  EXPECT_FALSE(EventType::Parse(std::string("a\0b", 3)).ok());
}

TEST(EventType, IsAtMost200Bytes) {
  EXPECT_TRUE(EventType::Parse(std::string(kEventTypeBytesMax, 'a')).ok());
  const Result<EventType> longer = EventType::Parse(std::string(kEventTypeBytesMax + 1, 'a'));
  ASSERT_FALSE(longer.ok());
  EXPECT_EQ(ReasonOf(longer.status()), v1::ERROR_REASON_EVENT_TYPE_INVALID);
}

TEST(EventType, QuotesNothingOfTheCallersInARefusal) {
  const Result<EventType> type = EventType::Parse("jane doe");
  ASSERT_FALSE(type.ok());
  EXPECT_EQ(SentenceOf(type.status()).find("jane"), std::string::npos);
}

}  // namespace
}  // namespace tearline::model
