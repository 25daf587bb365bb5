#include "broker/sequencer/prepare_publish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/sequencer/seal_places.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::HasSubstr;
using testing::Not;

stored::v1::Publish CommandOf(const Proposal& proposal) {
  stored::v1::Publish command;
  EXPECT_TRUE(command.ParseFromString(proposal.command_bytes));
  return command;
}

class PreparePublishTest : public testing::Test {
 protected:
  Result<Proposal> Prepare(const v1::PublishItem& item,
                           const std::string& post = "ct-police/intel") {
    return PreparePublish(item, Station::System(post), station_.Bench());
  }
  stored::v1::Publish Prepared(const v1::PublishItem& item) { return CommandOf(*Prepare(item)); }

  Station station_;
};

TEST_F(PreparePublishTest, NothingThatWasSaidOrNumberedLiesInTheClear) {
  const auto proposal = Prepare(Station::Item("r1"));
  ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
  for (const std::string* bytes : {&proposal->command_bytes, &proposal->segments.at(0)}) {
    EXPECT_THAT(*bytes, Not(HasSubstr("quick brown fox")));
    EXPECT_THAT(*bytes, Not(HasSubstr("intelligence desk")));
    EXPECT_THAT(*bytes, Not(HasSubstr("A1234BC")));
  }
}

