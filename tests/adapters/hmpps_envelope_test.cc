#include "clients/adapters/hmpps_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

InventedMessage OfType(const std::string& type) {
  InventedMessage message;
  message.type = type;
  return message;
}

TEST(HmppsEnvelope, IsOpenedAndItsMessageIdKept) {
  const Adapted adapted =
      MustAdapt(InNotification(InventedMessage().Bare(), "person.alert.created"));
  EXPECT_EQ(adapted.event.event_type(), "person.alert.created");
  EXPECT_EQ(adapted.source_message_id, "00000000-0000-4000-8000-000000000001");
  EXPECT_THAT(NotesOf(adapted), IsEmpty());
  EXPECT_EQ(MustAdapt(InventedMessage()).source_message_id, "");
}

/// What SNS adds about time is about SNS.
TEST(HmppsEnvelope, LendsNoTimeToTheMessage) {
  const Adapted adapted = MustAdapt(InNotification(InventedMessage().Bare(), ""));
  EXPECT_EQ(adapted.event.occurred_at().seconds(), 1770091506);
  EXPECT_FALSE(adapted.event.has_published_at());
}

TEST(HmppsEnvelope, IsNotBelievedAgainstTheBody) {
  const Adapted adapted =
      MustAdapt(InNotification(InventedMessage().Bare(), "person.alert.deleted"));
  EXPECT_EQ(adapted.event.event_type(), "person.alert.created");
  EXPECT_THAT(NotesOf(adapted), ElementsAre("TYPE_MISMATCH"));
}

TEST(HmppsEnvelope, LendsItsTypeToABodyWithoutOne) {
  const Adapted adapted = MustAdapt(InNotification(OfType("").Bare(), "person.alert.created"));
  EXPECT_EQ(adapted.event.event_type(), "person.alert.created");
  EXPECT_THAT(NotesOf(adapted), ElementsAre("TYPE_FROM_ENVELOPE"));
}

TEST(HmppsEnvelope, LowersTypesToHyphenatedWords) {
  struct Row {
    const char* written;
    const char* type;
  };
  constexpr Row kRows[] = {
      {"adjudication.hearingCompleted.created", "adjudication.hearing-completed.created"},
      {"PERSON.ALERT", "person.alert"},
      {"prison.HTMLReport.made", "prison.html-report.made"},
      {"cas3Booking.made", "cas3-booking.made"},
      {"OFFENDER_MOVEMENT-RECEPTION", "offender-movement-reception"},
      {"x.Y", "x.y"},
  };
  for (const Row& row : kRows) {
    const Adapted adapted = MustAdapt(OfType("\"" + std::string(row.written) + "\""));
    EXPECT_EQ(adapted.event.event_type(), row.type);
    EXPECT_THAT(NotesOf(adapted), testing::Contains("TYPE_RESPELT")) << row.written;
  }
}

TEST(HmppsEnvelope, SetsAsideATypeThatIsNone) {
  for (const char* type : {"\"\"", "\".\"", "\"a..b\"", "\".a\"", "\"a.\"", "\"person alert\"",
                           "\"{eventType}\"", "\"person/alert\"", "\"person.alert\\n\"",
                           "\"person.al\\u00e9rt\"", "\"a\\u0000b\"", "7", "[]", "{}", "true"}) {
    EXPECT_EQ(MustSetAside(OfType(type)).reason, QuarantineReason::kEventTypeUnusable) << type;
  }
  EXPECT_EQ(MustSetAside(OfType("\"" + std::string(201, 'a') + "\"")).reason,
            QuarantineReason::kEventTypeUnusable);
  MustAdapt(OfType("\"" + std::string(200, 'a') + "\""));
}

TEST(HmppsEnvelope, SetsAsideWhatIsNoEvent) {
  for (const char* bytes :
       {"{}", "[]", "null", "\"text\"", "42", R"({"eventType":null,"version":1})",
        R"({"Type":"SubscriptionConfirmation","Message":"{}","SubscribeURL":"https://x.test/"})",
        R"({"Type":"UnsubscribeConfirmation","Message":"{}"})",
        R"({"Type":"Notification","Message":"[]"})", R"({"Type":"Notification","Message":"{}"})"}) {
    EXPECT_EQ(MustSetAside(std::string(bytes)).reason, QuarantineReason::kNotAnEvent) << bytes;
  }
}

TEST(HmppsEnvelope, HoldsItsMessageToTheSameRules) {
  struct Row {
    std::string message;
    QuarantineReason reason;
  };
  const Row rows[] = {
      {"not JSON", QuarantineReason::kMalformedJson},
      {InventedMessage().Bare() + "x", QuarantineReason::kMalformedJson},
      {R"({"eventType":"a.b","eventType":"a.c"})", QuarantineReason::kDuplicateKey},
      {std::string(1000, '['), QuarantineReason::kTooDeep},
      {"", QuarantineReason::kMalformedJson},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(MustSetAside(InNotification(row.message, "a.b")).reason, row.reason)
        << row.message.substr(0, 60);
  }
  EXPECT_EQ(
      MustSetAside(std::string(R"({"Type":"Notification","Message":{"eventType":"a.b"}})")).reason,
      QuarantineReason::kMalformedJson);
}

}  // namespace
}  // namespace tearline::adapters
