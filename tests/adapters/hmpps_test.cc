#include "clients/adapters/hmpps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// One message of every shape that the field sends, all usable.
std::vector<std::string> Shapes() {
  const InventedMessage plain;
  InventedMessage nobody = plain;
  nobody.type = "\"location.inside.prison.created\"";
  nobody.reference = "";
  InventedMessage two_numbers = plain;
  two_numbers.further = R"({"crn":"X111111"})";
  InventedMessage merge = plain;
  merge.type = "\"prison-offender-events.prisoner.merged\"";
  merge.further = R"({"nomsNumber":"A1111AA","removedNomsNumber":"A2222AA"})";
  InventedMessage camel = plain;
  camel.type = "\"adjudication.hearingCompleted.created\"";
  InventedMessage zoneless = plain;
  zoneless.occurred = "\"2026-07-01T12:00:00.123456789\"";
  InventedMessage accented = plain;
  accented.description = "\"caf\xC3\xA9 \\u00e9 \xE2\x80\x94\"";
  InventedMessage large_number = plain;
  large_number.further = R"({"contactId":9007199254740993,"over":1e300})";
  return {plain.Bare(),
          nobody.Bare(),
          two_numbers.Bare(),
          merge.Bare(),
          camel.Bare(),
          zoneless.Bare(),
          accented.Bare(),
          large_number.Bare(),
          InNotification(plain.Bare(), "person.alert.created"),
          InNotification(merge.Bare(), "something.else"),
          "\xEF\xBB\xBF" + plain.Bare(),
          " \r\n\t" + plain.Bare() + "\r\n\n"};
}

TEST(Hmpps, KeepsTheOriginalBytesExactlyAsTheLastSegment) {
  for (const std::string& bytes : Shapes()) {
    const Adapted adapted = MustAdapt(bytes);
    const v1::Segment& last = adapted.event.segments(adapted.event.segments_size() - 1);
    EXPECT_EQ(last.content(), bytes);
    EXPECT_EQ(last.media_type(), "application/json");
    EXPECT_THAT(last.flags(), ElementsAre(v1::CONTENT_FLAG_ORIGINAL_BYTES));
  }
}

TEST(Hmpps, PutsCodesInFrontAndNoWordOfTheMessage) {
  for (const std::string& bytes : Shapes()) {
    const Adapted adapted = MustAdapt(bytes);
    ASSERT_EQ(adapted.event.segments_size(), 2);
    const v1::Segment& first = adapted.event.segments(0);
    EXPECT_THAT(first.flags(), IsEmpty());
    EXPECT_EQ(first.content().find("words"), std::string::npos);
    EXPECT_EQ(first.content().find("A1111AA"), std::string::npos);
    EXPECT_FALSE(first.content().empty());
  }
}

TEST(Hmpps, LetsEverySegmentConcernEveryNominal) {
  for (const std::string& bytes : Shapes()) {
    const Adapted adapted = MustAdapt(bytes);
    for (const v1::Segment& segment : adapted.event.segments()) {
      ASSERT_EQ(segment.nominal_indexes_size(), adapted.event.nominals_size());
      for (int i = 0; i < segment.nominal_indexes_size(); ++i) {
        EXPECT_EQ(segment.nominal_indexes(i), static_cast<unsigned>(i));
      }
    }
  }
}

TEST(Hmpps, LabelsAsOfficialSensitiveAndPointsToThePostTheAgencyChose) {
  const Adapted adapted = MustAdapt(InventedMessage());
  const v1::Label& label = adapted.event.label();
  EXPECT_EQ(label.marking().tier(), v1::TIER_OFFICIAL);
  EXPECT_TRUE(label.marking().sensitive());
  EXPECT_FALSE(label.has_grading());
  EXPECT_FALSE(label.originator_controlled());
  EXPECT_TRUE(label.existence_may_be_told());
  EXPECT_EQ(label.pointer_post(), "prison-north/desk");
  EXPECT_FALSE(label.holder_may_be_named());

  const auto silent = AdaptHmpps(InventedMessage().Bare(), {});
  ASSERT_TRUE(std::holds_alternative<Adapted>(silent));
  EXPECT_FALSE(std::get<Adapted>(silent).event.label().existence_may_be_told());
}

