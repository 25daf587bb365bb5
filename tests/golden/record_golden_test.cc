#include <gtest/gtest.h>

#include <string>

#include "broker/ledger/record.h"
#include "tests/doubles/hex.h"

namespace tearline::ledger {
namespace {

using doubles::FromHex;
using doubles::ToHex;

/// One header, made by another program from docs/on-disk.md, "Record". These bytes mean the same
/// for ever: if this test fails, it is the code that must change back.
constexpr char kFormat1[] =
    "544c5231"                                                          // "TLR1"
    "0001"                                                              // format version
    "0001"                                                              // behaviour version
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"                                  // ledger id
    "0000000000000002"                                                  // term
    "0102030405060708"                                                  // position
    "6da0633528deaa0144e7b058315f0b753ec0b945163a72bf96a0d18180f9de0d"  // previous digest
    "0000018bcfe5687b"                                                  // stamp, ms
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"  // seed
    "0203"                                                              // command number
    "0003"                                                              // segments
    "00000005"                                                          // actor length
    "00000007"                                                          // command length
    "6163746f72"                                                        // actor
    "636f6d6d616e64";                                                   // command
constexpr char kFormat1Digest[] =
    "833686ed29717e8fb34ff571a80e65d897ca6a35a8721eebc95ee9acfa894751";

TEST(RecordGolden, Format1IsReadAsItWasWritten) {
  const Result<Header> header = DecodeHeader(FromHex(kFormat1));
  ASSERT_TRUE(header.ok()) << SentenceOf(header.status());
  EXPECT_EQ(header->behaviour_version, 1);
  EXPECT_EQ(header->ledger_id.Text(), "led_a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  EXPECT_EQ(header->term, 2u);
  EXPECT_EQ(header->position, 0x0102030405060708u);
  EXPECT_EQ(header->previous, crypto::Sha256("previous"));
  EXPECT_EQ(header->stamp_ms, 1'700'000'000'123);
  EXPECT_EQ(header->seed[31], '\x1f');
  EXPECT_EQ(header->command, 0x0203);
  EXPECT_EQ(header->segments, 3);
  EXPECT_EQ(header->actor, "actor");
  EXPECT_EQ(header->command_bytes, "command");
}

TEST(RecordGolden, Format1IsWrittenAsItEverWas) {
  const Result<Header> header = DecodeHeader(FromHex(kFormat1));
  ASSERT_TRUE(header.ok());
  const std::string bytes = EncodeHeader(*header);
  EXPECT_EQ(ToHex(bytes), kFormat1);
  EXPECT_EQ(crypto::Sha256(bytes).Hex(), kFormat1Digest);
}

}  // namespace
}  // namespace tearline::ledger
