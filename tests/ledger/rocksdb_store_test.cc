#include "broker/ledger/rocksdb_store.h"

#include <gtest/gtest.h>

#include "tests/doubles/hex.h"

namespace tearline::ledger {
namespace {

using doubles::FromHex;

TEST(RocksdbStore, KeysAreThePositionBigEndianAndTheIndex) {
  EXPECT_EQ(HeaderKey(1), FromHex("0000000000000001"));
  EXPECT_EQ(HeaderKey(0x0102030405060708), FromHex("0102030405060708"));
  EXPECT_EQ(SegmentKey(0x0102030405060708, 7), FromHex("0102030405060708 07"));
  EXPECT_LT(HeaderKey(255), HeaderKey(256));
}

TEST(RocksdbStore, APositionIsReadBackFromAHeaderKeyOnly) {
  EXPECT_EQ(PositionOf(HeaderKey(1ULL << 63)), 1ULL << 63);
  EXPECT_EQ(PositionOf(SegmentKey(1, 0)), std::nullopt);
  EXPECT_EQ(PositionOf(std::string(7, '\0')), std::nullopt);
}

TEST(RocksdbStore, AFailureStays) {
  Failure failure;
  EXPECT_FALSE(failure.IsSet());
  failure.Set();
  failure.Set();
  EXPECT_TRUE(failure.IsSet());
}

}  // namespace
}  // namespace tearline::ledger
