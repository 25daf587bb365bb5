#include "broker/disk/cut_manifest.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "broker/disk/mark.h"
#include "broker/disk/marked_files.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/doubles/torn_manifest.h"

namespace tearline::disk {
namespace {

namespace fs = std::filesystem;

/// A closed RocksDB, one row of it in a file, one in a log.
class CutManifestTest : public testing::Test {
 protected:
  CutManifestTest() {
    EXPECT_TRUE(Open().ok());
    rocksdb::WriteOptions durable;
    durable.sync = true;
    EXPECT_TRUE(database_->Put(durable, "first", "1").ok());
    EXPECT_TRUE(database_->Flush(rocksdb::FlushOptions()).ok());
    EXPECT_TRUE(database_->Put(durable, "second", "2").ok());
    database_.reset();
  }

  rocksdb::Status Open() {
    database_.reset();
    rocksdb::Options options;
    options.create_if_missing = true;
    options.env = MarkedFiles();
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, home_.path().string(), &opened);
    database_.reset(opened);
    return status;
  }

  bool HoldsBothRows() {
    std::string value;
    return database_->Get(rocksdb::ReadOptions(), "first", &value).ok() && value == "1" &&
           database_->Get(rocksdb::ReadOptions(), "second", &value).ok() && value == "2";
  }

  fs::path Manifest() const { return doubles::ManifestIn(home_.path()); }

  const doubles::TemporaryDirectory home_;
  std::unique_ptr<rocksdb::DB> database_;
};

TEST_F(CutManifestTest, WhatWasNeverSyncedIsCutForGood) {
  const std::uintmax_t whole = fs::file_size(Manifest());
  doubles::TearManifest(home_.path());
  ASSERT_TRUE(Open().IsCorruption());
  EXPECT_TRUE(CutManifest(home_.path()));
  EXPECT_EQ(fs::file_size(Manifest()), whole);
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(HoldsBothRows());
}

TEST_F(CutManifestTest, WhatIsWholeIsLeft) {
  const std::uintmax_t whole = fs::file_size(Manifest());
  EXPECT_FALSE(CutManifest(home_.path()));
  EXPECT_EQ(fs::file_size(Manifest()), whole);
}

/// The last note was synced: files may have been deleted on its word.
TEST_F(CutManifestTest, AFlippedBitBeforeTheMarkStaysDamage) {
  doubles::FlipManifest(home_.path());
  ASSERT_TRUE(Open().IsCorruption());
  EXPECT_FALSE(CutManifest(home_.path()));
  EXPECT_TRUE(Open().IsCorruption());
  doubles::TearManifest(home_.path());
  EXPECT_TRUE(CutManifest(home_.path()));
  EXPECT_TRUE(Open().IsCorruption());
}

TEST_F(CutManifestTest, WithoutAMarkNothingIsKnown) {
  doubles::TearManifest(home_.path());
  fs::remove(*MarkOf(Manifest()));
  EXPECT_FALSE(CutManifest(home_.path()));
}

TEST_F(CutManifestTest, WithoutACurrentThatReadsNothingIsKnown) {
  doubles::TearManifest(home_.path());
  fs::resize_file(home_.path() / "CURRENT", 5);
  EXPECT_FALSE(CutManifest(home_.path()));
  fs::remove(home_.path() / "CURRENT");
  EXPECT_FALSE(CutManifest(home_.path()));
}

TEST_F(CutManifestTest, NotWhileSomebodyHasItOpen) {
  ASSERT_TRUE(Open().ok());
  doubles::TearManifest(home_.path());
  EXPECT_FALSE(CutManifest(home_.path()));
}

/// Marks of manifests that are gone do not gather.
TEST_F(CutManifestTest, OneMarkStays) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Open().ok());
  database_.reset();
  int marks = 0;
  for (const auto& entry : fs::directory_iterator(home_.path())) {
    marks += entry.path().filename().string().starts_with("SYNCED-") ? 1 : 0;
  }
  EXPECT_EQ(marks, 1);
}

}  // namespace
}  // namespace tearline::disk
