#include "broker/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/clock/system_clock.h"
#include "broker/crypto/key_file.h"
#include "broker/sequencer/genesis.h"
#include "broker/stores.h"
#include "tests/assembly/installation.h"
#include "tests/doubles/manual_clock.h"

namespace tearline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
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
  const auto broker = Broker::Open(installation.Load());
  EXPECT_EQ(ReasonOf(broker.status()), v1::ERROR_REASON_SEAL_BROKEN);
  EXPECT_THAT(SentenceOf(broker.status()), HasSubstr("restore the key file"));
}

/// What a start says about its clock; "" if it has nothing to say.
std::string AdviceAtStart(const Installation& installation) {
  testing::internal::CaptureStderr();
  {
    const auto broker = Broker::Open(installation.Load());
    EXPECT_TRUE(broker.ok() && (*broker)->Serve().ok());
  }
  const std::string said = testing::internal::GetCapturedStderr();
  const std::size_t begin = said.find("tearlined: ");
  return begin == std::string::npos ? "" : said.substr(begin, said.find('\n', begin) - begin);
}

/// The last stamp lies a year ahead. An operator is told what to do, does it, and it helps.
TEST(Broker, ServesAgainAfterItsClockRanAheadOnceThatIsConfirmed) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  {
    doubles::ManualClock ahead(clock::SystemClock().WallMs() + 365ll * 24 * 3'600'000);
    const auto stores = OpenStores(installation.Load().config);
    ASSERT_TRUE(stores.ok());
    ASSERT_TRUE(sequencer::RecordClockConfirmed(*stores->ledger, *stores->database, ahead,
                                                {.by = "nobody", .because = "it ran ahead"})
                    .ok());
  }
  EXPECT_THAT(AdviceAtStart(installation),
              AllOf(HasSubstr("CLOCK_PARTED"), HasSubstr("--confirm-clock --by NAME")));
  const auto confirmed = Installation::Tearlined(
      {"--confirm-clock", "--by", "me", "--because", "I looked", installation.Config()});
  ASSERT_EQ(confirmed.exit_code, 0) << confirmed.errors;
  EXPECT_THAT(confirmed.output, HasSubstr("confirmed 3\nstamp "));
  EXPECT_EQ(AdviceAtStart(installation), "");
  EXPECT_EQ(AdviceAtStart(installation), "");
}

}  // namespace
}  // namespace tearline
