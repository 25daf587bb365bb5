#include "broker/ledger/head_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/doubles/hex.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::ledger {
namespace {

const Head kHead{5, crypto::Sha256("a header")};

class HeadFileTest : public testing::Test {
 protected:
  std::string Bytes() const {
    std::ifstream stream(directory_.path() / "HEAD", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void SetBytes(const std::string& bytes) const {
    std::ofstream(directory_.path() / "HEAD", std::ios::binary | std::ios::trunc) << bytes;
  }
  v1::ErrorReason WhyNot() const { return ReasonOf(ReadHeadFile(directory_.path()).status()); }

  doubles::TemporaryDirectory directory_;
};

TEST_F(HeadFileTest, IsReadAsItWasWritten) {
  ASSERT_TRUE(WriteHeadFile(directory_.path(), kHead).ok());
  const Result<Head> head = ReadHeadFile(directory_.path());
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(*head, kHead);
  const Head later{6, crypto::Sha256("another")};
  ASSERT_TRUE(WriteHeadFile(directory_.path(), later).ok());
  EXPECT_EQ(*ReadHeadFile(directory_.path()), later);
}

TEST_F(HeadFileTest, IsMagicPositionDigestAndChecksum) {
  ASSERT_TRUE(WriteHeadFile(directory_.path(), kHead).ok());
  const std::string body = "TLH1" + doubles::FromHex("0000000000000005") + kHead.digest.Bytes();
  EXPECT_EQ(Bytes(), body + crypto::Sha256(body).Bytes());
}

TEST_F(HeadFileTest, ThereMayBeNone) { EXPECT_EQ(WhyNot(), v1::ERROR_REASON_NOT_FOUND); }

TEST_F(HeadFileTest, AnyChangedBitOrLengthIsNoticed) {
  ASSERT_TRUE(WriteHeadFile(directory_.path(), kHead).ok());
  const std::string whole = Bytes();
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    SetBytes(damaged);
    ASSERT_EQ(WhyNot(), v1::ERROR_REASON_LEDGER_CORRUPT) << "bit " << bit;
  }
  for (const std::string& damaged : {std::string(), whole.substr(1), whole + "x"}) {
    SetBytes(damaged);
    EXPECT_EQ(WhyNot(), v1::ERROR_REASON_LEDGER_CORRUPT) << damaged.size() << " bytes";
  }
}

TEST_F(HeadFileTest, AWriteThatWasCutOffLeavesTheOldOne) {
  ASSERT_TRUE(WriteHeadFile(directory_.path(), kHead).ok());
  std::ofstream(directory_.path() / "HEAD.new") << "TLH";
  EXPECT_EQ(*ReadHeadFile(directory_.path()), kHead);
  ASSERT_TRUE(WriteHeadFile(directory_.path(), kHead).ok());
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "HEAD.new"));
}

TEST_F(HeadFileTest, ADirectoryThatIsGoneIsRefused) {
  EXPECT_EQ(ReasonOf(WriteHeadFile(directory_.path() / "nowhere", kHead)),
            v1::ERROR_REASON_STORAGE_FAILED);
}

}  // namespace
}  // namespace tearline::ledger
