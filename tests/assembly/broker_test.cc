#include "broker/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "broker/clock/system_clock.h"
#include "broker/crypto/key_file.h"
#include "broker/sequencer/genesis.h"
#include "broker/sequencer/prepare_identifier.h"
#include "broker/sequencer/sequencer.h"
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
  // A beat may have found deadlines that a year ahead are due.
  const model::Position tip = OpenStores(installation.Load().config)->ledger->Tip();
  const auto confirmed = Installation::Tearlined(
      {"--confirm-clock", "--by", "me", "--because", "I looked", installation.Config()});
  ASSERT_EQ(confirmed.exit_code, 0) << confirmed.errors;
  EXPECT_THAT(confirmed.output, HasSubstr("confirmed " + std::to_string(tip + 1) + "\nstamp "));
  EXPECT_EQ(AdviceAtStart(installation), "");
  EXPECT_EQ(AdviceAtStart(installation), "");
}

/// Brings a key into use: registers somebody, whose number it seals.
model::SubjectKeyId UseAKey(Stores& stores, clock::Clock& clock) {
  const auto writer = sequencer::Sequencer::Start(*stores.ledger, *stores.database, clock,
                                                  [](const std::string&) { FAIL(); });
  v1::RegisterNominalRequest request;
  request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_NOMS);
  request.mutable_identifiers(0)->set_value("A1234BC");
  stored::v1::Actor actor;
  actor.set_agency("police");
  actor.set_member("system");
  actor.set_post("police/intel");
  actor.set_certificate_digest(std::string(32, 'c'));
  actor.set_purpose("public-protection");
  const auto view = writer->View();
  sequencer::Proposal proposal =
      *sequencer::PrepareRegister(request, actor, {*view, *stores.vault, clock.WallMs()});
  const model::SubjectKeyId key = proposal.new_keys.at(0);
  const auto applied = sequencer::ProposeAndWait(*writer, std::move(proposal));
  EXPECT_TRUE(applied.ok() && applied->outcome == audit::Outcome::kApplied) << applied->sentence;
  return key;
}

bool VaultHolds(const config::Loaded& loaded, const model::SubjectKeyId& id) {
  const auto vault = vault::Vault::Open(loaded.config.vault().directory(),
                                        loaded.config.vault().key_encryption_key_file());
  EXPECT_TRUE(vault.ok());
  return (*vault)->Find(id).ok();
}

/// Serves a while, again and again, until the vault does not hold `id`; the test's own time limit
/// ends it if the key stays.
void ServeUntilGone(const Installation& installation, const model::SubjectKeyId& id) {
  do {
    const auto broker = Broker::Open(installation.Load());
    ASSERT_TRUE(broker.ok() && (*broker)->Serve().ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    (*broker)->Drain();
  } while (VaultHolds(installation.Load(), id));
}

/// What a crash between the vault's sync and the ledger's left behind: a key no record speaks of,
/// beside one that a record does. The broker destroys the first while it serves.
TEST(Broker, DestroysTheKeysACrashLeftAndNoOthers) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  clock::SystemClock clock;
  model::SubjectKeyId loose;
  model::SubjectKeyId known;
  {
    Result<Stores> stores = OpenStores(installation.Load().config);
    ASSERT_TRUE(stores.ok());
    known = UseAKey(*stores, clock);
    loose = stores->vault->Make(1)->front();
  }
  ServeUntilGone(installation, loose);
  EXPECT_TRUE(VaultHolds(installation.Load(), known));
}

/// P7. The record that erases is durable, and a crash came before the vault destroyed the key: the
/// next start does.
TEST(Broker, DestroysWhatWasErasedBeforeACrash) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  clock::SystemClock clock;
  model::SubjectKeyId erased;
  {
    Result<Stores> stores = OpenStores(installation.Load().config);
    ASSERT_TRUE(stores.ok());
    erased = UseAKey(*stores, clock);
    const auto recorded =
        sequencer::RecordLostKeys(*stores->ledger, *stores->database, clock,
                                  {.by = "me", .because = "for the test"}, "you", {&erased, 1});
    ASSERT_TRUE(recorded.ok()) << SentenceOf(recorded.status());
  }
  ASSERT_TRUE(VaultHolds(installation.Load(), erased)) << "nobody has destroyed it yet";
  ServeUntilGone(installation, erased);
}

/// Keys are lost for good: the start says so, two people accept it, and the broker starts. P8: what
/// the ledger means does not depend on what the vault holds.
TEST(Broker, StartsWithoutLostKeysOnceTwoPeopleAcceptedIt) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  clock::SystemClock clock;
  {
    Result<Stores> stores = OpenStores(installation.Load().config);
    ASSERT_TRUE(stores.ok());
    const model::SubjectKeyId lost = UseAKey(*stores, clock);
    ASSERT_TRUE(stores->vault->Destroy({lost}).ok());
  }
  const auto refused = Broker::Open(installation.Load());
  EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_KEY_MISSING);
  EXPECT_THAT(SentenceOf(refused.status()), HasSubstr("--accept-lost-keys"));

  const std::vector<std::string> accept = {
      "--accept-lost-keys", "--by",      "A. Operator",         "--second",
      "B. Second",          "--because", "the only copy burnt", installation.Config()};
  const auto accepted = Installation::Tearlined(accept);
  ASSERT_EQ(accepted.exit_code, 0) << accepted.errors;
  EXPECT_THAT(accepted.output, HasSubstr("keys-lost 1\n"));
  const auto verified = Installation::Tearlined({"--verify", installation.Config()});
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
  {
    const auto broker = Broker::Open(installation.Load());
    ASSERT_TRUE(broker.ok()) << SentenceOf(broker.status());
    EXPECT_TRUE((*broker)->Serve().ok());
  }
  const auto again = Installation::Tearlined(accept);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr("nothing is lost"));
}

}  // namespace
}  // namespace tearline
