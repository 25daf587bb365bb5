#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/faults/promised.h"

namespace tearline::faults {
namespace {

using doubles::CommandOutcome;

/// The workload's exit code when a promise is broken.
constexpr int kBroken = 3;
/// Bytes tried, of some hundred thousand.
constexpr std::uint64_t kBytes = 80;

class Damage : public testing::Test {
 protected:
  /// Whatever happened to the files, the installation refuses to be opened, or keeps what it
  /// promised; it is never served wrong. True if it was refused.
  bool RefusedOrKept(const std::string& what) {
    const CommandOutcome check = promised_.Check("");
    EXPECT_NE(check.exit_code, kBroken) << what << "\n" << check.errors;
    EXPECT_TRUE(check.exit_code == 0 || !check.errors.empty()) << what;
    return check.exit_code != 0;
  }

  const Promised promised_;
};

TEST_F(Damage, AFlippedBitAnywhereIsRefusedOrHarmless) {
  std::uint64_t total = 0;
  for (const auto& file : promised_.Files()) total += std::filesystem::file_size(file);
  int tried = 0;
  int refused = 0;
  for (const std::uint64_t place : PlacesIn(total, kBytes)) {
    ++tried;
    promised_.Restore();
    std::uint64_t at = place - 1;
    for (const auto& file : promised_.Files()) {
      const std::uint64_t size = std::filesystem::file_size(file);
      if (at < size) {
        FlipBit(file, at);
        refused += RefusedOrKept(file.filename().string() + " at byte " + std::to_string(at));
        break;
      }
      at -= size;
    }
    if (HasFailure()) break;
  }
  RecordProperty("tried", tried);
  RecordProperty("ended", refused);
  EXPECT_GT(refused, 0);
}

TEST_F(Damage, AMissingFileIsRefusedOrHarmless) {
  int tried = 0;
  int refused = 0;
  for (const auto& file : promised_.Files()) {
    ++tried;
    promised_.Restore();
    std::filesystem::remove(file);
    refused += RefusedOrKept("without " + file.string());
  }
  RecordProperty("tried", tried);
  RecordProperty("ended", refused);
  EXPECT_GT(refused, 4);
}

TEST_F(Damage, AMissingStoreIsRefusedOrRebuilt) {
  struct Row {
    const char* store;
    bool refused;
  };
  for (const Row& row : {Row{"state", false}, Row{"vault", true}, Row{"ledger", true}}) {
    promised_.Restore();
    for (const auto& file : promised_.Files()) {
      if (file.parent_path().filename() == row.store) std::filesystem::remove(file);
    }
    EXPECT_EQ(RefusedOrKept(row.store), row.refused) << row.store;
  }
}

}  // namespace
}  // namespace tearline::faults
