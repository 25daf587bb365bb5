#include "clients/witness/kept_checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/clients/run_tearline.h"
#include "tests/witness/watched_disk.h"

namespace tearline::witness {
namespace {

/// What a Replace does to the disk, in order.
std::vector<std::string> DoneBy(const KeptCheckpoint& kept, const std::string& note) {
  const WatchedDisk disk;
  EXPECT_TRUE(kept.Replace(note).ok());
  return disk.Done();
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
    const std::string beside = place + "/checkpoint.new";
    EXPECT_EQ(DoneBy(kept, "first"),
              (std::vector<std::string>{"sync " + parent, "sync " + beside, "rename " + beside,
                                        "sync " + place}))
        << was_left_behind;
    EXPECT_EQ(DoneBy(kept, "second"),
              (std::vector<std::string>{"sync " + beside, "rename " + beside, "sync " + place}));
  }
}

TEST(KeptCheckpoint, SaysWhenNothingWasChanged) {
  const doubles::Workplace workplace;
  workplace.Write(PlaceOf("example.org/log"), "a file where the directory should be");
  const KeptCheckpoint kept(workplace.Path(""), "example.org/log");
  EXPECT_TRUE(absl::IsUnavailable(kept.Replace("note")));
}

/// Whichever step a disk refuses, what was kept before is there, or the new one whole; and which of
/// the two is not known is said only where it is not.
TEST(KeptCheckpoint, SaysOfEveryStepThatFailsWhatIsLeft) {
  for (const bool is_first : {true, false}) {
    const std::size_t steps = is_first ? 4 : 3;
    for (std::size_t step = 0; step < steps; ++step) {
      const doubles::Workplace workplace;
      const KeptCheckpoint kept(workplace.Path(""), "example.org/log");
      if (!is_first) {
        ASSERT_TRUE(kept.Replace("first").ok());
      }
      const std::string before = kept.Read().value();
      absl::Status replaced;
      {
        const WatchedDisk disk(step);
        replaced = kept.Replace("second");
        EXPECT_EQ(disk.Done().size(), step + 1) << "and nothing is done after it";
      }
      const bool is_last = step + 1 == steps;
      EXPECT_EQ(absl::IsAborted(replaced), is_last) << step << ' ' << replaced;
      EXPECT_EQ(absl::IsUnavailable(replaced), !is_last) << step << ' ' << replaced;
      EXPECT_EQ(kept.Read().value(), is_last ? "second" : before) << step;
      EXPECT_TRUE(kept.Replace("third").ok());
      EXPECT_EQ(kept.Read().value(), "third");
    }
  }
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
