#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tests/faults/promised.h"

namespace tearline::faults {
namespace {

using doubles::CommandOutcome;

constexpr int kPowerLost = 86;
/// Places each fault is tried at, of some three hundred.
constexpr std::uint64_t kPlaces = 20;

class Power : public testing::Test {
 protected:
  /// How many operations a whole run does when nothing fails.
  std::uint64_t Operations() {
    const CommandOutcome whole = promised_.Write("");
    EXPECT_EQ(whole.exit_code, 0) << whole.errors;
    return promised_.Counted().operations;
  }

  /// Tries a kind of fault at places spread over a run: each time all that was promised, before it
  /// and up to it, holds on a disk that is well again; and a program that was struck does not go on
  /// promising. A run of several threads may end before its place comes: then it was not struck.
  void TryEverywhere(const std::string& kind) {
    int tried = 0;
    int struck = 0;
    int ended = 0;
    for (const std::uint64_t place : PlacesIn(Operations(), kPlaces)) {
      ++tried;
      promised_.Restore();
      const std::string fault =
          kind + " " + std::to_string(place) + " " + std::to_string(place * 7919);
      const CommandOutcome faulty = promised_.Write(fault);
      const bool was_struck = faulty.exit_code == kPowerLost || promised_.Counted().struck > 0;
      struck += was_struck;
      ended += faulty.exit_code != 0;
      EXPECT_TRUE(was_struck || faulty.exit_code == 0) << fault << "\n" << faulty.errors;
      EXPECT_TRUE(!was_struck || faulty.exit_code != 0 || Promised::PromisedAll(faulty))
          << fault << ": it neither ended nor did what it was asked for";
      const CommandOutcome check = promised_.Check(faulty.output);
      EXPECT_EQ(check.exit_code, 0)
          << fault << "\nunder it: " << faulty.errors << "\nafter it: " << check.errors;
      const CommandOutcome verify = promised_.Verify();
      EXPECT_EQ(verify.exit_code, 0) << fault << "\n" << verify.errors;
      if (HasFailure()) break;
    }
    RecordProperty("tried", struck);
    RecordProperty("ended", ended);
    EXPECT_GT(2 * struck, tried);
  }

  const Promised promised_;
};

/// The faults must be there, or what follows shows nothing. Of a full disk RocksDB itself may make
/// an abort; what counts is that the program does not go on.
TEST_F(Power, AFaultyDiskIsFaulty) {
  EXPECT_GT(Operations(), 100u);
  promised_.Restore();
  EXPECT_EQ(promised_.Write("cut 40 1").exit_code, kPowerLost);
  for (const char* fault : {"sync 40 1", "full 40 1", "readonly 40 1"}) {
    promised_.Restore();
    EXPECT_NE(promised_.Write(fault).exit_code, 0) << fault;
  }
}

/// P1: power is lost between any two operations on ledger, head, vault, checkpoint and state, and
/// of what was not synced the disk keeps what it likes.
TEST_F(Power, LostAnywhereTakesNothingThatWasPromised) { TryEverywhere("cut"); }

/// Law 8: after a failed sync the program ends, and what was promised is there although the disk
/// never wrote what the sync was for.
TEST_F(Power, AFailedSyncTakesNothingThatWasPromised) { TryEverywhere("sync"); }

TEST_F(Power, AFullDiskTakesNothingThatWasPromised) { TryEverywhere("full"); }

TEST_F(Power, ADiskThatTurnsReadOnlyTakesNothingThatWasPromised) { TryEverywhere("readonly"); }

}  // namespace
}  // namespace tearline::faults
