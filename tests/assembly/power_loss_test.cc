#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/assembly/history.h"

// Five things last, and each reaches the disk by itself: records, head file, state, keys and
// checkpoints. Here each is put back to any of several moments, and a start is made on what is
// then there. Whatever it finds, it serves exactly what the ledger says, with every content
// readable, or it refuses with a sentence that says what to restore; and it says the same again.

namespace tearline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr v1::ErrorReason kServes = v1::ERROR_REASON_UNSPECIFIED;

/// Of which moment each store is.
struct Mix {
  const Moment& ledger;
  const Moment& head;
  const Moment& state;
  const Moment& vault;
  const Moment& checkpoints;
};

class PowerLoss : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    history_ = new History();
    begun_ = new Moment(history_->Copy("begun"));
    history_->Publish(2);
    early_ = new Moment(history_->Copy("early"));
    history_->Publish(2);
    late_ = new Moment(history_->Copy("late"));
    history_->GoOnFrom(*early_);
    history_->Publish(3);
    other_ = new Moment(history_->Copy("other"));
    history_->Close();
  }
  static void TearDownTestSuite() {
    for (const Moment* moment : {begun_, early_, late_, other_}) delete moment;
    delete history_;
  }

  void TearDown() override { fs::remove_all(Place()); }

  static fs::path Place() { return history_->installation().Path("mix"); }

  static void Lay(const Mix& mix) {
    fs::remove_all(Place());
    CopyAll(mix.ledger.directory / "ledger", Place() / "ledger");
    CopyAll(mix.state.directory / "state", Place() / "state");
    CopyAll(mix.vault.directory / "vault", Place() / "vault");
    CopyAll(mix.checkpoints.directory / "checkpoints", Place() / "checkpoints");
    fs::copy_file(mix.head.directory / "ledger" / "HEAD", Place() / "ledger" / "HEAD",
                  fs::copy_options::overwrite_existing);
  }
  static void Lay(const Moment& all) { Lay({all, all, all, all, all}); }

  /// A start on what lies there gives `reason`; if that is to serve, then exactly `as`.
  static void ExpectStart(v1::ErrorReason reason, const Moment& as) {
    const Outcome outcome = history_->Start(Place());
    ASSERT_EQ(v1::ErrorReason_Name(outcome.reason), v1::ErrorReason_Name(reason))
        << outcome.sentence;
    if (reason != kServes) {
      EXPECT_THAT(outcome.sentence, testing::AnyOf(HasSubstr("restore"), HasSubstr("delete the")));
      // What proves the loss is still there.
      EXPECT_EQ(history_->Start(Place()).sentence, outcome.sentence);
      return;
    }
    EXPECT_EQ(outcome.position, as.position);
    EXPECT_EQ(outcome.state_digest.Hex(), as.state_digest.Hex());
    EXPECT_EQ(outcome.root.Hex(), as.root.Hex());
    EXPECT_EQ(outcome.contents, as.contents);
  }

  static inline History* history_ = nullptr;
  static inline const Moment* begun_ = nullptr;
  static inline const Moment* early_ = nullptr;
  static inline const Moment* late_ = nullptr;
  /// Went on from `early_` another way, further than `late_`.
  static inline const Moment* other_ = nullptr;
};

/// What ought to come of stores of one history.
v1::ErrorReason Ought(const Mix& mix) {
  const model::Position tip = mix.ledger.position;
  if (mix.head.position > tip || mix.state.position > tip) {
    return v1::ERROR_REASON_LEDGER_TAIL_LOST;
  }
  if (mix.vault.position < tip) return v1::ERROR_REASON_KEY_MISSING;
  return mix.checkpoints.position > tip ? v1::ERROR_REASON_LEDGER_TAIL_LOST : kServes;
}

