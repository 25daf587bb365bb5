#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "broker/ledger/ledger.h"
#include "broker/ledger/rocksdb_ledger.h"
#include "broker/model/limits.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/record_maker.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::ledger {
namespace {

constexpr std::size_t kAllBytes = std::numeric_limits<std::size_t>::max();

/// Opens one and the same ledger, each time it is called.
using Opener = std::function<Result<std::unique_ptr<Ledger>>()>;

struct Engine {
  const char* name;
  Opener (*on_new_disk)();
  /// Named in the list of tests; the bytes of a row would tell nothing.
  friend void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
};

Opener MemoryOnNewDisk() {
  return [disk = std::make_shared<doubles::MemoryDisk>()]() -> Result<std::unique_ptr<Ledger>> {
    return std::make_unique<doubles::MemoryLedger>(disk);
  };
}

Opener RocksdbOnNewDisk() {
  return [home = std::make_shared<doubles::TemporaryDirectory>()] {
    settings::v1::RocksdbLedger settings;
    settings.set_directory((home->path() / "ledger").string());
    return RocksdbLedger::Open(settings);
  };
}

class LedgerContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    ledger_.reset();
    Result<std::unique_ptr<Ledger>> opened = open_();
    ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
    ledger_ = *std::move(opened);
  }
  Result<model::Position> Append(const std::vector<std::string>& commands) {
    std::vector<Record> group;
    for (const std::string& command : commands) group.push_back(make_.Next(command));
    return ledger_->Append(group);
  }
  /// The commands after a position, in order.
  std::vector<std::string> Commands(model::Position position = 0, std::size_t bytes = kAllBytes) {
    const Result<std::vector<StoredHeader>> headers = ledger_->ReadHeaders(position, bytes);
    EXPECT_TRUE(headers.ok()) << SentenceOf(headers.status());
    std::vector<std::string> commands;
    for (const StoredHeader& header : *headers) commands.push_back(header.header.command_bytes);
    return commands;
  }

  const Opener open_ = GetParam().on_new_disk();
  std::unique_ptr<Ledger> ledger_;
  doubles::RecordMaker make_;
};

using Commanded = std::vector<std::string>;

TEST_P(LedgerContract, BeginsEmpty) {
  EXPECT_EQ(ledger_->Tip(), 0u);
  EXPECT_EQ(ledger_->Term(), 1u);
  EXPECT_EQ(Commands(), Commanded{});
}

/// L1. What was appended is there after a restart.
TEST_P(LedgerContract, KeepsWhatItAnswered) {
  const Result<model::Position> last = Append({"a", "b", "c"});
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(*last, 3u);
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(Commands(), (Commanded{"a", "b", "c"}));
    EXPECT_EQ(ledger_->Tip(), 3u);
    Reopen();
  }
}

/// L1, L3. Headers and segments come back byte for byte, of every record of a group.
TEST_P(LedgerContract, KeepsARecordWhole) {
  const std::string anything("\0\xff\n", 3);
  const std::vector<Record> group = {
      make_.Next("none"), make_.Next("one", {anything}),
      make_.Next("eight", {"0", "", "2", "3", "4", "5", "6", std::string(1000, '7')})};
  ASSERT_TRUE(ledger_->Append(group).ok());
  for (int opening = 0; opening < 2; ++opening) {
    const Result<std::vector<StoredHeader>> headers = ledger_->ReadHeaders(0, kAllBytes);
    ASSERT_TRUE(headers.ok());
    for (const Record& record : group) {
      const StoredHeader& stored = (*headers)[record.position - 1];
      EXPECT_EQ(stored.bytes, record.header);
      EXPECT_EQ(stored.digest, crypto::Sha256(record.header));
      EXPECT_EQ(stored.header.position, record.position);
      for (std::size_t i = 0; i < record.segments.size(); ++i) {
        const auto segment = ledger_->ReadSegment(record.position, static_cast<std::uint32_t>(i));
        ASSERT_TRUE(segment.ok());
        EXPECT_EQ(*segment, record.segments[i]);
      }
    }
    Reopen();
  }
}

