#include "broker/sequencer/loose_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

Proposal Prepare(Station& station, const std::string& request_id, const std::string& noms) {
  return *PreparePublish(Station::Item(request_id, noms), Station::System("ct-police/intel"),
                         station.Bench());
}

/// A crash between the vault's sync and the append leaves keys of which no record speaks.
TEST(LooseKeys, AreThoseOfCommandsThatACrashKeptFromBeingRecorded) {
  Station station;
  station.Start();
  station.Say(Prepare(station, "r1", "A1234BC"));
  EXPECT_TRUE(FindLooseKeys(*station.vault, station.Bench().view)->ids.empty());

  std::vector<model::SubjectKeyId> lost = Prepare(station, "r2", "B7654CD").new_keys;
  ASSERT_EQ(lost.size(), 3u);
  station.Reopen();
  const auto found = FindLooseKeys(*station.vault, station.Bench().view);
  ASSERT_TRUE(found.ok());
  std::sort(lost.begin(), lost.end());
  EXPECT_EQ(found->ids, lost);
  EXPECT_TRUE(found->MayBeDestroyed());
}

/// A vault of which the state knows no key may be another ledger's: destroying is for ever.
TEST(LooseKeys, AreLeftAloneInAVaultOfWhichTheStateKnowsNothing) {
  Station station;
  const Proposal unsaid = Prepare(station, "r1", "A1234BC");
  const auto found = FindLooseKeys(*station.vault, station.Bench().view);
  EXPECT_EQ(found->ids.size(), 3u);
  EXPECT_FALSE(found->MayBeDestroyed());
}

TEST(LooseKeys, AreLeftAloneIfThereAreMoreThanACrashLeaves) {
  LooseKeys found;
  found.any_known = true;
  const auto id = *model::SubjectKeyId::FromBytes(std::string(16, 'k'));
  found.ids.assign(kLooseKeysMax, id);
  EXPECT_TRUE(found.MayBeDestroyed());
  found.ids.push_back(id);
  EXPECT_FALSE(found.MayBeDestroyed());
}

/// Erased, and still there: a crash came between the record and the vault, or an older copy of the
/// vault was put back.
TEST(LooseKeys, AreThoseThatARecordErasedToo) {
  Station station;
  station.Start();
  const Proposal proposal = Prepare(station, "r1", "A1234BC");
  const std::vector<model::SubjectKeyId> keys = proposal.new_keys;
  station.Say(proposal);
  stored::v1::AcceptLostKeys lost;
  lost.add_subject_key_ids(keys.at(0).Bytes());
  lost.set_because("for the test");
  lost.set_second_by("B. Second");
  station.Say(BrokerActor(), stored::v1::COMMAND_NUMBER_ACCEPT_LOST_KEYS, lost);
  const auto found = FindLooseKeys(*station.vault, station.Bench().view);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->erased, std::vector<model::SubjectKeyId>{keys.at(0)});
  EXPECT_TRUE(found->ids.empty());
  EXPECT_FALSE(IsInUse(keys.at(0), station.Bench().view));
  EXPECT_TRUE(IsInUse(keys.at(1), station.Bench().view));
}

}  // namespace
}  // namespace tearline::sequencer
