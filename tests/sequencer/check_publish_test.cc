#include "broker/sequencer/check_publish.h"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "broker/model/limits.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

constexpr std::int64_t kNow = Station::kStartMs;

struct Row {
  const char* what;
  std::function<void(v1::PublishItem&)> change;
  v1::ErrorReason reason;  // UNSPECIFIED: good
};

v1::Segment* Segment(v1::PublishItem& item) { return item.mutable_event()->mutable_segments(0); }

constexpr auto kGood = v1::ERROR_REASON_UNSPECIFIED;
constexpr auto kField = v1::ERROR_REASON_FIELD_INVALID;
constexpr auto kLimit = v1::ERROR_REASON_LIMIT_PASSED;
constexpr auto kLabel = v1::ERROR_REASON_LABEL_INVALID;
constexpr std::int64_t kFutureSeconds = std::chrono::seconds(model::kFutureMax).count();
constexpr auto kTime = v1::ERROR_REASON_TIME_INVALID;
using v1::PublishItem;

/// What is said of the event as a whole.
std::vector<Row> WholeRows() {
  return {
      {"as it is", [](PublishItem&) {}, kGood},
      {"no request id", [](PublishItem& i) { i.clear_request_id(); }, kField},
      {"the longest request id",
       [](PublishItem& i) { i.set_request_id(std::string(model::kRequestIdBytesMax, 'r')); },
       kGood},
      {"a longer request id",
       [](PublishItem& i) { i.set_request_id(std::string(model::kRequestIdBytesMax + 1, 'r')); },
       kLimit},
      {"an agency that is no name", [](PublishItem& i) { i.set_originating_agency("A B"); },
       v1::ERROR_REASON_NAME_INVALID},
      {"no event", [](PublishItem& i) { i.clear_event(); }, kField},
      {"a type with a space", [](PublishItem& i) { i.mutable_event()->set_event_type("a b"); },
       v1::ERROR_REASON_EVENT_TYPE_INVALID},
      {"no urgency", [](PublishItem& i) { i.mutable_event()->clear_urgency(); }, kField},
      {"an unknown urgency",
       [](PublishItem& i) { i.mutable_event()->set_urgency(static_cast<v1::Urgency>(9)); }, kField},
      {"no label", [](PublishItem& i) { i.mutable_event()->clear_label(); }, kLabel},
      {"no marking", [](PublishItem& i) { i.mutable_event()->mutable_label()->clear_marking(); },
       kLabel},
      {"facts of a kind not known yet, in a known field",
       [](PublishItem& i) {
         i.mutable_event()->mutable_facts()->set_risk(static_cast<v1::Risk>(9));
       },
       kGood},
      {"words among the facts",
       [](PublishItem& i) {
         v1::Facts& facts = *i.mutable_event()->mutable_facts();
         facts.GetReflection()->MutableUnknownFields(&facts)->AddLengthDelimited(9, "words");
       },
       kField},
      {"no time", [](PublishItem& i) { i.mutable_event()->clear_occurred_at(); }, kTime},
      {"ten minutes ahead",
       [](PublishItem& i) {
         i.mutable_event()->mutable_occurred_at()->set_seconds(kNow / 1000 + kFutureSeconds);
       },
       kGood},
      {"further ahead",
       [](PublishItem& i) {
         i.mutable_event()->mutable_occurred_at()->set_seconds(kNow / 1000 + kFutureSeconds + 1);
       },
       kTime},
      {"sent further ahead",
       [](PublishItem& i) {
         i.mutable_event()->mutable_published_at()->set_seconds(kNow / 1000 + kFutureSeconds + 1);
       },
       kTime},
      {"before 1900",
       [](PublishItem& i) {
         i.mutable_event()->mutable_occurred_at()->set_seconds(-2'208'988'801);
       },
       kTime},
  };
}

/// Nominals.
std::vector<Row> NominalRows() {
  return {
      {"about nobody",
       [](PublishItem& i) {
         i.mutable_event()->clear_nominals();
         Segment(i)->clear_nominal_indexes();
       },
       kGood},
      {"a nominal without reference", [](PublishItem& i) { i.mutable_event()->add_nominals(); },
       kField},
      {"a malformed nominal id",
       [](PublishItem& i) { i.mutable_event()->mutable_nominals(0)->set_nominal_id("nom_1"); },
       kField},
      {"eight nominals",
       [](PublishItem& i) {
         for (std::size_t n = 1; n < model::kEventNominalsMax; ++n) {
           *i.mutable_event()->add_nominals() = i.event().nominals(0);
         }
       },
       kGood},
      {"nine nominals",
       [](PublishItem& i) {
         for (std::size_t n = 0; n < model::kEventNominalsMax; ++n) {
           *i.mutable_event()->add_nominals() = i.event().nominals(0);
         }
       },
       kLimit},
  };
}

/// Segments.
std::vector<Row> PartRows() {
  return {
      {"no segment", [](PublishItem& i) { i.mutable_event()->clear_segments(); }, kField},
      {"an empty segment", [](PublishItem& i) { Segment(i)->clear_content(); }, kField},
      {"the largest segment",
       [](PublishItem& i) { Segment(i)->set_content(std::string(model::kSegmentBytesMax, 'c')); },
       kGood},
      {"a larger segment",
       [](PublishItem& i) {
         Segment(i)->set_content(std::string(model::kSegmentBytesMax + 1, 'c'));
       },
       kLimit},
      {"as much together as an event may have",
       [](PublishItem& i) {
         Segment(i)->set_content(std::string(model::kEventBytesMax / 4, 'c'));
         for (int n = 0; n < 3; ++n) *i.mutable_event()->add_segments() = i.event().segments(0);
       },
       kGood},
      {"more together than an event may have",
       [](PublishItem& i) {
         Segment(i)->set_content(std::string(model::kEventBytesMax / 4 + 1, 'c'));
         for (int n = 0; n < 3; ++n) *i.mutable_event()->add_segments() = i.event().segments(0);
       },
       kLimit},
      {"eight segments",
       [](PublishItem& i) {
         for (std::size_t n = 1; n < model::kEventSegmentsMax; ++n) {
           *i.mutable_event()->add_segments() = i.event().segments(0);
         }
       },
       kGood},
      {"nine segments",
       [](PublishItem& i) {
         for (std::size_t n = 0; n < model::kEventSegmentsMax; ++n) {
           *i.mutable_event()->add_segments() = i.event().segments(0);
         }
       },
       kLimit},
      {"a segment graded apart in a report that is not graded",
       [](PublishItem& i) { Segment(i)->mutable_grading()->set_source(v1::SOURCE_GRADE_RELIABLE); },
       kLabel},
      {"a segment about a nominal that is not there",
       [](PublishItem& i) { Segment(i)->add_nominal_indexes(1); }, kField},
      {"the same nominal twice", [](PublishItem& i) { Segment(i)->add_nominal_indexes(0); },
       kField},
      {"an unknown flag",
       [](PublishItem& i) { Segment(i)->add_flags(static_cast<v1::ContentFlag>(99)); }, kLabel},
      {"a flag twice",
       [](PublishItem& i) {
         Segment(i)->add_flags(v1::CONTENT_FLAG_WITNESS);
         Segment(i)->add_flags(v1::CONTENT_FLAG_WITNESS);
       },
       kLabel},
  };
}

/// Media types and tear-lines.
std::vector<Row> TextRows() {
  return {
      {"no media type", [](PublishItem& i) { Segment(i)->clear_media_type(); }, kField},
      {"a media type with parameters",
       [](PublishItem& i) { Segment(i)->set_media_type("text/plain; charset=utf-8"); }, kGood},
      {"the longest media type",
       [](PublishItem& i) {
         Segment(i)->set_media_type("text/" + std::string(model::kMediaTypeBytesMax - 5, 'x'));
       },
       kGood},
      {"a longer media type",
       [](PublishItem& i) {
         Segment(i)->set_media_type("text/" + std::string(model::kMediaTypeBytesMax - 4, 'x'));
       },
       kField},
      {"text where a media type belongs",
       [](PublishItem& i) { Segment(i)->set_media_type("text/he lives, at number 5"); }, kField},
      {"a tear-line above its event",
       [](PublishItem& i) {
         i.mutable_event()->mutable_label()->mutable_marking()->set_sensitive(false);
       },
       kLabel},
      {"four tear-lines",
       [](PublishItem& i) {
         for (std::size_t n = 1; n < model::kTearLinesMax; ++n) {
           *i.mutable_event()->add_tear_lines() = i.event().tear_lines(0);
         }
       },
       kGood},
      {"five tear-lines",
       [](PublishItem& i) {
         for (std::size_t n = 0; n < model::kTearLinesMax; ++n) {
           *i.mutable_event()->add_tear_lines() = i.event().tear_lines(0);
         }
       },
       kLimit},
  };
}

TEST(CheckPublish, RefusesExactlyWhereTheTableSaysSo) {
  for (const std::vector<Row>& rows : {WholeRows(), NominalRows(), PartRows(), TextRows()}) {
    for (const Row& row : rows) {
      v1::PublishItem item = Station::Item("r1");
      row.change(item);
      const Status checked = CheckPublish(item, kNow);
      EXPECT_EQ(ReasonOf(checked), row.reason) << row.what << ": " << SentenceOf(checked);
    }
  }
}

TEST(CheckPublish, NamesTheFieldAndQuotesNothing) {
  v1::PublishItem item = Station::Item("r1");
  Segment(item)->set_media_type("SECRET WORDS");
  const std::string sentence = SentenceOf(CheckPublish(item, kNow));
  EXPECT_THAT(sentence, testing::HasSubstr("`event.segments[0].media_type`"));
  EXPECT_THAT(sentence, testing::Not(testing::HasSubstr("SECRET")));
}

}  // namespace
}  // namespace tearline::sequencer
