#include "broker/sequencer/record_chain.h"

#include <gtest/gtest.h>

#include "broker/ledger/record.h"
#include "broker/model/limits.h"
#include "broker/sequencer/make_proposal.h"

namespace tearline::sequencer {
namespace {

Proposal Some() {
  Proposal proposal =
      MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_PULSE, stored::v1::Pulse());
  proposal.segments = {"one", "three"};
  return proposal;
}

TEST(RecordChain, LinksRecordsAndSaysTheSameAsTheirBytes) {
  RecordChain chain({}, 0, 3);
  const std::string actor = BrokerActor().SerializeAsString();
  Proposal first = Some();
  Proposal second = Some();
  const std::string seed = second.seed;
  const Written one = chain.Write(first, actor, 1000);
  const Written two = chain.Write(second, actor, 2000);

  const auto read = ledger::DecodeHeader(two.record.header);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->position, 2u);
  EXPECT_EQ(read->previous, crypto::Sha256(one.record.header));
  EXPECT_EQ(read->ledger_id, one.stored.header.ledger_id);
  EXPECT_EQ(read->term, 3u);
  EXPECT_EQ(read->stamp_ms, 2000);
  EXPECT_EQ(read->seed, seed);
  EXPECT_EQ(read->segments, 2);
  EXPECT_EQ(two.stored.digest, crypto::Sha256(two.record.header));
  EXPECT_EQ(two.record.segments, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(one.stored.header.previous, crypto::Digest());
}

TEST(RecordChain, KeepsTheStampWhenTheWallGoesBack) {
  RecordChain chain({}, 0, 1);
  Proposal first = Some();
  Proposal second = Some();
  chain.Write(first, "", 2000);
  EXPECT_EQ(chain.Write(second, "", 1000).stored.header.stamp_ms, 2000);
}

TEST(RecordChain, GoesOnAfterTheLedgersRow) {
  stored::v1::LedgerRow row;
  row.set_ledger_id("0123456789abcdef");
  row.set_last_header_digest(std::string(32, 'd'));
  row.set_last_stamp_ms(5000);
  RecordChain chain(row, 41, 9);
  Proposal next = Some();
  const ledger::Header header = chain.Write(next, "", 1).stored.header;
  EXPECT_EQ(header.position, 42u);
  EXPECT_EQ(header.previous.Bytes(), std::string(32, 'd'));
  EXPECT_EQ(header.ledger_id.Bytes(), "0123456789abcdef");
  EXPECT_EQ(header.stamp_ms, 5000);
}

TEST(RecordChain, GivesAnEmptyLedgerAnIdNobodyCanForesee) {
  RecordChain one({}, 0, 1);
  RecordChain two({}, 0, 1);
  Proposal first = Some();
  Proposal second = Some();
  EXPECT_NE(one.Write(first, "", 1).stored.header.ledger_id,
            two.Write(second, "", 1).stored.header.ledger_id);
}

TEST(HeaderBytes, IsWhatTheHeaderBecomes) {
  RecordChain chain({}, 0, 1);
  Proposal proposal = Some();
  proposal.command_bytes = "some bytes";
  const std::string actor = BrokerActor().SerializeAsString();
  const std::size_t foreseen = HeaderBytes(proposal, actor);
  EXPECT_EQ(SegmentBytes(proposal), 8u);
  EXPECT_EQ(chain.Write(proposal, actor, 1).record.header.size(), foreseen);
}

/// Both sides of what one record may hold, segments and all.
TEST(CheckRecordSize, LetsTheLargestRecordInAndNoLarger) {
  const std::string actor = BrokerActor().SerializeAsString();
  Proposal proposal = Some();
  const std::size_t header = HeaderBytes(proposal, actor);
  proposal.segments = {std::string(model::kRecordBytesMax - header, 's')};
  EXPECT_TRUE(CheckRecordSize(proposal, actor).ok());
  proposal.segments[0] += 's';
  EXPECT_EQ(ReasonOf(CheckRecordSize(proposal, actor)), v1::ERROR_REASON_LIMIT_PASSED);
}

/// A policy is let in whole, by itself and with the first directory; everything else is held to
/// less.
TEST(CheckRecordSize, LetsAPolicysHeaderBeLarger) {
  const std::string actor = BrokerActor().SerializeAsString();
  Proposal proposal = Some();
  proposal.segments.clear();
  const std::size_t rest = kHeaderFixedBytes + actor.size();
  const auto fits = [&](stored::v1::CommandNumber command, std::size_t header) {
    proposal.command = command;
    proposal.command_bytes.assign(header - rest, 'x');
    return CheckRecordSize(proposal, actor).ok();
  };
  for (const auto command :
       {stored::v1::COMMAND_NUMBER_GENESIS, stored::v1::COMMAND_NUMBER_PROPOSE_POLICY}) {
    EXPECT_TRUE(fits(command, model::kPolicyHeaderBytesMax));
    EXPECT_FALSE(fits(command, model::kPolicyHeaderBytesMax + 1));
  }
  EXPECT_TRUE(fits(stored::v1::COMMAND_NUMBER_PUBLISH, model::kHeaderBytesMax));
  EXPECT_FALSE(fits(stored::v1::COMMAND_NUMBER_PUBLISH, model::kHeaderBytesMax + 1));
  stored::v1::ProposePolicy longest;
  longest.set_policy_text(std::string(model::kPolicyBytesMax, '#'));
  EXPECT_TRUE(fits(stored::v1::COMMAND_NUMBER_PROPOSE_POLICY, rest + longest.ByteSizeLong()));
}

/// Somebody confirmed the clock behind a stamp in the future: from then on by that.
TEST(RecordChain, GoesByTheClockThatWasConfirmed) {
  stored::v1::LedgerRow row;
  row.set_ledger_id("0123456789abcdef");
  row.set_last_header_digest(std::string(32, 'd'));
  row.set_last_stamp_ms(9000);
  RecordChain chain(row, 41, 9);
  EXPECT_EQ(chain.StampAt(1000), 9000);
  EXPECT_EQ(chain.StampAt(3000), 9000) << "it stands still until somebody has looked";
  row.set_confirmed_wall_ms(1000);
  row.set_confirmed_stamp_ms(9000);
  chain.Confirm(row);
  EXPECT_EQ(chain.StampAt(3000), 10'000);
  Proposal next = Some();
  EXPECT_EQ(chain.Write(next, "", 3000).stored.header.stamp_ms, 10'000);
}

}  // namespace
}  // namespace tearline::sequencer
