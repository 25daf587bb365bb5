#include "broker/sequencer/genesis.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

const Decided kDecided{.by = "A. Operator", .because = "the radio clock agrees"};

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
  EXPECT_EQ(
      ReasonOf(
          RecordClockConfirmed(*empty.ledger, *empty.database, empty.clock, kDecided).status()),
      v1::ERROR_REASON_GENESIS_MISSING);
}

TEST(RecordClockConfirmed, WritesDownWhoAndWhy) {
  Station station;
  const auto recorded =
      RecordClockConfirmed(*station.ledger, *station.database, station.clock, kDecided);
  ASSERT_TRUE(recorded.ok()) << SentenceOf(recorded.status());
  const ledger::Header header = station.HeaderAt(recorded->position);
  stored::v1::Actor actor;
  stored::v1::ConfirmClock command;
  ASSERT_TRUE(actor.ParseFromString(header.actor));
  ASSERT_TRUE(command.ParseFromString(header.command_bytes));
  EXPECT_EQ(actor.on_behalf_of_user(), kDecided.by);
  EXPECT_EQ(command.because(), kDecided.because);
  EXPECT_EQ(command.wall_ms(), Station::kStartMs);
}

TEST(RecordClockConfirmed, RecordsNothingWithoutWhoAndWhy) {
  Station station;
  const std::string longest(model::kOnBehalfOfBytesMax, 'x');
  for (const Decided& decided :
       {Decided{.by = "", .because = "why"}, Decided{.by = "who", .because = ""},
        Decided{.by = longest + "x", .because = "why"}, Decided{.by = "\xff", .because = "why"}}) {
    EXPECT_EQ(
        ReasonOf(RecordClockConfirmed(*station.ledger, *station.database, station.clock, decided)
                     .status()),
        v1::ERROR_REASON_FIELD_INVALID);
  }
  EXPECT_EQ(station.ledger->Tip(), 1u);
  EXPECT_TRUE(RecordClockConfirmed(*station.ledger, *station.database, station.clock,
                                   {.by = longest, .because = "why"})
                  .ok());
}

}  // namespace
}  // namespace tearline::sequencer
