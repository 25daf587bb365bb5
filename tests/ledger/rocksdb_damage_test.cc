#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/doubles/torn_manifest.h"
#include "tests/ledger/rocksdb_fixture.h"

namespace tearline::ledger {
namespace {

namespace fs = std::filesystem;

/// Everything a ledger holds, or the refusal.
Result<std::vector<std::string>> ReadAll(const fs::path& directory) {
  Result<std::unique_ptr<Ledger>> ledger = OpenAt(directory);
  if (!ledger.ok()) return ledger.status();
  Result<std::vector<StoredHeader>> headers = (*ledger)->ReadHeaders(0, kAllBytes);
  if (!headers.ok()) return headers.status();
  std::vector<std::string> all;
  for (const StoredHeader& header : *headers) {
    all.push_back(header.bytes);
    for (std::uint32_t i = 0; i < header.header.segments; ++i) {
      Result<std::string> segment = (*ledger)->ReadSegment(header.header.position, i);
      if (!segment.ok()) return segment.status();
      all.push_back(*std::move(segment));
    }
  }
  return all;
}

std::string Bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Files that carry no record: RocksDB's diary and its note of settings are never read back.
bool Matters(const fs::path& file) {
  const std::string name = file.filename().string();
  return fs::file_size(file) > 0 && !name.starts_with("LOG") && !name.starts_with("OPTIONS") &&
         name != "IDENTITY" && name != "LOCK";
}

class RocksdbDamageTest : public RocksdbFixture {
 protected:
  /// A ledger of which the older half lies in tables and the newer in a log, closed.
  void SetUp() override {
    for (int half = 0; half < 2; ++half) {
      Open();
      for (int i = 0; i < 4; ++i) AppendOne("command", {"first segment", "second segment"});
    }
    ledger_.reset();
  }
};

/// What RocksDB noted and never synced, lost power may tear: nothing depends on it.
TEST_F(RocksdbDamageTest, ATornNoteAtTheManifestsEndIsCut) {
  doubles::TearManifest(Directory());
  const Result<std::vector<std::string>> read = ReadAll(Directory());
  ASSERT_TRUE(read.ok()) << SentenceOf(read.status());
  EXPECT_EQ(read->size(), 24u);
}

/// A note that was synced is another matter: files were deleted on its word.
TEST_F(RocksdbDamageTest, ADamagedNoteAtTheManifestsEndIsRefused) {
  doubles::FlipManifest(Directory());
  EXPECT_EQ(ReasonOf(ReadAll(Directory()).status()), v1::ERROR_REASON_LEDGER_CORRUPT);
}

/// L5. One byte changes in one file, at places spread over all of them: the ledger is refused, or
/// what it gives is right and complete. A head file that no longer reads proves nothing, but then
/// the records are whole.
TEST_F(RocksdbDamageTest, AChangedByteIsRefusedOrHarmless) {
  const Result<std::vector<std::string>> whole = ReadAll(Directory());
  ASSERT_TRUE(whole.ok());
  ASSERT_EQ(whole->size(), 24u);
  constexpr std::size_t kPlacesInAFile = 25;
  const fs::path damaged = home_.path() / "damaged";
  int refused = 0;
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(Directory())) {
    if (!Matters(entry.path())) continue;
    tables += entry.path().extension() == ".sst" ? 1 : 0;
    const std::string bytes = Bytes(entry.path());
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / kPlacesInAFile);
    for (std::size_t at = step / 2; at < bytes.size(); at += step) {
      fs::remove_all(damaged);
      fs::copy(Directory(), damaged);
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (at % 2 == 0 ? 0x01 : 0x80));
      std::ofstream(damaged / entry.path().filename(), std::ios::binary | std::ios::trunc)
          << changed;
      const Result<std::vector<std::string>> read = ReadAll(damaged);
      if (read.ok()) {
        ASSERT_EQ(*read, *whole) << entry.path().filename() << " at " << at;
      } else {
        ASSERT_TRUE(ReasonOf(read.status()) == v1::ERROR_REASON_LEDGER_CORRUPT ||
                    ReasonOf(read.status()) == v1::ERROR_REASON_LEDGER_TAIL_LOST ||
                    ReasonOf(read.status()) == v1::ERROR_REASON_STORAGE_FAILED)
            << entry.path().filename() << " at " << at << ": " << SentenceOf(read.status());
        ++refused;
      }
    }
  }
  EXPECT_GE(tables, 2);
  EXPECT_GE(refused, 25);
}

/// A log whose end is gone is what power loss leaves; the head file tells it from a short ledger.
TEST_F(RocksdbDamageTest, ACutLogIsALostTail) {
  for (const auto& entry : fs::directory_iterator(Directory())) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    fs::resize_file(entry.path(), entry.file_size() - 1);
    EXPECT_EQ(ReasonOf(WhyNot()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
    return;
  }
  FAIL() << "the newer half should lie in a log";
}

}  // namespace
}  // namespace tearline::ledger
