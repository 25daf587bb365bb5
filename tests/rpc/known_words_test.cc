#include "broker/rpc/known_words.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::int64_t kThen = 1'800'000'000;

TEST(KnownWords, SayWhenAnEventWasWhat) {
  v1::KnownEvent event;
  event.set_event_type("custody.recall.ordered");
  event.set_answering_post("police/intel");
  *event.mutable_occurred_at() = TimeUtil::SecondsToTimestamp(kThen);
  *event.mutable_accepted_at() = TimeUtil::SecondsToTimestamp(kThen + 60);
  const std::string known = KnownEventSentence(event, false);
  EXPECT_EQ(known,
            "custody.recall.ordered, for which police/intel answers, occurred "
            "2027-01-15T08:00:00Z and was recorded 2027-01-15T08:01:00Z.");
  EXPECT_NE(KnownEventSentence(event, true), known);
}

TEST(KnownWords, SayWhatAPostHadAndWhatItHadNot) {
  v1::KnownTo known;
  known.set_post("probation/chair");
  EXPECT_EQ(KnownToSentence(known, false), "It had not been judged for probation/chair.");
  *known.mutable_decided_at() = TimeUtil::SecondsToTimestamp(kThen);
  known.set_decided(v1::LEVEL_WITHHELD);
  known.set_duty(v1::LEVEL_POINTER);
  known.set_shortfall(v1::RULE_REASON_ORIGINATOR_CONTROL);
  EXPECT_EQ(KnownToSentence(known, false),
            "probation/chair was to be told nothing, though owed at least a pointer, because the "
            "originator controls it; decided 2027-01-15T08:00:00Z.");
  known.set_decided(v1::LEVEL_FULL);
  known.set_level(v1::LEVEL_FULL);
  *known.mutable_released_at() = TimeUtil::SecondsToTimestamp(kThen + 1);
  EXPECT_EQ(KnownToSentence(known, true),
            "probation/chair had been given everything, first let go 2027-01-15T08:00:01Z, its "
            "receipt not acknowledged, and no person had said that they read it; access to it had "
            "been withdrawn again.");
  *known.mutable_released_anew_at() = TimeUtil::SecondsToTimestamp(kThen + 3);
  *known.mutable_read_before_at() = TimeUtil::SecondsToTimestamp(kThen + 2);
  EXPECT_EQ(KnownToSentence(known, false),
            "probation/chair had been given everything, first let go 2027-01-15T08:00:01Z and as "
            "it had it then 2027-01-15T08:00:03Z, its receipt not acknowledged, and no person had "
            "said that they read it; what was let go before had been read 2027-01-15T08:00:02Z.");
}

}  // namespace
}  // namespace tearline::rpc
