#include "broker/sequencer/prepare_publish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "broker/sequencer/seal_places.h"
#include "tests/doubles/memory_vault.h"
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

  std::size_t KeysInVault() const { return station_.vault->List({}, 1000)->size(); }

  /// Eight segments about eight people with nine numbers each; four tear-lines of `text_bytes`.
  static v1::PublishItem Crowd(const std::string& request_id, std::size_t text_bytes) {
    v1::PublishItem item = Station::Item(request_id);
    v1::Event& event = *item.mutable_event();
    event.clear_nominals();
    for (int i = 0; i < 8; ++i) {
      v1::NominalReference& reference = *event.add_nominals();
      for (int j = 0; j < 9; ++j) {
        v1::Identifier& number =
            j == 0 ? *reference.mutable_identifier() : *reference.add_also_known_by();
        number.set_type(v1::IDENTIFIER_TYPE_OTHER);
        number.set_value(std::string(60, 'x') + std::to_string(10 * i + j));
      }
    }
    for (int i = 0; i < 64; ++i) {
      event.mutable_label()->add_released_to_posts(std::string(40, 'a') + "/" +
                                                   std::string(38, 'p') + std::to_string(10 + i));
    }
    *event.mutable_tear_lines(0)->mutable_audience()->mutable_posts() =
        event.label().released_to_posts();
    event.mutable_tear_lines(0)->set_text(std::string(text_bytes, 't'));
    while (event.tear_lines_size() < 4) *event.add_tear_lines() = event.tear_lines(0);
    for (std::uint32_t i = 1; i < 8; ++i) event.mutable_segments(0)->add_nominal_indexes(i);
    while (event.segments_size() < 8) *event.add_segments() = event.segments(0);
    return item;
  }

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
  other.mutable_event()->set_urgency(v1::URGENCY_ROUTINE);
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

/// What is known waits for no disk; what is not is made for all items together.
TEST_F(PreparePublishTest, TheKeysOfOneRequestAreMadeTogether) {
  station_.Start();
  station_.Say(*Prepare(Station::Item("r0")));
  const v1::PublishItem known = Station::Item("r1");
  v1::PublishItem bad = Station::Item("r2", "B1234CD");
  bad.mutable_event()->set_event_type("Not A Type");
  const v1::PublishItem third = Station::Item("r3", "C1234DE");
  const v1::PublishItem fourth = Station::Item("r4", "D1234EF");
  const stored::v1::Actor actor = Station::System("ct-police/intel");
  const v1::PublishItem* const only = &known;
  EXPECT_FALSE(PublishPreparation(std::span(&only, 1), actor, station_.Bench()).MakesKeys());

  doubles::MemoryVault vault;
  const Workbench bench = station_.Bench();
  const Workbench empty{bench.view, vault, bench.now_ms};
  const std::vector<const v1::PublishItem*> items = {&bad, &third, &fourth};
  PublishPreparation preparation(items, actor, empty);
  EXPECT_TRUE(preparation.MakesKeys());
  EXPECT_EQ(vault.syncs(), 0);
  const std::vector<Result<Proposal>> proposals = preparation.Finish();
  EXPECT_EQ(vault.syncs(), 1);
  ASSERT_EQ(proposals.size(), 3u);
  EXPECT_EQ(ReasonOf(proposals[0].status()), v1::ERROR_REASON_EVENT_TYPE_INVALID);
  for (const std::size_t i : {1u, 2u}) {
    ASSERT_TRUE(proposals[i].ok()) << SentenceOf(proposals[i].status());
    EXPECT_EQ(proposals[i]->new_keys.size(), 3u);
    EXPECT_EQ(CommandOf(*proposals[i]).keys_size(), 3);
    for (const model::SubjectKeyId& id : proposals[i]->new_keys) EXPECT_TRUE(vault.Find(id).ok());
  }
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

/// Nothing is made for whoever may not say it, or says again what was said.
TEST_F(PreparePublishTest, NoKeyIsMadeForWhatCannotBecomeAnEvent) {
  station_.Start();
  station_.Say(*Prepare(Station::Item("r1")));
  const std::size_t keys = KeysInVault();

  v1::PublishItem foreign = Station::Item("r2", "B7654CD");
  foreign.set_originating_agency("probation");
  EXPECT_EQ(ReasonOf(Prepare(foreign).status()), v1::ERROR_REASON_NOT_PERMITTED);
  v1::PublishItem history = Station::Item("r2", "B7654CD");
  history.set_imported(true);
  EXPECT_EQ(ReasonOf(Prepare(history).status()), v1::ERROR_REASON_NOT_PERMITTED);
  v1::PublishItem nobody = Station::Item("r2", "B7654CD");
  nobody.mutable_event()->mutable_nominals(0)->set_nominal_id("nom_" + std::string(32, '0'));
  EXPECT_EQ(ReasonOf(Prepare(nobody).status()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(KeysInVault(), keys);

  station_.clock.Pass(100ll * 24 * 60 * 60 * 1000);  // when every key would be a new one
  const auto again = Prepare(Station::Item("r1"));
  EXPECT_TRUE(again->segments.empty());
  const auto reused = Prepare(Station::Item("r1", "B7654CD"));
  EXPECT_TRUE(reused->segments.empty());
  EXPECT_EQ(KeysInVault(), keys);
}

/// P6. How much of it was known decides how large a record becomes, and not whether it is taken.
TEST_F(PreparePublishTest, WhatIsKnownMakesNoDifferenceToWhatIsTooLarge) {
  station_.Start();
  const auto outcome = [this](std::size_t text_bytes) {
    return ReasonOf(Prepare(Crowd("probe", text_bytes)).status());
  };
  std::size_t fits = 1000;
  std::size_t too_large = model::kTearLineBytesMax;
  ASSERT_EQ(outcome(fits), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(outcome(too_large), v1::ERROR_REASON_LIMIT_PASSED);
  while (too_large - fits > 1) {
    const std::size_t middle = (fits + too_large) / 2;
    (outcome(middle) == v1::ERROR_REASON_UNSPECIFIED ? fits : too_large) = middle;
  }
  station_.Say(*Prepare(Crowd("known", 1000)));
  EXPECT_EQ(outcome(fits), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(outcome(too_large), v1::ERROR_REASON_LIMIT_PASSED) << "although everybody is known now";
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
