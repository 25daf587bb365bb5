#include "clients/witness/kept_checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/clients/run_tearline.h"

namespace tearline::witness {
namespace {

TEST(KeptCheckpoint, IsWhatWasKeptLast) {
  const doubles::Workplace workplace;
  const KeptCheckpoint kept(workplace.Path(""), "example.org/log");
  EXPECT_EQ(kept.Read().value(), "");
  ASSERT_TRUE(kept.Replace("first").ok());
  ASSERT_TRUE(kept.Replace("second").ok());
  EXPECT_EQ(kept.Read().value(), "second");
  EXPECT_EQ(KeptCheckpoint(workplace.Path(""), "example.org/log").Read().value(), "second");
  EXPECT_EQ(KeptCheckpoint(workplace.Path(""), "example.org/other").Read().value(), "");
  // As C2SP tlog-witness tells where monitors look: the SHA-256 of the origin.
  EXPECT_TRUE(std::filesystem::exists(workplace.Path(PlaceOf("example.org/log")) + "/checkpoint"));
}

TEST(KeptCheckpoint, SaysWhenNothingWasChanged) {
  const doubles::Workplace workplace;
  workplace.Write(PlaceOf("example.org/log"), "a file where the directory should be");
  const KeptCheckpoint kept(workplace.Path(""), "example.org/log");
  EXPECT_TRUE(absl::IsUnavailable(kept.Replace("note")));
}

TEST(KeptCheckpoint, AnEmptyFileIsNoFirstTime) {
  const doubles::Workplace workplace;
  const KeptCheckpoint kept(workplace.Path(""), "example.org/log");
  ASSERT_TRUE(kept.Replace("note").ok());
  std::ofstream(workplace.Path(PlaceOf("example.org/log")) + "/checkpoint", std::ios::trunc);
  EXPECT_TRUE(absl::IsDataLoss(kept.Read().status()));
}

TEST(DirectoryLock, BelongsToOneProcess) {
  const doubles::Workplace workplace;
  {
    const auto lock = DirectoryLock::Take(workplace.Path(""));
    ASSERT_TRUE(lock.ok()) << lock.status();
    EXPECT_FALSE(DirectoryLock::Take(workplace.Path("")).ok());
  }
  EXPECT_TRUE(DirectoryLock::Take(workplace.Path("")).ok());
  EXPECT_FALSE(DirectoryLock::Take(workplace.Path("none")).ok());
}

}  // namespace
}  // namespace tearline::witness
