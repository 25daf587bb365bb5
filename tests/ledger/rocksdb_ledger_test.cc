#include "broker/ledger/rocksdb_ledger.h"

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "broker/ledger/head_file.h"
#include "tests/ledger/rocksdb_fixture.h"

namespace tearline::ledger {
namespace {

namespace fs = std::filesystem;

class RocksdbLedgerTest : public RocksdbFixture {
 protected:
  void SetUp() override { Open(); }

  /// What opening says on stderr.
  std::string Warnings() {
    ledger_.reset();
    testing::internal::CaptureStderr();
    Open();
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(RocksdbLedgerTest, MakesADirectoryThatOnlyItsOwnerMayEnter) {
  EXPECT_EQ(fs::status(Directory()).permissions(), fs::perms::owner_all);
}

TEST_F(RocksdbLedgerTest, NeedsADirectoryWhoseParentExists) {
  EXPECT_EQ(ReasonOf(OpenAt("").status()), v1::ERROR_REASON_CONFIG_INVALID);
  EXPECT_EQ(ReasonOf(OpenAt(home_.path() / "no" / "parent").status()),
            v1::ERROR_REASON_CONFIG_INVALID);
  EXPECT_TRUE(OpenAt(home_.path() / "with-a-slash" / "").ok());
  std::ofstream(home_.path() / "file") << "in the way";
  EXPECT_EQ(ReasonOf(OpenAt(home_.path() / "file").status()), v1::ERROR_REASON_STORAGE_FAILED);
}

TEST_F(RocksdbLedgerTest, ASecondOpeningIsFenced) {
  EXPECT_EQ(ReasonOf(OpenAt(Directory()).status()), v1::ERROR_REASON_LEDGER_FENCED);
  AppendOne("still the writer");
  ledger_.reset();
  EXPECT_TRUE(OpenAt(Directory()).ok());
}

TEST_F(RocksdbLedgerTest, ACleanCloseLeavesTheHeadFileAtTheTip) {
  AppendOne("a");
  AppendOne("b");
  const crypto::Digest digest = (*ledger_->ReadHeaders(1, kAllBytes))[0].digest;
  ledger_.reset();
  EXPECT_EQ(*ReadHeadFile(Directory()), (Head{2, digest}));
}

/// The disk came back with the files of yesterday, the head file with today's.
TEST_F(RocksdbLedgerTest, ALostTailIsRefusedWithThePositionABackupMustReach) {
  AppendOne("kept");
  ledger_.reset();
  const fs::path yesterday = home_.path() / "yesterday";
  fs::copy(Directory(), yesterday);
  Open();
  AppendOne("lost");
  AppendOne("lost too");
  ledger_.reset();
  fs::copy_file(Directory() / "HEAD", yesterday / "HEAD", fs::copy_options::overwrite_existing);
  const Status refusal = OpenAt(yesterday).status();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  EXPECT_EQ(SentenceOf(refusal),
            "the ledger ends at position 1, but its head file proves position 3; restore a backup "
            "that reaches at least position 3");
  // It stays refused: opening repairs nothing here.
  EXPECT_EQ(ReasonOf(OpenAt(yesterday).status()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  Open();
  EXPECT_EQ(ledger_->Tip(), 3u);
}

TEST_F(RocksdbLedgerTest, AnotherHistoryThanTheHeadFileProvesIsRefused) {
  AppendOne("what was said");
  ledger_.reset();
  ASSERT_TRUE(WriteHeadFile(Directory(), {1, crypto::Sha256("something else")}).ok());
  EXPECT_EQ(ReasonOf(WhyNot()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
}

TEST_F(RocksdbLedgerTest, ALedgerAheadOfItsHeadFileIsTakenAsItIs) {
  AppendOne("a");
  const crypto::Digest digest = (*ledger_->ReadHeaders(0, kAllBytes))[0].digest;
  AppendOne("b");
  ledger_.reset();
  ASSERT_TRUE(WriteHeadFile(Directory(), {1, digest}).ok());
  EXPECT_EQ(Warnings().find("head_file"), std::string::npos);
  EXPECT_EQ(ledger_->Tip(), 2u);
  EXPECT_EQ(ReadHeadFile(Directory())->position, 2u);
}

TEST_F(RocksdbLedgerTest, AMissingOrTornHeadFileIsWarnedOfAndMadeAgain) {
  AppendOne("a");
  ledger_.reset();
  fs::remove(Directory() / "HEAD");
  EXPECT_NE(Warnings().find("\"head_file_missing\""), std::string::npos);
  EXPECT_EQ(ReadHeadFile(Directory())->position, 1u);
  ledger_.reset();
  fs::resize_file(Directory() / "HEAD", 10);
  EXPECT_NE(Warnings().find("\"head_file_damaged\""), std::string::npos);
  EXPECT_EQ(ReadHeadFile(Directory())->position, 1u);
  EXPECT_EQ(Warnings().find("head_file"), std::string::npos);
}

TEST_F(RocksdbLedgerTest, ALedgerThatLostAFileIsNeverMadeAnew) {
  AppendOne("a");
  for (const char* file : {"CURRENT", "HEAD"}) {
    ledger_.reset();
    fs::rename(Directory() / "CURRENT", home_.path() / "CURRENT");
    fs::remove(Directory() / file);
    EXPECT_EQ(ReasonOf(WhyNot()), v1::ERROR_REASON_LEDGER_CORRUPT) << file;
    fs::rename(home_.path() / "CURRENT", Directory() / "CURRENT");
    Open();
    EXPECT_EQ(ledger_->Tip(), 1u);
  }
}

TEST_F(RocksdbLedgerTest, ANewestRecordWithoutAllItsSegmentsIsRefused) {
  Header header = *DecodeHeader(make_.Next("says two").header);
  header.segments = 2;
  const Record record{1, EncodeHeader(header), {"only one"}};
  ASSERT_TRUE(ledger_->Append({&record, 1}).ok());
  const Status refusal = WhyNot();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_EQ(SentenceOf(refusal), "record 1: segment 1 is missing");
}

TEST_F(RocksdbLedgerTest, ANewestRecordThatContinuesNothingIsRefused) {
  AppendOne("a");
  make_.next().previous = crypto::Sha256("another");
  AppendOne("b");
  const Status refusal = WhyNot();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_TRUE(SentenceOf(refusal).starts_with("record 2: ")) << SentenceOf(refusal);
}

/// Law 8: the disk refuses one write; nothing is taken afterwards although the disk would; a new
/// start decides what stood.
TEST_F(RocksdbLedgerTest, AfterAFailedWriteItTakesNoMore) {
  AppendOne("acknowledged");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit full = before;
  full.rlim_cur = 64 * 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const Record large = make_.Next("large", {std::string(256 * 1024, 's')});
  const Result<model::Position> failed = ledger_->Append({&large, 1});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, handler);

  EXPECT_EQ(ReasonOf(failed.status()), v1::ERROR_REASON_LEDGER_UNKNOWN);
  EXPECT_EQ(ledger_->Tip(), 1u);
  EXPECT_EQ(ReasonOf(ledger_->Append({&large, 1}).status()), v1::ERROR_REASON_LEDGER_UNKNOWN);
  EXPECT_EQ(ledger_->ReadHeaders(0, kAllBytes)->size(), 1u);
  Open();
  EXPECT_EQ(ledger_->Tip(), 1u);
  EXPECT_TRUE(ledger_->Append({&large, 1}).ok());
}

}  // namespace
}  // namespace tearline::ledger
