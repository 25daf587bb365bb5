#include "broker/state/key.h"

#include <gtest/gtest.h>

#include "tests/doubles/hex.h"

namespace tearline::state {
namespace {

TEST(Key, BytesAreTheTableThenThePartsAsWritten) {
  struct Row {
    std::string key;
    const char* hex;
  };
  const Row rows[] = {
      {Key(Table::kPosition).bytes(), "01"},
      {Key(Table::kAgency).Name("police-met").bytes(), "03 706f6c6963652d6d6574 00"},
      {Key(Table::kMember).Name("nhs").Name("dr-w").bytes(), "04 6e6873 00 64722d77 00"},
      {Key(Table::kNominal).Fixed(std::string(3, '\x7f')).bytes(), "0a 7f7f7f"},
      {Key(Table::kLane).Name("f").U8(2).bytes(), "34 66 00 02"},
      {Key(Table::kObligationOpen).U16(0x0102).bytes(), "3d 0102"},
      {Key(Table::kIdentifier).U32(0x01020304).bytes(), "0b 01020304"},
      {Key(Table::kLeaf).U64(0x0102030405060708).bytes(), "50 0102030405060708"},
  };
  for (const Row& row : rows) EXPECT_EQ(row.key, doubles::FromHex(row.hex)) << row.hex;
}

TEST(Key, NumbersSortAsNumbers) {
  EXPECT_LT(Key(Table::kLeaf).U64(255).bytes(), Key(Table::kLeaf).U64(256).bytes());
  EXPECT_LT(Key(Table::kLeaf).U64(1).bytes(), Key(Table::kLeaf).U64(1ULL << 63).bytes());
}

TEST(Key, ANameThatBeginsAnotherIsNotItsPrefix) {
  const Key shorter = Key(Table::kPost).Name("met");
  const Key longer = Key(Table::kPost).Name("met-south");
  EXPECT_FALSE(longer.bytes().starts_with(shorter.bytes()));
  EXPECT_LT(shorter.bytes(), longer.bytes());
}

TEST(Key, ANumberIsReadBack) {
  const Key key = Key(Table::kDeadline).U64(0xfedcba9876543210).U8(7);
  EXPECT_EQ(ReadBigEndian(key.bytes(), 1, 8), 0xfedcba9876543210u);
  EXPECT_EQ(ReadBigEndian(key.bytes(), 9, 1), 7u);
}

}  // namespace
}  // namespace tearline::state
