#include "broker/sequencer/durable_file.h"

#include <gtest/gtest.h>

#include "tests/doubles/temporary_directory.h"

namespace tearline::sequencer {
namespace {

TEST(DurableFile, IsReplacedWhole) {
  const doubles::TemporaryDirectory directory;
  const auto path = directory.path() / "file";
  EXPECT_EQ(*ReadSmallFile(path), "");
  ASSERT_TRUE(ReplaceFile(path, "a longer content").ok());
  ASSERT_TRUE(ReplaceFile(path, "short").ok());
  EXPECT_EQ(*ReadSmallFile(path), "short");
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "file.new"));
}

TEST(DurableFile, ThatCannotBeWrittenIsRefusedAndTheOldStands) {
  const doubles::TemporaryDirectory directory;
  EXPECT_EQ(ReasonOf(ReplaceFile(directory.path() / "missing" / "file", "x")),
            v1::ERROR_REASON_STORAGE_FAILED);
  const auto path = directory.path() / "file";
  ASSERT_TRUE(ReplaceFile(path, "old").ok());
  std::filesystem::create_directory(directory.path() / "file.new");
  EXPECT_EQ(ReasonOf(ReplaceFile(path, "new")), v1::ERROR_REASON_STORAGE_FAILED);
  EXPECT_EQ(*ReadSmallFile(path), "old");
}

/// A device takes bytes and cannot be synced; a full one does not even take them.
TEST(DurableFile, ThatCannotBeSyncedIsAnotherMatterThanOneThatCannotBeWritten) {
  const doubles::TemporaryDirectory directory;
  const auto path = directory.path() / "file";
  std::filesystem::create_symlink("/dev/null", directory.path() / "file.new");
  EXPECT_EQ(ReasonOf(ReplaceFile(path, "new")), v1::ERROR_REASON_UNKNOWN_OUTCOME);
  std::filesystem::remove(directory.path() / "file.new");
  std::filesystem::create_symlink("/dev/full", directory.path() / "file.new");
  EXPECT_EQ(ReasonOf(ReplaceFile(path, "new")), v1::ERROR_REASON_STORAGE_FAILED);
}

TEST(DurableFile, IsReadUpToItsBound) {
  const doubles::TemporaryDirectory directory;
  const auto path = directory.path() / "file";
  ASSERT_TRUE(ReplaceFile(path, std::string(64 * 1024, 'x')).ok());
  EXPECT_EQ(ReadSmallFile(path)->size(), 64u * 1024);
  ASSERT_TRUE(ReplaceFile(path, std::string(64 * 1024 + 4096, 'x')).ok());
  EXPECT_FALSE(ReadSmallFile(path).ok());
}

TEST(MakeDirectory, MakesOneLevelAndNoMore) {
  const doubles::TemporaryDirectory directory;
  EXPECT_TRUE(MakeDirectory(directory.path() / "a").ok());
  EXPECT_TRUE(MakeDirectory(directory.path() / "a").ok());
  EXPECT_EQ(ReasonOf(MakeDirectory(directory.path() / "b" / "c")), v1::ERROR_REASON_STORAGE_FAILED);
}

}  // namespace
}  // namespace tearline::sequencer
