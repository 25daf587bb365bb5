#include "broker/disk/marked_files.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "broker/disk/mark.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::disk {
namespace {

class MarkedFilesTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return (home_.path() / name).string(); }

  std::unique_ptr<rocksdb::WritableFile> Make(const char* name) const {
    std::unique_ptr<rocksdb::WritableFile> file;
    EXPECT_TRUE(MarkedFiles()->NewWritableFile(Path(name), &file, rocksdb::EnvOptions()).ok());
    return file;
  }

  std::optional<std::uint64_t> Marked() const {
    std::ifstream mark(Path("SYNCED-000010"), std::ios::binary);
    return ReadMark(std::string(std::istreambuf_iterator<char>(mark), {}));
  }

  const doubles::TemporaryDirectory home_;
};

TEST_F(MarkedFilesTest, AMarkSaysWhatIsSyncedAndNotWhatIsWritten) {
  const auto manifest = Make("MANIFEST-000010");
  ASSERT_TRUE(manifest->Append("one").ok());
  EXPECT_EQ(Marked(), std::nullopt);
  ASSERT_TRUE(manifest->Sync().ok());
  EXPECT_EQ(Marked(), 3u);
  ASSERT_TRUE(manifest->Append("three").ok());
  EXPECT_EQ(Marked(), 3u);
  ASSERT_TRUE(manifest->Fsync().ok());
  EXPECT_EQ(Marked(), 8u);
}

TEST_F(MarkedFilesTest, AManifestMadeAnewIsNotSynced) {
  ASSERT_TRUE(Make("MANIFEST-000010")->Sync().ok());
  EXPECT_EQ(Marked(), 0u);
  Make("MANIFEST-000010");
  EXPECT_EQ(Marked(), std::nullopt);
}

TEST_F(MarkedFilesTest, AMarkGoesWithItsManifest) {
  ASSERT_TRUE(Make("MANIFEST-000010")->Sync().ok());
  ASSERT_TRUE(MarkedFiles()->DeleteFile(Path("MANIFEST-000010")).ok());
  EXPECT_TRUE(std::filesystem::is_empty(home_.path()));
}

TEST_F(MarkedFilesTest, OtherFilesHaveNone) {
  ASSERT_TRUE(Make("000010.log")->Sync().ok());
  EXPECT_FALSE(std::filesystem::exists(Path("SYNCED-000010")));
}

/// A manifest whose mark can't be made is not made either: RocksDB stops.
TEST_F(MarkedFilesTest, WithoutAMarkThereIsNoManifest) {
  std::filesystem::create_directory(Path("SYNCED-000010"));
  std::unique_ptr<rocksdb::WritableFile> file;
  EXPECT_FALSE(
      MarkedFiles()->NewWritableFile(Path("MANIFEST-000010"), &file, rocksdb::EnvOptions()).ok());
}

}  // namespace
}  // namespace tearline::disk
