#include "broker/cosign/cosigning.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "broker/audit/note.h"
#include "broker/sequencer/checkpoint_keeper.h"
#include "clients/verifier/cosignature.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/cosign/running_witness.h"
#include "tests/sequencer/station.h"

namespace tearline::cosign {
namespace {

using sequencer::Station;

std::string LogKey() {
  return audit::VerifierKey("tearline.example/audit", Station::MakeSigner()->PublicKey());
}

/// A writer with its checkpoints, whose witnesses are asked when the test says so.
class Log {
 public:
  Log() { station.Start(); }
  ~Log() {
    cosigning.reset();
    station.sequencer.reset();
  }

  void AskThese(const std::vector<RunningWitness*>& witnesses, std::uint32_t quorum) {
    settings::v1::AuditConfig config;
    config.set_witness_quorum(quorum);
    config.set_witness_gap_after_s(60);
    config.set_checkpoint_interval_ms(1000);
    for (const RunningWitness* each : witnesses) {
      settings::v1::Witness& witness = *config.add_witnesses();
      witness.set_verifier_key(verifier::Text(each->Key()));
      witness.set_address(each->Address());
    }
    places = witnesses.size();
    cosigning = *Cosigning::Make(
        config, Sources{.newest = [this] { return keeper->Latest(); },
                        .view = [this] { return station.sequencer->View(); },
                        .keep = [this](const auto& note) { return keeper->KeepCosigned(note); },
                        .fatal = [](const std::string&) { FAIL(); },
                        .proposer = *station.sequencer,
                        .clock = station.clock});
  }
  /// Some records, and a checkpoint over them.
  void Grow(int records) {
    for (int i = 0; i < records; ++i) station.Say(Station::Harmless("police/panel"));
    Beat();
  }
  void Beat() { ASSERT_TRUE(keeper->Beat(*station.sequencer->View()).ok()); }
  /// One turn of every thread.
  void Turn() {
    for (std::size_t place = 0; place < places; ++place) cosigning->AskTurn(place);
    cosigning->RecordTurn();
  }
  /// Whether the open obligation comes to be, or to end, soon after a turn.
  bool GapIsRecorded(bool wanted) {
    for (int tries = 0; tries < 2000; ++tries) {
      const auto row =
          station.sequencer->View()->Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
      if (row && !row->witness_obligation_id().empty() == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Station station;
  std::unique_ptr<crypto::Signer> signer = Station::MakeSigner();
  std::unique_ptr<sequencer::CheckpointKeeper> keeper =
      *sequencer::CheckpointKeeper::Open(station.directory.path() / "checkpoints", *signer);
  std::size_t places = 0;
  std::unique_ptr<Cosigning> cosigning;
};

TEST(Cosigning, EveryCheckpointIsCosignedByThoseAsked) {
  RunningWitness one("one", LogKey());
  RunningWitness two("two", LogKey());
  Log log;
  log.AskThese({&one, &two}, 2);
  for (int round = 0; round < 3; ++round) {
    log.Grow(3);
    log.Turn();
    const std::string cosigned = log.keeper->Cosigned();
    EXPECT_TRUE(cosigned.starts_with(log.keeper->Latest()));
    for (const RunningWitness* witness : {&one, &two}) {
      const auto time_s = verifier::CosignedAt(cosigned, witness->Key());
      ASSERT_TRUE(time_s.ok()) << time_s.status();
      EXPECT_EQ(*time_s, 1'900'000'000u) << round;
    }
    EXPECT_TRUE(log.cosigning->Stands());
    EXPECT_EQ(log.cosigning->Look().cosigned_size, log.keeper->LatestSize());
  }
}

TEST(Cosigning, WithTooFewItGoesOnAndOpensAnObligationUntilEnoughAnswer) {
  RunningWitness one("one", LogKey());
  RunningWitness two("two", LogKey());
  Log log;
  log.AskThese({&one, &two}, 2);
  log.Grow(1);
  log.Turn();
  ASSERT_TRUE(log.cosigning->Stands());
  const std::string cosigned = log.keeper->Cosigned();

  two.Stop();
  log.Grow(1);
  log.Turn();
  EXPECT_EQ(log.keeper->Cosigned(), cosigned) << "one is too few";
  EXPECT_TRUE(log.cosigning->Stands()) << "for a while that is no gap";
  log.station.clock.Pass(61'000);
  log.Turn();
  EXPECT_FALSE(log.cosigning->Stands());
  ASSERT_TRUE(log.GapIsRecorded(true));
  log.Beat();  // the gap's own record is under a checkpoint
  EXPECT_EQ(log.cosigning->Look().standings[1].tree_size, 2u);
  log.Turn();
  log.Turn();

  two.Start();
  log.Turn();
  EXPECT_TRUE(log.cosigning->Stands());
  EXPECT_TRUE(log.keeper->Cosigned().starts_with(log.keeper->Latest()));
  EXPECT_TRUE(log.GapIsRecorded(false));
}

TEST(Cosigning, WithoutWitnessesAnObligationLeftOpenIsEnded) {
  Log log;
  {
    RunningWitness one("one", LogKey());
    log.AskThese({&one}, 1);
  }
  log.Grow(1);
  log.Turn();
  log.station.clock.Pass(61'000);
  log.Turn();
  ASSERT_TRUE(log.GapIsRecorded(true));
  log.AskThese({}, 0);
  EXPECT_TRUE(log.cosigning->Stands());
  log.Turn();
  EXPECT_TRUE(log.GapIsRecorded(false));
}

/// A ledger that was cut, and one that was rewritten beyond where it had been, with the same key:
/// the witness cosigns neither, and the broker says so.
TEST(Cosigning, AWitnessCatchesALedgerThatWasCutOrRewritten) {
  RunningWitness witness("one", LogKey());
  {
    Log log;
    log.AskThese({&witness}, 1);
    log.Grow(5);
    log.Turn();
    ASSERT_TRUE(log.cosigning->Stands());
  }
  for (const int records : {2, 9}) {
    Log other;  // Another past under the same name and key.
    other.AskThese({&witness}, 1);
    other.Grow(records);
    other.Turn();
    EXPECT_FALSE(other.cosigning->Stands()) << records;
    EXPECT_TRUE(other.cosigning->Look().standings[0].contradicts) << records;
    EXPECT_EQ(other.keeper->Cosigned(), "") << records;
  }
}

/// A contradiction stands until the witness cosigns again: to make it unreachable hides nothing.
TEST(Cosigning, AContradictionIsNotForgottenWhileTheWitnessIsSilent) {
  RunningWitness witness("one", LogKey());
  {
    Log log;
    log.AskThese({&witness}, 1);
    log.Grow(5);
    log.Turn();
  }
  Log other;
  other.AskThese({&witness}, 1);
  other.Grow(2);
  other.Turn();
  ASSERT_TRUE(other.cosigning->Look().standings[0].contradicts);
  witness.Stop();
  other.Grow(1);
  other.Turn();
  EXPECT_TRUE(other.cosigning->Look().standings[0].contradicts);
  EXPECT_FALSE(other.cosigning->Stands());
}

TEST(Cosigning, AWitnessThatForgotIsAskedAnewAndThatIsSaid) {
  RunningWitness witness("one", LogKey());
  Log log;
  log.AskThese({&witness}, 1);
  log.Grow(3);
  log.Turn();
  ASSERT_FALSE(log.cosigning->Look().standings[0].forgot);
  witness.Forget();
  log.Grow(2);
  testing::internal::CaptureStderr();
  log.Turn();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("\"witness_forgot\""), std::string::npos) << said;
  EXPECT_TRUE(log.cosigning->Look().standings[0].forgot);
  EXPECT_TRUE(log.keeper->Cosigned().starts_with(log.keeper->Latest())) << "it cosigns anew";
  log.Grow(1);
  testing::internal::CaptureStderr();
  log.Turn();
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("witness_forgot"), std::string::npos);
  EXPECT_TRUE(log.cosigning->Look().standings[0].forgot);
}

TEST(Cosigning, RunsByItselfAndStopsWhileAWitnessIsSilent) {
  RunningWitness one("one", LogKey());
  Log log;
  log.AskThese({&one}, 1);
  log.Grow(2);
  log.cosigning->Start();
  for (int tries = 0; tries < 2000 && log.keeper->Cosigned().empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(log.keeper->Cosigned().starts_with(log.keeper->Latest()));
  log.cosigning->Stop();
}

}  // namespace
}  // namespace tearline::cosign
