#include "broker/sequencer/checkpoint_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "broker/audit/audit_log.h"
#include "broker/audit/note.h"
#include "broker/sequencer/durable_file.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class NoSigner final : public crypto::Signer {
 public:
  std::string PublicKey() const override { return Station::MakeSigner()->PublicKey(); }
  Result<std::string> Sign(std::string_view) override {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE, "the key is away");
  }
};

class CheckpointKeeperTest : public testing::Test {
 protected:
  std::filesystem::path directory() const { return station_.directory.path() / "checkpoints"; }
  std::unique_ptr<CheckpointKeeper> Open(crypto::Signer& signer) {
    return *CheckpointKeeper::Open(directory(), signer);
  }
  std::unique_ptr<CheckpointKeeper> Open() { return Open(*signer_); }
  /// Says `count` commands, so that the tree grows.
  void Grow(int count) {
    station_.Start();
    for (int i = 0; i < count; ++i) station_.Say(Station::Harmless("police/panel"));
    station_.sequencer.reset();
  }
  Status Verify() { return Open()->VerifyAtStart(*station_.database->Now()); }
  std::string Root() const {
    const auto view = station_.database->Now();
    return audit::AuditTree(*view).RootAt(view->position()).Bytes();
  }

  Station station_;
  std::unique_ptr<crypto::Signer> signer_ = Station::MakeSigner();
};

TEST_F(CheckpointKeeperTest, SignsWhatTheTreeIsAndAStartAgrees) {
  const auto keeper = Open();
  EXPECT_EQ(keeper->Latest(), "");
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  const auto body =
      audit::OpenNote(keeper->Latest(), "tearline.example/audit", signer_->PublicKey());
  ASSERT_TRUE(body.ok());
  const auto checkpoint = audit::ParseNoteBody(*body);
  EXPECT_EQ(checkpoint->tree_size, 1u);
  EXPECT_EQ(checkpoint->root.Bytes(), Root());
  EXPECT_TRUE(Verify().ok());
  EXPECT_EQ(Open()->Latest(), keeper->Latest());  // kept over a restart
}

TEST_F(CheckpointKeeperTest, KeepsWhatWasCosignedAndAStartAgrees) {
  const auto keeper = Open();
  EXPECT_EQ(keeper->Cosigned(), "");
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  const std::string cosigned = keeper->Latest() + "a witness's line\n";
  ASSERT_TRUE(keeper->KeepCosigned(cosigned).ok());
  EXPECT_EQ(keeper->Cosigned(), cosigned);
  EXPECT_EQ(Open()->Cosigned(), cosigned);  // kept over a restart
  EXPECT_TRUE(Verify().ok());
}

