#include "broker/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/crypto/key_file.h"
#include "broker/stores.h"
#include "tests/assembly/installation.h"

namespace tearline {
namespace {

using testing::MatchesRegex;

TEST(Broker, NeedsAGenesisBeforeItServes) {
  const Installation installation;
  EXPECT_EQ(ReasonOf(Broker::Open(installation.Load()).status()), v1::ERROR_REASON_GENESIS_MISSING);
}

TEST(Broker, ServesDrainsAndServesAgain) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  for (int round = 0; round < 2; ++round) {
    const auto broker = Broker::Open(installation.Load());
    ASSERT_TRUE(broker.ok()) << SentenceOf(broker.status());
    const Status serving = (*broker)->Serve();
    ASSERT_TRUE(serving.ok()) << SentenceOf(serving);
    EXPECT_THAT((*broker)->Address(), MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
    (*broker)->Drain();
    (*broker)->Drain();
  }
}

TEST(Broker, LetsNobodyElseInWhileItIsOpen) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  const auto broker = Broker::Open(installation.Load());
  ASSERT_TRUE(broker.ok());
  EXPECT_EQ(ReasonOf(OpenStores(installation.Load().config).status()),
            v1::ERROR_REASON_LEDGER_FENCED);
}

/// A vault made anew beside an old ledger would pass everything off as erased.
TEST(Broker, RefusesAnEmptyVaultBesideALedgerWithRecords) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  std::filesystem::remove_all(installation.Path("vault"));
  EXPECT_EQ(ReasonOf(Broker::Open(installation.Load()).status()), v1::ERROR_REASON_KEY_MISSING);
}

TEST(Broker, RefusesAVaultThatWasMadeUnderAnotherKey) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  std::filesystem::remove(installation.Path("kek"));
  ASSERT_TRUE(crypto::WriteNewKeyFile(installation.Path("kek"), std::string(32, 'X')).ok());
  EXPECT_EQ(ReasonOf(Broker::Open(installation.Load()).status()), v1::ERROR_REASON_SEAL_BROKEN);
}

}  // namespace
}  // namespace tearline