TEST(Hmpps, GivesTheSameBytesTheSameRequestIdAndOthersAnother) {
  std::set<std::string> ids;
  for (const std::string& bytes : Shapes()) {
    const Adapted adapted = MustAdapt(bytes);
    EXPECT_EQ(adapted.request_id, MustAdapt(bytes).request_id);
    EXPECT_EQ(adapted.request_id, RequestIdOf(bytes));
    EXPECT_EQ(adapted.request_id.size(), 38U);
    ids.insert(adapted.request_id);
  }
  EXPECT_EQ(ids.size(), Shapes().size());
  EXPECT_EQ(RequestIdOf("abc"), "hmpps-ba7816bf8f01cfea414140de5dae2223");
}

/// Fixtures share one MessageId among different messages.
TEST(Hmpps, DoesNotTakeMessagesForTheSameBecauseTheirEnvelopesSaySo) {
  InventedMessage other;
  other.occurred = "\"2026-02-03T04:05:07Z\"";
  const Adapted first = MustAdapt(InNotification(InventedMessage().Bare(), "x.y"));
  const Adapted second = MustAdapt(InNotification(other.Bare(), "x.y"));
  EXPECT_EQ(first.source_message_id, second.source_message_id);
  EXPECT_NE(first.request_id, second.request_id);
}

TEST(Hmpps, ReadsWhenItHappenedToTheNanosecond) {
  InventedMessage message;
  message.occurred = "\"2024-06-10T11:43:52.47881059+01:00\"";
  const Adapted adapted = MustAdapt(message);
  EXPECT_EQ(adapted.event.occurred_at().seconds(), 1718016232);
  EXPECT_EQ(adapted.event.occurred_at().nanos(), 478'810'590);
  EXPECT_EQ(adapted.event.occurred_quality(), v1::TIME_QUALITY_UNSPECIFIED);
}

TEST(Hmpps, MarksATimeWithoutZoneAsAssumed) {
  InventedMessage message;
  message.occurred = "\"2026-07-01T12:00:00\"";
  const Adapted adapted = MustAdapt(message);
  EXPECT_EQ(adapted.event.occurred_at().seconds(), 1782903600);
  EXPECT_EQ(adapted.event.occurred_quality(), v1::TIME_QUALITY_ASSUMED);
  EXPECT_THAT(NotesOf(adapted), ElementsAre("TIME_ASSUMED"));
}

TEST(Hmpps, SetsAsideAMessageThatDoesNotSayWhen) {
  for (const char* occurred : {"", "null", "\"\"", "\"{createdDate}\"", "1770091506", "{}",
                               "\"2022-12-1T14:25:40.117Z\"", "\"Fri Jun 14 09:06:52 BST 2024\""}) {
    InventedMessage message;
    message.occurred = occurred;
    EXPECT_EQ(MustSetAside(message).reason, QuarantineReason::kTimeUnusable) << occurred;
    EXPECT_EQ(MustSetAside(InNotification(message.Bare(), "")).reason,
              QuarantineReason::kTimeUnusable)
        << occurred;
  }
}

/// `members` at the end of an otherwise good message.
std::string WithFurtherMembers(const std::string& members) {
  std::string bytes = InventedMessage().Bare();
  bytes.pop_back();
  return bytes + "," + members + "}";
}

TEST(Hmpps, ReadsWhenItWasPublishedIfThatIsATime) {
  const Adapted adapted = MustAdapt(WithFurtherMembers(R"("publishedAt":"2026-02-03T04:06:00Z")"));
  EXPECT_EQ(adapted.event.published_at().seconds(), 1770091560);
  for (const char* member : {R"("publishedAt":"{now}")", R"("publishedAt":7)"}) {
    const Adapted without = MustAdapt(WithFurtherMembers(member));
    EXPECT_FALSE(without.event.has_published_at());
    EXPECT_THAT(NotesOf(without), ElementsAre("PUBLISHED_UNREADABLE"));
  }
}