TEST_F(PreparePublishTest, TheRecordSaysWhatThePublisherSaid) {
  const auto proposal = Prepare(Station::Item("r1"));
  const stored::v1::Publish command = CommandOf(*proposal);
  EXPECT_EQ(proposal->command, stored::v1::COMMAND_NUMBER_PUBLISH);
  EXPECT_EQ(command.event_id(), EventIdOf(proposal->seed));
  EXPECT_EQ(command.originating_agency(), "ct-police");
  EXPECT_EQ(command.originating_post(), "ct-police/intel");
  EXPECT_EQ(command.occurred_ms(), Station::kStartMs - 60'000);
  EXPECT_EQ(command.manifest_digest(), ManifestDigest(command));
  ASSERT_EQ(command.segments_size(), 1);
  EXPECT_EQ(command.segments(0).length(), proposal->segments[0].size());
  EXPECT_EQ(command.segments(0).digest(), crypto::Sha256(proposal->segments[0]).Bytes());
}

TEST_F(PreparePublishTest, AnAdapterHasNoOriginatingPostInAnotherAgency) {
  v1::PublishItem item = Station::Item("r1");
  item.set_originating_agency("police");
  const stored::v1::Publish command = Prepared(item);
  EXPECT_EQ(command.originating_agency(), "police");
  EXPECT_EQ(command.originating_post(), "");
}

/// The digest tells a retry from a reuse: it depends on all that was asked, but for the id itself.
TEST_F(PreparePublishTest, TheRequestDigestIsOfTheContentAlone) {
  const std::string digest = Prepared(Station::Item("r1")).request_digest();
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_EQ(Prepared(Station::Item("r1")).request_digest(), digest);
  EXPECT_EQ(Prepared(Station::Item("another")).request_digest(), digest);
  v1::PublishItem other = Station::Item("r1");
  other.mutable_event()->mutable_segments(0)->mutable_content()->back() = 'X';
  EXPECT_NE(Prepared(other).request_digest(), digest);
  other = Station::Item("r1");
  other.set_imported(true);
  EXPECT_NE(Prepared(other).request_digest(), digest);
}

TEST_F(PreparePublishTest, SaltsContentSoThatEqualContentCannotBeSeen) {
  const stored::v1::Publish one = Prepared(Station::Item("r1"));
  const stored::v1::Publish two = Prepared(Station::Item("r2"));
  EXPECT_NE(one.segments(0).content_digest(), two.segments(0).content_digest());
  EXPECT_NE(one.event_id(), two.event_id());
}

TEST_F(PreparePublishTest, KeysOfAKnownNominalAreUsedAgain) {
  station_.Start();
  const auto first = Prepare(Station::Item("r1"));
  // One each for segment, tear-line and identifier of somebody nobody knew.
  EXPECT_EQ(CommandOf(*first).keys_size(), 3);
  EXPECT_TRUE(CommandOf(*first).nominals(0).identifiers(0).has_sealed());
  station_.Say(*first);
  const stored::v1::Publish second = Prepared(Station::Item("r2"));
  EXPECT_EQ(second.keys_size(), 0);
  EXPECT_FALSE(second.nominals(0).identifiers(0).has_sealed());
  EXPECT_EQ(second.segments(0).keys(0).subject_key_id(),
            CommandOf(*first).segments(0).keys(0).subject_key_id());
}

TEST_F(PreparePublishTest, KeysThatWereDestroyedAreReplaced) {
  station_.Start();
  const auto first = Prepare(Station::Item("r1"));
  station_.Say(*first);
  const std::string gone = CommandOf(*first).segments(0).keys(0).subject_key_id();
  ASSERT_TRUE(station_.vault->Destroy({*model::SubjectKeyId::FromBytes(gone)}).ok());
  const auto second = Prepare(Station::Item("r2"));
  ASSERT_TRUE(second.ok()) << SentenceOf(second.status());
  EXPECT_NE(CommandOf(*second).segments(0).keys(0).subject_key_id(), gone);
  EXPECT_EQ(CommandOf(*second).segments_size(), 1);
}

TEST_F(PreparePublishTest, ASegmentAboutTwoIsWrappedForBothAndOneAboutNobodyForNobody) {
  v1::PublishItem item = Station::Item("r1");
  v1::Event& event = *item.mutable_event();
  *event.add_nominals() = Station::Item("x", "B7654CD").event().nominals(0);
  event.mutable_segments(0)->add_nominal_indexes(1);
  *event.add_segments() = event.segments(0);
  event.mutable_segments(1)->clear_nominal_indexes();
  const stored::v1::Publish command = Prepared(item);
  EXPECT_EQ(command.segments(0).keys_size(), 2);
  EXPECT_EQ(command.segments(1).keys_size(), 1);
  EXPECT_EQ(command.tear_lines(0).text().keys_size(), 2);
  int nobody = 0;
  for (const auto& use : command.keys()) nobody += use.nominal_index() == 0xffffffff ? 1 : 0;
  EXPECT_EQ(nobody, 1);
}

TEST_F(PreparePublishTest, RefusesContentAboveWhatThisBrokerMayHold) {
  v1::PublishItem item = Station::Item("r1");
  v1::Marking& marking = *item.mutable_event()->mutable_label()->mutable_marking();
  marking.set_tier(v1::TIER_SECRET);
  marking.set_sensitive(false);
  item.mutable_event()->clear_tear_lines();
  EXPECT_EQ(ReasonOf(Prepare(item).status()), v1::ERROR_REASON_ABOVE_ACCREDITATION);
}

TEST_F(PreparePublishTest, NeedsAGenesis) {
  Station empty(/*with_genesis=*/false);
  const auto proposal =
      PreparePublish(Station::Item("r1"), Station::System("ct-police/intel"), empty.Bench());
  EXPECT_EQ(ReasonOf(proposal.status()), v1::ERROR_REASON_GENESIS_MISSING);
}

TEST_F(PreparePublishTest, TheSameRequestIsAnsweredAsTheFirstTime) {
  station_.Start();
  const machine::Applied first = station_.Say(*Prepare(Station::Item("r1")));
  const auto again = ProposeAndWait(*station_.sequencer, *Prepare(Station::Item("r1")));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->outcome, audit::Outcome::kRepeated);
  EXPECT_EQ(again->made_id, first.made_id);
  v1::PublishItem other = Station::Item("r1");
  other.mutable_event()->mutable_segments(0)->set_content("something else");
  const auto reused = ProposeAndWait(*station_.sequencer, *Prepare(other));
  EXPECT_EQ(reused->reason, v1::ERROR_REASON_REQUEST_ID_REUSED);
}

}  // namespace
}  // namespace tearline::sequencer
