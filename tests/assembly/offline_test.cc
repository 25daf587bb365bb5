#include "broker/offline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/assembly/installation.h"

namespace tearline {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Tearlined, ChecksAConfigurationWithoutOpeningAnything) {
  const Installation installation;
  const auto checked = Installation::Tearlined({"--check-config", installation.Config()});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.output, "valid " + installation.Load().digest + "\n");
  EXPECT_FALSE(std::filesystem::exists(installation.Path("ledger")));
}

TEST(Tearlined, BeginsALedgerOnceAndSaysWhatChangesItAfterwards) {
  const Installation installation;
  const auto first = installation.Genesis();
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, StartsWith("position 1\nstate-digest "));
  EXPECT_THAT(first.output, HasSubstr("verifier-key tearline.example/audit+"));

  const auto second = installation.Genesis();
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("GENESIS_EXISTS"));
  EXPECT_THAT(second.errors, HasSubstr("tearline directory admit"));
}

TEST(Tearlined, GivesTheSameDigestWhenItsStateIsRebuilt) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  const auto before = Installation::Tearlined({"--digest", installation.Config()});
  ASSERT_EQ(before.exit_code, 0) << before.errors;
  std::filesystem::remove_all(installation.Path("state"));
  const auto after = Installation::Tearlined({"--digest", installation.Config()});
  EXPECT_EQ(after.output, before.output);
}

TEST(Tearlined, VerifiesByReplayAndLeavesNothingBehind) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  const auto verified = Installation::Tearlined({"--verify", installation.Config()});
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("checkpoint-size 1\nverified yes\n"));
  for (const auto& entry : std::filesystem::directory_iterator(installation.directory.path())) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".scratch-")));
  }
}

TEST(Tearlined, SaysThatItIsNotVerifiedWithACodeOfItsOwn) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  // Another ledger under the same checkpoint: its genesis drew another id.
  for (const char* name : {"ledger", "state"}) std::filesystem::remove_all(installation.Path(name));
  std::filesystem::rename(installation.Path("checkpoints"), installation.Path("aside"));
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  std::filesystem::remove_all(installation.Path("checkpoints"));
  std::filesystem::rename(installation.Path("aside"), installation.Path("checkpoints"));
  for (const char* task : {"--verify", "--digest"}) {
    const auto verified = Installation::Tearlined({task, installation.Config()});
    EXPECT_EQ(verified.exit_code, 4) << task;
    EXPECT_THAT(verified.errors, HasSubstr("CHECKPOINT_MISMATCH"));
  }
}

TEST(Tearlined, RefusesToBeginAgainWhereCheckpointsSayThereWasALedger) {
  const Installation installation;
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  for (const char* name : {"ledger", "state"}) std::filesystem::remove_all(installation.Path(name));
  const auto again = installation.Genesis();
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr("LEDGER_TAIL_LOST"));
  EXPECT_THAT(again.errors, HasSubstr("at least 1 records"));
}

TEST(Tearlined, ConfirmsTheClockOnlyAfterAGenesis) {
  const Installation installation;
  const auto before = Installation::Tearlined(
      {"--confirm-clock", "--by", "me", "--because", "I looked", installation.Config()});
  EXPECT_EQ(before.exit_code, 1);
  EXPECT_THAT(before.errors, HasSubstr("GENESIS_MISSING"));
  ASSERT_EQ(installation.Genesis().exit_code, 0);
  const auto after = Installation::Tearlined(
      {"--confirm-clock", "--by", "me", "--because", "I looked", installation.Config()});
  EXPECT_EQ(after.exit_code, 0) << after.errors;
  EXPECT_THAT(after.output, StartsWith("confirmed 2\nstamp 2"));
}

TEST(Tearlined, TellsWrongUsageFromARefusal) {
  EXPECT_EQ(Installation::Tearlined({}).exit_code, 2);
  EXPECT_EQ(Installation::Tearlined({"--nonsense", "x"}).exit_code, 2);
  EXPECT_EQ(Installation::Tearlined({"missing.textproto"}).exit_code, 1);
  const auto help = Installation::Tearlined({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.output, HelpText());
}

}  // namespace
}  // namespace tearline