TEST(Hmpps, TakesAVersionAsANumberOrANumericString) {
  for (const char* version : {"1", "2", "1.0", "\"1\"", "\"1.0\"", "\"2\""}) {
    InventedMessage message;
    message.version = version;
    EXPECT_THAT(NotesOf(MustAdapt(message)), IsEmpty()) << version;
  }
  for (const char* version : {"", "null", "\"\"", "\"v1\"", "\"1.0.0\"", "\"1.\"", "true", "[1]"}) {
    InventedMessage message;
    message.version = version;
    EXPECT_THAT(NotesOf(MustAdapt(message)), ElementsAre("VERSION_UNUSUAL")) << version;
  }
}

TEST(Hmpps, PassesOverMembersItDoesNotKnow) {
  const Adapted adapted =
      MustAdapt(WithFurtherMembers(R"("detailUrl":"http://x.test:{port}/","new":{"a":[1,{}]})"));
  EXPECT_THAT(NotesOf(adapted), IsEmpty());
}

TEST(Hmpps, SetsAsideBytesThatAreNoMessage) {
  const std::string good = InventedMessage().Bare();
  struct Row {
    std::string bytes;
    QuarantineReason reason;
  };
  const Row rows[] = {
      {"", QuarantineReason::kMalformedJson},
      {"not JSON", QuarantineReason::kMalformedJson},
      {good + good, QuarantineReason::kMalformedJson},
      {good + "]", QuarantineReason::kMalformedJson},
      {good + std::string("\0]", 2), QuarantineReason::kMalformedJson},
      {good.substr(0, good.size() - 1), QuarantineReason::kMalformedJson},
      {std::string(4096, '\0'), QuarantineReason::kMalformedJson},
      {"\xFF\xFE{\0}", QuarantineReason::kInvalidUtf8},
      {WithFurtherMembers("\"x\":\"\xC3\x28\""), QuarantineReason::kInvalidUtf8},
      {WithFurtherMembers(R"("eventType":"person.alert.deleted")"),
       QuarantineReason::kDuplicateKey},
      {WithFurtherMembers("\"x\":" + std::string(40, '[') + std::string(40, ']')),
       QuarantineReason::kTooDeep},
      {std::string(kOriginalBytesMax, '['), QuarantineReason::kTooDeep},
      {WithFurtherMembers(R"("x":1e999)"), QuarantineReason::kMalformedJson},
  };
  for (const Row& row : rows) {
    const Quarantined aside = MustSetAside(row.bytes);
    EXPECT_EQ(NameOf(aside.reason), NameOf(row.reason)) << row.bytes.substr(0, 60);
    EXPECT_FALSE(aside.sentence.empty());
  }
}

TEST(Hmpps, TakesAMessageOfTheLargestSizeAndNoByteMore) {
  std::string bytes = InventedMessage().Bare();
  bytes += std::string(kOriginalBytesMax - bytes.size(), ' ');
  EXPECT_EQ(MustAdapt(bytes).event.segments(1).content().size(), kOriginalBytesMax);
  EXPECT_EQ(MustSetAside(bytes + " ").reason, QuarantineReason::kTooLarge);
}

/// Whatever is cut off or changed, there is an answer, and it never quotes the message.
TEST(Hmpps, AnswersToAnyBytes) {
  const std::string good = InNotification(InventedMessage().Bare(), "person.alert.created");
  for (std::size_t length = 0; length < good.size(); ++length) {
    const Quarantined aside = MustSetAside(good.substr(0, length));
    EXPECT_EQ(aside.sentence.find("A1111AA"), std::string::npos);
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'\0', '"', '{', '\x80', '\xFF', '9'}) {
      std::string changed = good;
      changed[at] = byte;
      const auto outcome = AdaptHmpps(changed, {"prison-north/desk"});
      if (const Quarantined* aside = std::get_if<Quarantined>(&outcome)) {
        EXPECT_EQ(aside->sentence.find("A1111AA"), std::string::npos);
      } else {
        EXPECT_EQ(std::get<Adapted>(outcome).event.segments(1).content(), changed);
      }
    }
  }
}

}  // namespace
}  // namespace tearline::adapters
