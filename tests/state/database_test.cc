#include "broker/state/database.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "tests/doubles/memory_state.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/doubles/torn_manifest.h"

namespace tearline::state {
namespace {

Key AgencyKey(const std::string& name) { return Key(Table::kAgency).Name(name); }

class DatabaseTest : public testing::Test {
 protected:
  void Open() {
    database_.reset();
    Result<std::unique_ptr<Database>> opened = Database::Open(directory_.path() / "state");
    ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
    database_ = *std::move(opened);
  }
  void SetUp() override { Open(); }
  void CommitOne(const std::string& name, const std::string& value, model::Position position) {
    const std::shared_ptr<const View> now = database_->Now();
    Batch batch(*now);
    batch.Put(AgencyKey(name), value);
    ASSERT_TRUE(database_->Commit(batch, position).ok());
  }

  doubles::TemporaryDirectory directory_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, BeginsEmptyAtPositionZero) {
  EXPECT_EQ(database_->Position(), 0u);
  EXPECT_EQ(database_->Now()->position(), 0u);
  EXPECT_EQ(database_->Now()->Get(AgencyKey("police")), std::nullopt);
}

TEST_F(DatabaseTest, KeepsRowsAndPositionTogetherOverARestart) {
  CommitOne("police", "here", 7);
  const crypto::Digest digest = database_->Digest();
  Open();
  EXPECT_EQ(database_->Position(), 7u);
  EXPECT_EQ(database_->Now()->position(), 7u);
  EXPECT_EQ(database_->Now()->Get(AgencyKey("police")), "here");
  EXPECT_EQ(database_->Digest(), digest);
}

TEST_F(DatabaseTest, AViewStaysAsItIsEvenAfterTheDatabase) {
  CommitOne("police", "before", 1);
  const std::shared_ptr<const View> view = database_->Now();
  CommitOne("police", "after", 2);
  EXPECT_EQ(view->Get(AgencyKey("police")), "before");
  EXPECT_EQ(view->position(), 1u);
  EXPECT_EQ(database_->Now()->Get(AgencyKey("police")), "after");
  database_.reset();
  EXPECT_EQ(view->Get(AgencyKey("police")), "before");
}

TEST_F(DatabaseTest, AnEmptyBatchMovesThePositionAlone) {
  CommitOne("police", "here", 1);
  const std::shared_ptr<const View> now = database_->Now();
  ASSERT_TRUE(database_->Commit(Batch(*now), 9).ok());
  EXPECT_EQ(database_->Position(), 9u);
  EXPECT_EQ(database_->Now()->Get(AgencyKey("police")), "here");
}

TEST_F(DatabaseTest, ScansWithinThePrefixAlsoAtTheEndOfAByte) {
  const std::shared_ptr<const View> now = database_->Now();
  Batch batch(*now);
  batch.Put(Key(Table::kLeaf).Fixed("\xff\xff"), "last");
  batch.Put(Key(Table::kLeaf).Fixed("\xff"), "first");
  batch.Put(Key(Table::kLeaf).Fixed("\xfe"), "below");
  batch.Put(Key(Table::kTreeNode).Fixed(""), "next table");
  ASSERT_TRUE(database_->Commit(batch, 1).ok());
  const auto rows = database_->Now()->Scan(Key(Table::kLeaf).Fixed("\xff"), 10);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].second, "first");
  EXPECT_EQ(rows[1].second, "last");
  EXPECT_EQ(rows[0].first, Key(Table::kLeaf).Fixed("\xff").bytes());
}

/// One row and the position's own; worked out by another program.
TEST_F(DatabaseTest, DigestIsTheWrittenOne) {
  const std::shared_ptr<const View> now = database_->Now();
  Batch batch(*now);
  batch.Put(AgencyKey("police"), "x");
  ASSERT_TRUE(database_->Commit(batch, 5).ok());
  EXPECT_EQ(database_->Digest().Hex(),
            "90c65c8c23c2be76684897983a4ea51cb12547c0d0c9eb74d688cee32e6130be");
}

TEST_F(DatabaseTest, DigestTellsPositionsRowsAndErasuresApart) {
  CommitOne("police", "x", 1);
  const crypto::Digest one = database_->Digest();
  CommitOne("police", "y", 2);
  const crypto::Digest two = database_->Digest();
  EXPECT_NE(one, two);
  const std::shared_ptr<const View> now = database_->Now();
  Batch batch(*now);
  batch.Erase(AgencyKey("police"));
  ASSERT_TRUE(database_->Commit(batch, 3).ok());
  EXPECT_NE(database_->Digest(), one);
  EXPECT_NE(database_->Digest(), two);
}

/// The same writes, in memory, in one database, and in one that is restarted all the time: one
/// digest. The seed is fixed.
TEST_F(DatabaseTest, TheDoubleAndARestartedDatabaseHaveTheSameDigest) {
  doubles::MemoryState memory;
  std::mt19937 chance(20);
  for (model::Position position = 1; position <= 60; ++position) {
    if (position % 20 == 0) Open();
    const std::shared_ptr<const View> now = database_->Now();
    Batch batch(*now);
    for (int i = 0; i < 8; ++i) {
      const Key key = Key(Table::kLeaf).U8(static_cast<std::uint8_t>(chance() % 30));
      if (chance() % 3 == 0) {
        batch.Erase(key);
      } else {
        batch.Put(key, std::to_string(chance() % 100));
      }
    }
    ASSERT_TRUE(database_->Commit(batch, position).ok());
    memory.Commit(batch, position);
    ASSERT_EQ(database_->Digest(), memory.Digest()) << "at position " << position;
    ASSERT_EQ(database_->Now()->Scan(Key(Table::kLeaf), 100), memory.Scan(Key(Table::kLeaf), 100));
  }
}