/// L2. Positions rise by one from 1, over groups and restarts.
TEST_P(LedgerContract, PositionsRiseByOne) {
  EXPECT_EQ(*Append({"a"}), 1u);
  EXPECT_EQ(*Append({"b", "c"}), 3u);
  Reopen();
  EXPECT_EQ(*Append({"d"}), 4u);
  EXPECT_EQ(ledger_->Tip(), 4u);
}

/// L2. A group that does not continue the ledger is a fault of our own.
TEST_P(LedgerContract, StopsAtAPositionThatIsNotTheNext) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  ASSERT_TRUE(Append({"a"}).ok());
  make_.Next("left out");
  EXPECT_DEATH(static_cast<void>(Append({"c"})), "rise by one");
}

/// Every opening's term is one above those it finds, so that its records can be told apart.
TEST_P(LedgerContract, TermsRiseWithOpeningsThatWrote) {
  ASSERT_TRUE(Append({"a"}).ok());
  Reopen();
  EXPECT_EQ(ledger_->Term(), 2u);
  Reopen();
  EXPECT_EQ(ledger_->Term(), 2u);
  make_.next().term = 7;
  ASSERT_TRUE(Append({"b"}).ok());
  Reopen();
  EXPECT_EQ(ledger_->Term(), 8u);
}

TEST_P(LedgerContract, ReadsAfterAPositionUpToTheTip) {
  ASSERT_TRUE(Append({"a", "b", "c"}).ok());
  EXPECT_EQ(Commands(0), (Commanded{"a", "b", "c"}));
  EXPECT_EQ(Commands(1), (Commanded{"b", "c"}));
  EXPECT_EQ(Commands(2), (Commanded{"c"}));
  EXPECT_EQ(Commands(3), Commanded{});
  EXPECT_EQ(Commands(4), Commanded{});
}

TEST_P(LedgerContract, ReadsAsManyBytesAsAskedButAlwaysOneHeader) {
  ASSERT_TRUE(Append({"a", "b", "c"}).ok());
  const std::size_t one = (*ledger_->ReadHeaders(0, kAllBytes))[0].bytes.size();
  EXPECT_EQ(Commands(0, 0), (Commanded{"a"}));
  EXPECT_EQ(Commands(0, 2 * one - 1), (Commanded{"a"}));
  EXPECT_EQ(Commands(0, 2 * one), (Commanded{"a", "b"}));
  EXPECT_EQ(Commands(1, 0), (Commanded{"b"}));
}

TEST_P(LedgerContract, TakesAGroupOfTheGreatestSize) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto group_of = [this](std::size_t bytes) {
    std::vector<Record> group;
    while (bytes > 0) {
      Record record = make_.Next("large", {""});
      const std::size_t most = model::kSegmentBytesMax;
      record.segments[0].assign(std::min(most, bytes - record.header.size()), 's');
      bytes -= record.header.size() + record.segments[0].size();
      group.push_back(std::move(record));
    }
    return group;
  };
  const std::vector<Record> largest = group_of(model::kAppendBytesMax);
  ASSERT_TRUE(ledger_->Append(largest).ok());
  EXPECT_EQ(ledger_->Tip(), largest.size());
  const std::vector<Record> too_large = group_of(model::kAppendBytesMax + 1);
  EXPECT_DEATH(static_cast<void>(ledger_->Append(too_large)), "kAppendBytesMax");
}

/// L4. There are never two writers: the second is not let in, or the first is shut out for good.
TEST_P(LedgerContract, OnlyOneMayWrite) {
  ASSERT_TRUE(Append({"a"}).ok());
  const Result<std::unique_ptr<Ledger>> second = open_();
  if (!second.ok()) {
    EXPECT_EQ(ReasonOf(second.status()), v1::ERROR_REASON_LEDGER_FENCED);
    EXPECT_TRUE(Append({"b"}).ok());
    return;
  }
  const std::vector<Record> group = {make_.Next("b")};
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_EQ(ReasonOf(ledger_->Append(group).status()), v1::ERROR_REASON_LEDGER_FENCED);
  }
  EXPECT_TRUE((*second)->Append(group).ok());
  EXPECT_EQ(ReasonOf(ledger_->Append(group).status()), v1::ERROR_REASON_LEDGER_FENCED);
}

