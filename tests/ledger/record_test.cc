#include "broker/ledger/record.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <string>

#include "broker/model/limits.h"

namespace tearline::ledger {
namespace {

/// Everything but the actor and the command, in bytes.
constexpr std::size_t kFixedBytes = 124;

Header Sample() {
  Header header;
  header.behaviour_version = 3;
  header.ledger_id = *model::LedgerId::FromBytes("0123456789abcdef");
  header.term = 4;
  header.position = 5;
  header.previous = crypto::Sha256("the one before");
  header.stamp_ms = 1'700'000'000'000;
  header.seed = std::string(32, 's');
  header.command = 6;
  header.segments = 2;
  header.actor = "who";
  header.command_bytes = "what";
  return header;
}

void ExpectSame(const Header& left, const Header& right) {
  EXPECT_EQ(left.behaviour_version, right.behaviour_version);
  EXPECT_EQ(left.ledger_id, right.ledger_id);
  EXPECT_EQ(left.term, right.term);
  EXPECT_EQ(left.position, right.position);
  EXPECT_EQ(left.previous, right.previous);
  EXPECT_EQ(left.stamp_ms, right.stamp_ms);
  EXPECT_EQ(left.seed, right.seed);
  EXPECT_EQ(left.command, right.command);
  EXPECT_EQ(left.segments, right.segments);
  EXPECT_EQ(left.actor, right.actor);
  EXPECT_EQ(left.command_bytes, right.command_bytes);
}

v1::ErrorReason WhyNot(std::string_view bytes) { return ReasonOf(DecodeHeader(bytes).status()); }

TEST(Record, WhatIsEncodedIsDecoded) {
  Header extreme = Sample();
  extreme.behaviour_version = std::numeric_limits<std::uint16_t>::max();
  extreme.term = std::numeric_limits<std::uint64_t>::max();
  extreme.position = std::numeric_limits<std::uint64_t>::max();
  extreme.stamp_ms = std::numeric_limits<std::int64_t>::min();
  extreme.command = std::numeric_limits<std::uint16_t>::max();
  extreme.actor = "";
  extreme.command_bytes = std::string("\0\xff", 2);
  for (const Header& header : {Sample(), extreme}) {
    const Result<Header> decoded = DecodeHeader(EncodeHeader(header));
    ASSERT_TRUE(decoded.ok()) << SentenceOf(decoded.status());
    ExpectSame(*decoded, header);
  }
}

TEST(Record, AHeaderOfTheGreatestSizeIsReadAndOneByteMoreIsRefused) {
  Header header = Sample();
  const std::size_t rest = kFixedBytes + header.actor.size();
  header.command_bytes.assign(model::kPolicyHeaderBytesMax - rest, 'c');
  const std::string bytes = EncodeHeader(header);
  EXPECT_EQ(bytes.size(), model::kPolicyHeaderBytesMax);
  EXPECT_TRUE(DecodeHeader(bytes).ok());
  EXPECT_EQ(WhyNot(bytes + 'c'), v1::ERROR_REASON_LEDGER_CORRUPT);
}

TEST(RecordDeathTest, AHeaderOneByteTooLargeIsNeverMade) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Header header = Sample();
  const std::size_t rest = kFixedBytes + header.actor.size();
  header.command_bytes.assign(model::kPolicyHeaderBytesMax - rest + 1, 'c');
  EXPECT_DEATH(static_cast<void>(EncodeHeader(header)), "kPolicyHeaderBytesMax");
}

TEST(RecordDeathTest, ASeedIs32Bytes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const std::size_t size : {0u, 31u, 33u}) {
    Header header = Sample();
    header.seed.assign(size, 's');
    EXPECT_DEATH(static_cast<void>(EncodeHeader(header)), "seed is 32 bytes") << size;
  }
}

TEST(Record, EveryTruncationIsRefused) {
  const std::string whole = EncodeHeader(Sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(WhyNot(std::string_view(whole).substr(0, size)), v1::ERROR_REASON_LEDGER_CORRUPT)
        << size << " bytes";
  }
}

TEST(Record, WhatFollowsTheEndIsRefused) {
  EXPECT_EQ(WhyNot(EncodeHeader(Sample()) + '\0'), v1::ERROR_REASON_LEDGER_CORRUPT);
}

/// Whatever bit flips, the header is refused or is another: its bytes come out as they went in, so
/// its digest, to which the next record links, is another too.
TEST(Record, EveryFlippedBitIsRefusedOrKept) {
  const std::string whole = EncodeHeader(Sample());
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const Result<Header> header = DecodeHeader(flipped);
    if (!header.ok()) {
      EXPECT_EQ(ReasonOf(header.status()), v1::ERROR_REASON_LEDGER_CORRUPT);
      continue;
    }
    EXPECT_EQ(EncodeHeader(*header), flipped) << "bit " << bit;
    EXPECT_NE(crypto::Sha256(flipped), crypto::Sha256(whole));
  }
}

TEST(Record, AnotherFormatVersionIsRefusedByItsNumber) {
  std::string bytes = EncodeHeader(Sample());
  bytes[5] = 2;
  const Status refusal = DecodeHeader(bytes).status();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_EQ(SentenceOf(refusal),
            "a record header is of format version 2; this build reads version 1");
}

/// A length that reaches beyond the header must not be believed.
TEST(Record, ALengthBeyondTheEndIsRefused) {
  for (const std::size_t at : {116u, 120u}) {
    std::string bytes = EncodeHeader(Sample());
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = '\xff';
    EXPECT_EQ(WhyNot(bytes), v1::ERROR_REASON_LEDGER_CORRUPT);
  }
}

}  // namespace
}  // namespace tearline::ledger
