#include "broker/rpc/settle_words.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"

namespace tearline::rpc {
namespace {

const Speaker kSpeaker{"police/panel", std::string(16, 's')};

TEST(SettleWords, AnAcknowledgementsNumbersRiseEachOnce) {
  v1::LaneAcknowledgement words;
  words.set_lane(v1::URGENCY_ROUTINE);
  for (const std::uint64_t number : {3u, 1u, 3u, 2u}) words.add_sequences(number);
  ASSERT_TRUE(CheckAcknowledgement(words, "items").ok());
  const stored::v1::Acknowledge command = CommandOf(kSpeaker, words);
  EXPECT_EQ(command.feed(), "police/panel");
  EXPECT_EQ(command.session_id(), kSpeaker.session_id);
  EXPECT_EQ(command.lane(), v1::URGENCY_ROUTINE);
  ASSERT_EQ(command.sequences_size(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(command.sequences(i), static_cast<std::uint64_t>(i) + 1);
}

TEST(SettleWords, RefusalsNameTheFieldAndTheLimit) {
  v1::LaneAcknowledgement many;
  many.set_lane(v1::URGENCY_URGENT);
  for (int i = 0; i < model::kAcknowledgeMax; ++i) many.add_sequences(7);
  EXPECT_TRUE(CheckAcknowledgement(many, "items").ok());
  many.add_sequences(7);
  EXPECT_EQ(SentenceOf(CheckAcknowledgement(many, "items")),
            "`items.sequences` holds 257 numbers; at most 256");
  EXPECT_EQ(SentenceOf(CheckPark(v1::ParkItem(), "item")),
            "`item.lane` must be immediate, urgent or routine");
  v1::RetryItem late;
  late.set_lane(static_cast<v1::Urgency>(77));
  EXPECT_EQ(ReasonOf(CheckRetry(late, "item")), v1::ERROR_REASON_FIELD_INVALID);
  late.set_lane(v1::URGENCY_URGENT);
  late.mutable_delay()->set_seconds(600);
  EXPECT_TRUE(CheckRetry(late, "item").ok());
  EXPECT_EQ(CommandOf(kSpeaker, late).delay_ms(), 600'000u);
  late.mutable_delay()->set_nanos(1);
  EXPECT_EQ(SentenceOf(CheckRetry(late, "item")), "`item.delay` must be 0 to 10 minutes");
}

}  // namespace
}  // namespace tearline::rpc