/// Changes rows behind the database's back, as another build left them.
class AnotherBuild : public DatabaseTest {
 protected:
  void Write(const Key& key, const std::optional<std::string>& value) {
    database_.reset();
    rocksdb::DB* opened = nullptr;
    const std::string path = (directory_.path() / "state").string();
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), path, &opened).ok());
    const std::unique_ptr<rocksdb::DB> rows(opened);
    const rocksdb::Slice slice(key.bytes());
    ASSERT_TRUE((value ? rows->Put(rocksdb::WriteOptions(), slice, *value)
                       : rows->Delete(rocksdb::WriteOptions(), slice))
                    .ok());
  }
};

TEST_F(AnotherBuild, IsKnownByItsShape) {
  EXPECT_TRUE(database_->HasThisShape()) << "from the first moment";
  CommitOne("police", "here", 7);
  Open();
  EXPECT_TRUE(database_->HasThisShape());
  Write(Key(Table::kStateShape), Key(Table::kStateShape).U32(kShape + 1).bytes().substr(1));
  Open();
  EXPECT_FALSE(database_->HasThisShape());
  EXPECT_EQ(database_->Position(), 7u) << "so that a lost tail is noticed all the same";
  Write(Key(Table::kStateShape), std::nullopt);
  Open();
  EXPECT_FALSE(database_->HasThisShape()) << "as before there were shapes";
}

TEST_F(AnotherBuild, IsEmptiedAndStaysSo) {
  CommitOne("police", "x", 5);
  const crypto::Digest once = database_->Digest();
  CommitOne("prison", "y", 6);
  Write(Key(Table::kStateShape), std::nullopt);
  Open();
  ASSERT_TRUE(database_->Empty().ok());
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_TRUE(database_->HasThisShape());
    EXPECT_EQ(database_->Position(), 0u);
    EXPECT_EQ(database_->Now()->Get(AgencyKey("police")), std::nullopt);
    EXPECT_EQ(database_->Now()->Get(AgencyKey("prison")), std::nullopt);
    Open();
  }
  CommitOne("police", "x", 5);
  EXPECT_EQ(database_->Digest(), once);
}

/// What is only an empty database with a number in it is not damage.
TEST_F(AnotherBuild, MayHaveMadeItAndNotUsedIt) {
  Write(Key(Table::kStateShape), Key(Table::kStateShape).U32(kShape + 1).bytes().substr(1));
  Open();
  EXPECT_TRUE(database_->HasThisShape());
}

TEST_F(DatabaseTest, RefusesASecondOpening) {
  EXPECT_EQ(ReasonOf(Database::Open(directory_.path() / "state").status()),
            v1::ERROR_REASON_STORAGE_FAILED);
}

/// A past told beside the state is not to take as much memory again.
TEST_F(DatabaseTest, WritesOutSoonerWhatIsScratch) {
  const auto written_out = [this](Memory memory, const char* name) {
    const std::filesystem::path directory = directory_.path() / name;
    const auto database = *Database::Open(directory, memory);
    for (model::Position position = 1; position <= 24; ++position) {
      Batch batch(*database->Now());
      batch.Put(Key(Table::kLeafPosition).U64(position), std::string(1024 * 1024, 'x'));
      EXPECT_TRUE(database->Commit(batch, position).ok());
    }
    return std::ranges::any_of(std::filesystem::directory_iterator(directory),
                               [](const auto& file) { return file.path().extension() == ".sst"; });
  };
  EXPECT_TRUE(written_out(Memory::kScratch, "scratch"));
  EXPECT_FALSE(written_out(Memory::kBroker, "served"));
}

/// What RocksDB noted and never synced, lost power may tear: nothing depends on it.
TEST_F(DatabaseTest, OpensWhereItsManifestsLastNoteIsTorn) {
  CommitOne("police", "here", 7);
  database_.reset();
  doubles::TearManifest(directory_.path() / "state");
  Open();
  EXPECT_EQ(database_->Position(), 7u);
}

TEST_F(DatabaseTest, RefusesDamagedFilesAndSaysWhatHelps) {
  CommitOne("police", "x", 1);
  database_.reset();
  std::ofstream(directory_.path() / "state" / "CURRENT", std::ios::trunc) << "not a manifest\n";
  const auto opened = Database::Open(directory_.path() / "state");
  EXPECT_EQ(ReasonOf(opened.status()), v1::ERROR_REASON_STATE_CORRUPT);
  EXPECT_NE(SentenceOf(opened.status()).find("rebuilt from the ledger"), std::string::npos);
}

using DatabaseDeathTest = DatabaseTest;

TEST_F(DatabaseDeathTest, ThePositionNeverGoesBack) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  CommitOne("police", "x", 5);
  const std::shared_ptr<const View> now = database_->Now();
  const Batch batch(*now);
  EXPECT_DEATH(static_cast<void>(database_->Commit(batch, 5)), "only moves forward");
}

}  // namespace
}  // namespace tearline::state
