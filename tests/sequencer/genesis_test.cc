#include "broker/sequencer/genesis.h"

#include <gtest/gtest.h>

#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

TEST(RecordGenesis, IsTheFirstRecordAndCannotBeRepeated) {
  Station station(/*with_genesis=*/false);
  const auto recorded =
      RecordGenesis(*station.ledger, *station.database, station.clock, Station::MakeGenesis());
  ASSERT_TRUE(recorded.ok());
  EXPECT_EQ(recorded->position, 1u);
  const auto again =
      RecordGenesis(*station.ledger, *station.database, station.clock, Station::MakeGenesis());
  EXPECT_EQ(ReasonOf(again.status()), v1::ERROR_REASON_GENESIS_EXISTS);
  EXPECT_NE(SentenceOf(again.status()).find("tearline directory admit"), std::string::npos);
  EXPECT_NE(SentenceOf(again.status()).find("tearline policy propose"), std::string::npos);
  EXPECT_EQ(station.ledger->Tip(), 1u);
}

/// A mistake in the files must not become the first record for ever.
TEST(RecordGenesis, ThatWouldNotTakeEffectIsNotRecorded) {
  Station station(/*with_genesis=*/false);
  stored::v1::Genesis broken = Station::MakeGenesis();
  broken.set_policy_text("rules {");
  const auto policy = RecordGenesis(*station.ledger, *station.database, station.clock, broken);
  EXPECT_EQ(ReasonOf(policy.status()), v1::ERROR_REASON_POLICY_INVALID);
  broken = Station::MakeGenesis();
  broken.mutable_posts(0)->set_escalates_to("probation/nobody");
  const auto post = RecordGenesis(*station.ledger, *station.database, station.clock, broken);
  EXPECT_FALSE(post.ok());
  EXPECT_EQ(station.ledger->Tip(), 0u);
  EXPECT_TRUE(
      RecordGenesis(*station.ledger, *station.database, station.clock, Station::MakeGenesis())
          .ok());
}

TEST(RecordGenesis, DrawsAnotherLedgerIdEachTime) {
  Station one;
  Station two;
  EXPECT_NE(one.HeaderAt(1).ledger_id, two.HeaderAt(1).ledger_id);
}

TEST(RecordClockConfirmed, NeedsAGenesis) {
  Station empty(/*with_genesis=*/false);
  EXPECT_EQ(ReasonOf(RecordClockConfirmed(*empty.ledger, *empty.database, empty.clock).status()),
            v1::ERROR_REASON_GENESIS_MISSING);
  Station station;
  EXPECT_TRUE(RecordClockConfirmed(*station.ledger, *station.database, station.clock).ok());
}

}  // namespace
}  // namespace tearline::sequencer