TEST_F(PowerLoss, EveryMixtureOfOneHistoryServesWhatTheLedgerSaysOrIsRefused) {
  const std::array<const Moment*, 3> moments = {begun_, early_, late_};
  int served = 0;
  for (int number = 0; number < 3 * 3 * 3 * 3 * 3; ++number) {
    const auto at = [&](int digit) -> const Moment& {
      int rest = number;
      for (; digit > 0; --digit) rest /= 3;
      return *moments[static_cast<std::size_t>(rest % 3)];
    };
    const Mix mix{at(0), at(1), at(2), at(3), at(4)};
    SCOPED_TRACE(testing::Message()
                 << "positions: ledger " << mix.ledger.position << ", head " << mix.head.position
                 << ", state " << mix.state.position << ", vault " << mix.vault.position
                 << ", checkpoints " << mix.checkpoints.position);
    Lay(mix);
    ExpectStart(Ought(mix), mix.ledger);
    served += Ought(mix) == kServes;
  }
  EXPECT_EQ(served, 3 + 16 + 27);  // by where the ledger stands: begun, early, late
}

/// The ledger was put back and went on another way; something remembers how it was.
TEST_F(PowerLoss, StoresOfAnotherHistoryAreNeverServedWith) {
  const Moment& early = *early_;
  const Moment& late = *late_;
  const Moment& other = *other_;
  struct Row {
    const char* what;
    Mix mix;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      // what                        ledger head   state  vault  checkpoints
      {"all of the other", {other, other, other, other, other}, kServes},
      {"what is older fits both", {other, early, early, other, early}, kServes},
      {"head of the first", {other, late, other, other, other}, v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"state of the first", {other, other, late, other, other}, v1::ERROR_REASON_LEDGER_CORRUPT},
      {"vault of the first", {other, other, other, late, other}, v1::ERROR_REASON_KEY_MISSING},
      {"checkpoints of the first",
       {other, other, other, other, late},
       v1::ERROR_REASON_CHECKPOINT_MISMATCH},
      {"head of the other", {late, other, late, late, late}, v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"state of the other", {late, late, other, late, late}, v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"vault of the other", {late, late, late, other, late}, v1::ERROR_REASON_KEY_MISSING},
      {"checkpoints of the other",
       {late, late, late, late, other},
       v1::ERROR_REASON_LEDGER_TAIL_LOST},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    Lay(row.mix);
    ExpectStart(row.reason, row.mix.ledger);
  }
}

/// The newest write-ahead log of a store.
fs::path LogOf(const fs::path& store) {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(store)) {
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path());
  }
  return newest;
}

/// Cuts bytes off the end of a file.
void Cut(const fs::path& file, std::uintmax_t bytes) {
  fs::resize_file(file, fs::file_size(file) - std::min(bytes, fs::file_size(file)));
}

void Write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

constexpr std::uintmax_t kWhole = 1 << 30;

