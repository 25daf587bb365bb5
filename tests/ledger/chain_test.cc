#include "broker/ledger/chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/doubles/record_maker.h"

namespace tearline::ledger {
namespace {

TEST(Chain, FollowsRecordsFromTheFirst) {
  doubles::RecordMaker make;
  Chain chain;
  for (model::Position position = 1; position <= 5; ++position) {
    const Record record = make.Next("command");
    const Result<StoredHeader> header = chain.Next(record.header);
    ASSERT_TRUE(header.ok()) << SentenceOf(header.status());
    EXPECT_EQ(header->header.position, position);
    EXPECT_EQ(header->bytes, record.header);
    EXPECT_EQ(header->digest, crypto::Sha256(record.header));
  }
}

TEST(Chain, GoesOnAfterAnyRecord) {
  doubles::RecordMaker make;
  make.Next("first");
  const Record second = make.Next("second");
  Result<Chain> chain = Chain::After(2, second.header);
  ASSERT_TRUE(chain.ok());
  EXPECT_TRUE(chain->Next(make.Next("third").header).ok());
}

TEST(Chain, RefusesToBeginAtARecordOfAnotherPosition) {
  doubles::RecordMaker make;
  make.Next("first");
  const Record second = make.Next("second");
  EXPECT_EQ(ReasonOf(Chain::After(3, second.header).status()), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_EQ(ReasonOf(Chain::After(2, "garbage").status()), v1::ERROR_REASON_LEDGER_CORRUPT);
}

struct Row {
  const char* what;
  std::function<void(Header&)> change;
  const char* sentence;  // Empty: accepted.
};

const Row kRows[] = {
    {"unchanged", [](Header&) {}, ""},
    {"a higher term", [](Header& next) { next.term = 9; }, ""},
    {"an earlier time", [](Header& next) { next.stamp_ms = 0; }, ""},
    {"a gap", [](Header& next) { ++next.position; }, "record 3: its header says position 4"},
    {"the same again", [](Header& next) { --next.position; },
     "record 3: its header says position 2"},
    {"a link to another", [](Header& next) { next.previous = crypto::Sha256("another"); },
     "record 3: its link is not the digest of the record before it"},
    {"a lower term", [](Header& next) { next.term = 1; },
     "record 3: its term is below the one before it"},
};

TEST(Chain, AcceptsExactlyWhatContinues) {
  for (const Row& row : kRows) {
    doubles::RecordMaker make(2);
    Chain chain;
    ASSERT_TRUE(chain.Next(make.Next("first").header).ok());
    ASSERT_TRUE(chain.Next(make.Next("second").header).ok());
    row.change(make.next());
    const Result<StoredHeader> header = chain.Next(make.Next("third").header);
    EXPECT_EQ(SentenceOf(header.status()), row.sentence) << row.what;
    if (!header.ok()) {
      EXPECT_EQ(ReasonOf(header.status()), v1::ERROR_REASON_LEDGER_CORRUPT) << row.what;
    }
  }
}

TEST(Chain, RefusesARecordOfAnotherLedger) {
  doubles::RecordMaker make;
  Chain chain;
  ASSERT_TRUE(chain.Next(make.Next("first").header).ok());
  Header other = *DecodeHeader(make.Next("second").header);
  other.ledger_id = *model::LedgerId::FromBytes(std::string(16, 'M'));
  EXPECT_EQ(SentenceOf(chain.Next(EncodeHeader(other)).status()),
            "record 2: it belongs to another ledger");
}

TEST(Chain, TheFirstRecordLinksToNothing) {
  doubles::RecordMaker make;
  make.next().previous = crypto::Sha256("something");
  Chain chain;
  EXPECT_EQ(ReasonOf(chain.Next(make.Next("first").header).status()),
            v1::ERROR_REASON_LEDGER_CORRUPT);
}

/// After a refusal the chain stands where it stood.
TEST(Chain, ARefusedHeaderIsNotCounted) {
  doubles::RecordMaker make;
  Chain chain;
  const Record first = make.Next("first");
  EXPECT_FALSE(chain.Next("garbage").ok());
  EXPECT_TRUE(chain.Next(first.header).ok());
}

}  // namespace
}  // namespace tearline::ledger
