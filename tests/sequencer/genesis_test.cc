#include "broker/sequencer/genesis.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "broker/sequencer/prepare_publish.h"
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

class RecordLostKeysTest : public testing::Test {
 protected:
  Result<machine::Applied> Record(const Decided& decided, const std::string& second_by) {
    return RecordLostKeys(*station_.ledger, *station_.database, station_.clock, decided, second_by,
                          keys_);
  }

  Station station_;
  const Decided decided_{.by = "A. Operator", .because = "the only copy burnt"};
  std::vector<model::SubjectKeyId> keys_;
};

TEST_F(RecordLostKeysTest, WritesDownWhoWhoElseAndWhy) {
  station_.Start();
  Proposal proposal =
      *PreparePublish(Station::Item("r1"), Station::System("ct-police/intel"), station_.Bench());
  keys_ = proposal.new_keys;
  station_.Say(std::move(proposal));
  station_.sequencer.reset();
  const auto recorded = Record(decided_, "B. Second");
  ASSERT_TRUE(recorded.ok()) << SentenceOf(recorded.status());
  stored::v1::AcceptLostKeys command;
  ASSERT_TRUE(command.ParseFromString(station_.HeaderAt(recorded->position).command_bytes));
  EXPECT_EQ(command.subject_key_ids_size(), static_cast<int>(keys_.size()));
  EXPECT_EQ(command.because(), decided_.because);
  EXPECT_EQ(command.second_by(), "B. Second");
  for (const model::SubjectKeyId& id : keys_) {
    const auto row = station_.database->Now()->Find<stored::v1::SubjectKeyRow>(
        state::Key(state::Table::kSubjectKey).Fixed(id.Bytes()));
    EXPECT_EQ(row->erased_position(), recorded->position);
  }
}

TEST_F(RecordLostKeysTest, RecordsNothingThatOnePersonSays) {
  keys_.push_back(*model::SubjectKeyId::FromBytes(std::string(16, 'k')));
  EXPECT_EQ(ReasonOf(Record(decided_, "").status()), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Record({.by = "", .because = "why"}, "B").status()),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Record(decided_, decided_.by).status()),
            v1::ERROR_REASON_SECOND_HAND_REQUIRED);
}

}  // namespace
}  // namespace tearline::sequencer
