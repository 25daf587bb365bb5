#include "broker/crypto/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tearline::crypto {
namespace {

struct Row {
  std::string message;
  const char* digest;
};

// FIPS 180-4 examples: nothing, one block, two blocks, many blocks.
const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  return rows;
}

TEST(Digest, Sha256MatchesThePublishedVectors) {
  for (const Row& row : Rows()) {
    EXPECT_EQ(Sha256(row.message).Hex(), row.digest) << row.message.size() << " bytes";
  }
}

TEST(Digest, PartsAndPiecesGiveTheDigestOfTheWhole) {
  EXPECT_EQ(Sha256({"ab", "", "c"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
  EXPECT_NE(Sha256({"ab", "c"}), Sha256("abd"));
  for (const Row& row : Rows()) {
    Sha256Stream stream;
    for (std::size_t i = 0; i < row.message.size(); i += 77) {
      stream.Update(std::string_view(row.message).substr(i, 77));
    }
    EXPECT_EQ(stream.Finish().Hex(), row.digest) << row.message.size() << " bytes";
  }
}

TEST(Digest, AStreamStartsAfreshOnceFinished) {
  Sha256Stream stream;
  stream.Update("left over");
  EXPECT_EQ(stream.Finish(), Sha256("left over"));
  EXPECT_EQ(stream.Finish(), Sha256(""));
  stream.Update("abc");
  Sha256Stream moved = std::move(stream);
  EXPECT_EQ(moved.Finish(), Sha256("abc"));
}

TEST(Digest, ThreadsDoNotDisturbEachOther) {
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&count = wrong[t]] {
      for (int i = 0; i < 1000; ++i) {
        count += Sha256({"a", "bc"}).Hex() == Rows()[1].digest ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Digest, IsReadFromExactly32Bytes) {
  const Digest digest = Sha256("abc");
  ASSERT_TRUE(Digest::FromBytes(digest.Bytes()).ok());
  EXPECT_EQ(*Digest::FromBytes(digest.Bytes()), digest);
  for (const std::size_t length : {0U, 31U, 33U}) {
    EXPECT_EQ(ReasonOf(Digest::FromBytes(std::string(length, 'x')).status()),
              v1::ERROR_REASON_FIELD_INVALID)
        << length << " bytes";
  }
}

TEST(Digest, IsZeroAtFirstAndOrderedAsItsBytes) {
  EXPECT_EQ(Digest().Hex(), std::string(64, '0'));
  const Digest low = *Digest::FromBytes(std::string(31, '\x7f') + '\x7f');
  const Digest high = *Digest::FromBytes(std::string(31, '\x7f') + '\x80');
  EXPECT_LT(low, high);  // bytes, not signed characters
  EXPECT_LT(Digest(), low);
}

}  // namespace
}  // namespace tearline::crypto