/// L5. A record that does not continue the one before is named, by whatever path one comes to it;
/// what lies before it can be read.
TEST_P(LedgerContract, RefusesABrokenLinkWithItsPosition) {
  ASSERT_TRUE(Append({"a", "b"}).ok());
  make_.next().previous = crypto::Sha256("another history");
  ASSERT_TRUE(Append({"c"}).ok());
  ASSERT_TRUE(Append({"d"}).ok());
  for (const model::Position position : {0u, 1u, 2u}) {
    const Status refusal = ledger_->ReadHeaders(position, kAllBytes).status();
    EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT) << position;
    EXPECT_TRUE(SentenceOf(refusal).starts_with("record 3: ")) << SentenceOf(refusal);
  }
  EXPECT_EQ(Commands(0, 0), (Commanded{"a"}));
  EXPECT_EQ(Commands(1, 0), (Commanded{"b"}));
}

/// L5. So is a header that is none.
TEST_P(LedgerContract, RefusesADamagedHeaderWithItsPosition) {
  ASSERT_TRUE(Append({"a"}).ok());
  Record damaged = make_.Next("b");
  damaged.header.pop_back();
  ASSERT_TRUE(ledger_->Append({&damaged, 1}).ok());
  const Status refusal = ledger_->ReadHeaders(1, kAllBytes).status();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_TRUE(SentenceOf(refusal).starts_with("record 2: ")) << SentenceOf(refusal);
}

/// L5. A segment that is not there is damage, whatever the reason.
TEST_P(LedgerContract, RefusesAMissingSegmentWithItsPosition) {
  const Record record = make_.Next("a", {"only"});
  ASSERT_TRUE(ledger_->Append({&record, 1}).ok());
  EXPECT_TRUE(ledger_->ReadSegment(1, 0).ok());
  struct Row {
    model::Position position;
    std::uint32_t index;
    const char* sentence;
  };
  for (const Row& row :
       {Row{1, 1, "record 1: segment 1 is missing"},
        Row{1, 256, "record 1: segment 256 is missing"},
        Row{2, 0, "record 2: segment 0 is missing"}, Row{0, 0, "record 0: segment 0 is missing"}}) {
    const Status refusal = ledger_->ReadSegment(row.position, row.index).status();
    EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_LEDGER_CORRUPT);
    EXPECT_EQ(SentenceOf(refusal), row.sentence);
  }
}

/// Whoever reads while another appends sees whole records up to the tip it asked for.
TEST_P(LedgerContract, IsReadWhileItIsWritten) {
  std::atomic<bool> done = false;
  std::thread reader([this, &done] {
    while (!done) {
      const model::Position tip = ledger_->Tip();
      const Result<std::vector<StoredHeader>> headers = ledger_->ReadHeaders(0, kAllBytes);
      ASSERT_TRUE(headers.ok()) << SentenceOf(headers.status());
      ASSERT_GE(headers->size(), tip);
    }
  });
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(Append({"a", "b"}).ok());
  done = true;
  reader.join();
  EXPECT_EQ(ledger_->Tip(), 100u);
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerContract,
                         testing::Values(Engine{"Memory", MemoryOnNewDisk},
                                         Engine{"Rocksdb", RocksdbOnNewDisk}),
                         [](const auto& engine) { return engine.param.name; });

/// L3, and the double's own hook: of a group a prefix may survive, and then replay decides.
TEST(MemoryLedger, KeepsAPrefixWhenToldToFailAndThenTakesNoMore) {
  for (std::size_t kept = 0; kept <= 3; ++kept) {
    doubles::MemoryLedger ledger;
    doubles::RecordMaker make;
    const std::vector<Record> group = {make.Next("a"), make.Next("b"), make.Next("c")};
    ledger.FailNextAppendAfter(kept);
    EXPECT_EQ(ReasonOf(ledger.Append(group).status()), v1::ERROR_REASON_LEDGER_UNKNOWN);
    EXPECT_EQ(ReasonOf(ledger.Append(group).status()), v1::ERROR_REASON_LEDGER_UNKNOWN);
    EXPECT_EQ(doubles::MemoryLedger(ledger.disk()).Tip(), kept);
  }
}

}  // namespace
}  // namespace tearline::ledger