/// A copy of older directories may miss this file: what witnesses hold us to is checked, too.
TEST_F(CheckpointKeeperTest, ACosignedTreeThatIsNotThereAnyMoreIsNoticed) {
  const auto larger = [this](std::uint64_t size) {
    audit::Checkpoint checkpoint{"tearline.example/audit", size, crypto::Sha256("root")};
    return *audit::SignCheckpoint(checkpoint, *signer_);
  };
  ASSERT_TRUE(Open()->KeepCosigned(larger(1000)).ok());
  EXPECT_EQ(ReasonOf(Verify()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  ASSERT_TRUE(Open()->KeepCosigned(larger(1)).ok());
  EXPECT_EQ(ReasonOf(Verify()), v1::ERROR_REASON_CHECKPOINT_MISMATCH);
}

TEST_F(CheckpointKeeperTest, SignsOnlyWhenTheTreeGrew) {
  const auto keeper = Open();
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  const std::string first = keeper->Latest();
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  EXPECT_EQ(keeper->Latest(), first);
  Grow(2);
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  EXPECT_EQ(keeper->LatestSize(), 3u);
  EXPECT_TRUE(std::filesystem::exists(directory() / "checkpoints" / "1"));
  EXPECT_TRUE(std::filesystem::exists(directory() / "checkpoints" / "3"));
}

TEST_F(CheckpointKeeperTest, AnEarlierCheckpointStandsWhenTheLedgerHasGrownSince) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  Grow(3);
  EXPECT_TRUE(Verify().ok());
}

TEST_F(CheckpointKeeperTest, RefusesALedgerShorterThanWhatWasSigned) {
  Grow(3);
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  Station shorter;
  const Status verified = Open()->VerifyAtStart(*shorter.database->Now());
  EXPECT_EQ(ReasonOf(verified), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  EXPECT_THAT(SentenceOf(verified), HasSubstr("at least 4 records"));
  Station empty(/*with_genesis=*/false);
  EXPECT_EQ(ReasonOf(Open()->VerifyAtStart(*empty.database->Now())),
            v1::ERROR_REASON_LEDGER_TAIL_LOST);
}

TEST_F(CheckpointKeeperTest, RefusesALedgerOfTheSameSizeWithAnotherRoot) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  Station other;
  EXPECT_EQ(ReasonOf(Open()->VerifyAtStart(*other.database->Now())),
            v1::ERROR_REASON_CHECKPOINT_MISMATCH);
}

TEST_F(CheckpointKeeperTest, RefusesANoteThatWasTouched) {
  const auto keeper = Open();
  ASSERT_TRUE(keeper->Beat(*station_.database->Now()).ok());
  std::string note = keeper->Latest();
  note[note.size() - 5] = note[note.size() - 5] == 'A' ? 'B' : 'A';
  ASSERT_TRUE(ReplaceFile(directory() / "checkpoint", note).ok());
  EXPECT_EQ(ReasonOf(Verify()), v1::ERROR_REASON_CHECKPOINT_MISMATCH);
}

/// The signature may have been seen although the note never came into place.
TEST_F(CheckpointKeeperTest, HoldsTheLedgerToWhatWasAboutToBeSigned) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  audit::Checkpoint seen;
  seen.origin = "tearline.example/audit";
  seen.tree_size = 9;
  ASSERT_TRUE(ReplaceFile(directory() / "pending", audit::NoteBody(seen)).ok());
  EXPECT_EQ(ReasonOf(Verify()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
}

/// A crash may fall between the two files of a note, and a copy may miss one of them.
TEST_F(CheckpointKeeperTest, HoldsTheLedgerToTheNewestNoteOfEitherFile) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  const std::string first = Open()->Latest();
  Grow(2);
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  const std::string newest = Open()->Latest();
  std::filesystem::remove(directory() / "pending");
  ASSERT_TRUE(ReplaceFile(directory() / "checkpoint", first).ok());
  EXPECT_EQ(Open()->Latest(), newest);
  std::filesystem::remove(directory() / "checkpoint");
  EXPECT_EQ(Open()->Latest(), newest);
  EXPECT_TRUE(Verify().ok());
  Station shorter;
  EXPECT_EQ(ReasonOf(Open()->VerifyAtStart(*shorter.database->Now())),
            v1::ERROR_REASON_LEDGER_TAIL_LOST);
}

/// Only the newest note of either file counts, but a newest that was touched is not passed over.
TEST_F(CheckpointKeeperTest, RefusesANewestNoteBySizeThatWasTouched) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  ASSERT_TRUE(ReplaceFile(directory() / "checkpoints" / "7", "nonsense").ok());
  EXPECT_EQ(ReasonOf(Verify()), v1::ERROR_REASON_CHECKPOINT_MISMATCH);
}

TEST_F(CheckpointKeeperTest, RefusesAnotherKeyThanTheGenesisNames) {
  const auto other = crypto::MakeSignerFromSeed(std::string(32, 'O'));
  EXPECT_EQ(ReasonOf(Open(*other)->VerifyAtStart(*station_.database->Now())),
            v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE);
}

TEST_F(CheckpointKeeperTest, PublishesNothingIfSigningFails) {
  ASSERT_TRUE(Open()->Beat(*station_.database->Now()).ok());
  const std::string stands = Open()->Latest();
  Grow(1);
  NoSigner away;
  const auto keeper = Open(away);
  EXPECT_EQ(ReasonOf(keeper->Beat(*station_.database->Now())),
            v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE);
  EXPECT_EQ(keeper->Latest(), stands);
  EXPECT_EQ(*ReadSmallFile(directory() / "checkpoint"), stands);
  EXPECT_TRUE(Verify().ok());
}

TEST_F(CheckpointKeeperTest, BeatsByItself) {
  const auto keeper = Open();
  keeper->StartBeat(
      std::chrono::milliseconds(5), [this] { return station_.database->Now(); },
      [](const std::string& sentence) { ADD_FAILURE() << sentence; });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (keeper->Latest().empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  keeper->StopBeat();
  EXPECT_THAT(keeper->Latest(), StartsWith("tearline.example/audit\n1\n"));
}

/// Law 8. A device takes bytes and cannot be synced.
TEST_F(CheckpointKeeperTest, AfterASyncThatFailedItSaysSoAndBeatsNoMore) {
  const auto keeper = Open();
  std::filesystem::create_symlink("/dev/null", directory() / "pending.new");
  std::promise<std::string> said;
  keeper->StartBeat(
      std::chrono::milliseconds(5), [this] { return station_.database->Now(); },
      [&said](const std::string& sentence) { said.set_value(sentence); });
  auto sentence = said.get_future();
  ASSERT_EQ(sentence.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_THAT(sentence.get(), HasSubstr("look at the disk"));
  std::filesystem::remove(directory() / "pending.new");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  keeper->StopBeat();
  EXPECT_EQ(keeper->Latest(), "");
}

}  // namespace
}  // namespace tearline::sequencer
