#include "clients/witness/kept_checkpoint.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/clients/run_tearline.h"

namespace {

/// What was synced, in order, while somebody looks.
std::vector<std::string>* synced = nullptr;

}  // namespace

/// In the place of the C library's: syncs, and notes what.
extern "C" int fsync(int descriptor) {
  if (synced != nullptr) {
    synced->push_back(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor)));
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace tearline::witness {
namespace {

/// What a Replace syncs, in order.
std::vector<std::string> SyncedBy(const KeptCheckpoint& kept, const std::string& note) {
  std::vector<std::string> paths;
  synced = &paths;
  EXPECT_TRUE(kept.Replace(note).ok());
  synced = nullptr;
  return paths;
}

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

/// A run may have ended between making the directory and syncing it into its parent: whoever finds
/// it there can't know.
TEST(KeptCheckpoint, TheFirstIsReachedThroughSyncedDirectoriesOnly) {
  const doubles::Workplace workplace;
  const std::string parent = std::filesystem::canonical(workplace.Path(""));
  const std::string place = parent + '/' + PlaceOf("example.org/log");
  for (const bool was_left_behind : {false, true}) {
    std::filesystem::remove_all(place);
    if (was_left_behind) std::filesystem::create_directory(place);
    const KeptCheckpoint kept(parent, "example.org/log");
    EXPECT_EQ(SyncedBy(kept, "first"),
              (std::vector<std::string>{parent, place + "/checkpoint.new", place}))
        << was_left_behind;
    EXPECT_EQ(SyncedBy(kept, "second"),
              (std::vector<std::string>{place + "/checkpoint.new", place}));
  }
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
