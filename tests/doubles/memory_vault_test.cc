#include "tests/doubles/memory_vault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "broker/crypto/seal.h"

namespace tearline::doubles {
namespace {

TEST(MemoryVault, KeepsWhatItMadeUntilItIsDestroyed) {
  MemoryVault vault;
  const std::vector<model::SubjectKeyId> ids = *vault.Make(2);
  ASSERT_EQ(ids.size(), 2u);
  ASSERT_TRUE(vault.Find(ids[0]).ok());
  EXPECT_EQ(vault.Find(ids[0])->size(), crypto::kSealKeyBytes);
  EXPECT_NE(vault.Find(ids[0])->View(), vault.Find(ids[1])->View());

  ASSERT_TRUE(vault.Destroy({ids[0]}).ok());
  EXPECT_EQ(ReasonOf(vault.Find(ids[0]).status()), v1::ERROR_REASON_KEY_MISSING);
  EXPECT_TRUE(vault.Find(ids[1]).ok());
  EXPECT_TRUE(vault.Destroy({ids[0]}).ok()) << "one that is gone already";
}

TEST(MemoryVault, ListsItsKeysInOrderAndInParts) {
  MemoryVault vault;
  std::vector<model::SubjectKeyId> ids = *vault.Make(3);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(*vault.List(std::nullopt, 2), std::vector({ids[0], ids[1]}));
  EXPECT_EQ(*vault.List(ids[1], 2), std::vector({ids[2]}));
  EXPECT_TRUE(vault.List(ids[2], 2)->empty());
  ASSERT_TRUE(vault.Destroy({ids[1]}).ok());
  EXPECT_EQ(*vault.List(std::nullopt, 9), std::vector({ids[0], ids[2]}));
}

TEST(MemoryVault, HasAnIndexKeyOfItsOwn) {
  const MemoryVault vault;
  EXPECT_EQ(vault.IndexKey().size(), crypto::kSealKeyBytes);
  EXPECT_NE(vault.IndexKey().View(), MemoryVault().IndexKey().View());
}

}  // namespace
}  // namespace tearline::doubles
