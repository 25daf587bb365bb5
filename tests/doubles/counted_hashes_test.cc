#include "tests/doubles/counted_hashes.h"

#include <gtest/gtest.h>

#include "broker/crypto/digest.h"

namespace tearline::doubles {
namespace {

TEST(CountedHashes, CountsEachOnceAndLeavesItAsItIs) {
  const std::uint64_t before = HashesSoFar();
  EXPECT_EQ(crypto::Sha256("").Hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HashesSoFar(), before + 1);
  EXPECT_EQ(crypto::Sha256({"a", "b", "c"}).Hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashesSoFar(), before + 2);
}

}  // namespace
}  // namespace tearline::doubles