/// What a power cut, or a copy that was not atomic, leaves within one store; all else is late.
TEST_F(PowerLoss, FilesThatWereCutOffOrLeftBehindAreRepairedOrRefused) {
  struct Row {
    const char* what;
    void (*spoil)(const fs::path& place);
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {"no head file", [](const fs::path& place) { fs::remove(place / "ledger/HEAD"); }, kServes},
      {"a torn head file", [](const fs::path& place) { Cut(place / "ledger/HEAD", 20); }, kServes},
      {"an empty head file", [](const fs::path& place) { Write(place / "ledger/HEAD", ""); },
       kServes},
      {"a head file half written beside the old one",
       [](const fs::path& place) { Write(place / "ledger/HEAD.new", "TLH1"); }, kServes},
      {"the ledger's last bytes", [](const fs::path& place) { Cut(LogOf(place / "ledger"), 1); },
       v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"the ledger's last bytes and the head file",
       [](const fs::path& place) {
         Cut(LogOf(place / "ledger"), 1);
         fs::remove(place / "ledger/HEAD");
       },
       v1::ERROR_REASON_LEDGER_TAIL_LOST},  // the state proves it
      {"the ledger's last bytes, head file and state",
       [](const fs::path& place) {
         Cut(LogOf(place / "ledger"), 1);
         fs::remove(place / "ledger/HEAD");
         fs::remove_all(place / "state");
       },
       v1::ERROR_REASON_LEDGER_TAIL_LOST},  // the checkpoints prove it
      {"the ledger", [](const fs::path& place) { fs::remove_all(place / "ledger"); },
       v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"ledger and state",
       [](const fs::path& place) {
         fs::remove_all(place / "ledger");
         fs::remove_all(place / "state");
       },
       v1::ERROR_REASON_LEDGER_TAIL_LOST},
      {"the ledger's smallest file",
       [](const fs::path& place) { fs::remove(place / "ledger/CURRENT"); },
       v1::ERROR_REASON_LEDGER_CORRUPT},
      {"the state", [](const fs::path& place) { fs::remove_all(place / "state"); }, kServes},
      {"the state's last bytes", [](const fs::path& place) { Cut(LogOf(place / "state"), 1); },
       kServes},
      {"most of the state's log", [](const fs::path& place) { Cut(LogOf(place / "state"), 3000); },
       kServes},
      {"the state's whole log", [](const fs::path& place) { fs::remove(LogOf(place / "state")); },
       kServes},
      {"the state's smallest file",
       [](const fs::path& place) { Write(place / "state/CURRENT", ""); },
       v1::ERROR_REASON_STATE_CORRUPT},
      {"the vault", [](const fs::path& place) { fs::remove_all(place / "vault"); },
       v1::ERROR_REASON_KEY_MISSING},
      {"the vault's last bytes", [](const fs::path& place) { Cut(LogOf(place / "vault"), 1); },
       v1::ERROR_REASON_KEY_MISSING},
      {"the vault's whole log", [](const fs::path& place) { Cut(LogOf(place / "vault"), kWhole); },
       v1::ERROR_REASON_KEY_MISSING},
      {"the checkpoints", [](const fs::path& place) { fs::remove_all(place / "checkpoints"); },
       kServes},
      {"the newest checkpoint",
       [](const fs::path& place) { fs::remove(place / "checkpoints/checkpoint"); }, kServes},
      {"a checkpoint half written beside the old one",
       [](const fs::path& place) { Write(place / "checkpoints/checkpoint.new", "tearline"); },
       kServes},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    Lay(*late_);
    row.spoil(Place());
    ExpectStart(row.reason, *late_);
  }
}

/// A checkpoint is three files, written one after the other. Any of them proves that records
/// existed.
TEST_F(PowerLoss, EachFileOfACheckpointProvesALostTailByItself) {
  const std::string by_size = "checkpoints/" + std::to_string(late_->position);
  for (const std::string& file : {std::string("pending"), std::string("checkpoint"), by_size}) {
    SCOPED_TRACE(file);
    for (const bool lost : {false, true}) {
      const Moment& ledger = lost ? *early_ : *late_;
      Lay({ledger, ledger, *early_, *late_, *early_});
      fs::copy_file(late_->directory / "checkpoints" / file, Place() / "checkpoints" / file,
                    fs::copy_options::overwrite_existing);
      ExpectStart(lost ? v1::ERROR_REASON_LEDGER_TAIL_LOST : kServes, ledger);
    }
  }
}

/// A vault of another ledger holds keys, opens with the same key-encryption key, and fits nothing.
TEST_F(PowerLoss, AVaultThatNeverBelongedToThisLedgerIsRefused) {
  const History stranger;
  const Moment& early = *early_;
  Lay(early);
  fs::remove_all(Place() / "vault");
  CopyAll(stranger.installation().Path("vault"), Place() / "vault");
  ExpectStart(v1::ERROR_REASON_KEY_MISSING, early);
  EXPECT_THAT(history_->Start(Place()).sentence, HasSubstr("vault of another ledger"));
}

}  // namespace
}  // namespace tearline
