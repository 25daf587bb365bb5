#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/ledger/rocksdb_ledger.h"
#include "tests/doubles/record_maker.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::ledger {

inline constexpr std::size_t kAllBytes = std::numeric_limits<std::size_t>::max();

inline Result<std::unique_ptr<Ledger>> OpenAt(const std::filesystem::path& directory) {
  settings::v1::RocksdbLedger settings;
  settings.set_directory(directory.string());
  return RocksdbLedger::Open(settings);
}

/// An embedded ledger in a directory of its own, and records to append to it.
class RocksdbFixture : public testing::Test {
 protected:
  std::filesystem::path Directory() const { return home_.path() / "ledger"; }

  void Open() {
    ledger_.reset();
    Result<std::unique_ptr<Ledger>> opened = OpenAt(Directory());
    ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
    ledger_ = *std::move(opened);
  }
  Status WhyNot() {
    ledger_.reset();
    return OpenAt(Directory()).status();
  }
  void AppendOne(const std::string& command, std::vector<std::string> segments = {}) {
    const Record record = make_.Next(command, std::move(segments));
    ASSERT_TRUE(ledger_->Append({&record, 1}).ok());
  }

  doubles::TemporaryDirectory home_;
  doubles::RecordMaker make_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace tearline::ledger
