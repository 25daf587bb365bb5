#include "broker/audit/audit_log.h"

#include <gtest/gtest.h>

#include "broker/merkle/hashing.h"
#include "broker/merkle/small_tree.h"
#include "tests/doubles/memory_state.h"

namespace tearline::audit {
namespace {

class AuditLog : public testing::Test {
 protected:
  crypto::Digest Append(int details) {
    Leaf leaf;
    leaf.position = hashes_.size() + 1;
    leaf.header_digest = crypto::Sha256("header " + std::to_string(leaf.position));
    std::vector<stored::v1::Detail> list(static_cast<std::size_t>(details));
    state::Batch batch(state_);
    hashes_.push_back(AppendLeaf(leaf, std::string(32, 's'), list, batch));
    state_.Commit(batch);
    return hashes_.back();
  }

  doubles::MemoryState state_;
  std::vector<crypto::Digest> hashes_;
};

TEST_F(AuditLog, IsTheTreeOfItsLeaves) {
  for (int i = 0; i < 20; ++i) {
    Append(i);
    const AuditTree tree(state_);
    ASSERT_EQ(tree.Size(), hashes_.size());
    EXPECT_EQ(tree.RootAt(hashes_.size()), merkle::RootOf(hashes_)) << hashes_.size() << " leaves";
  }
}

/// Any earlier root can be given again, so that every old checkpoint can be checked.
TEST_F(AuditLog, RemembersEveryEarlierRoot) {
  for (int i = 0; i < 20; ++i) Append(1);
  const AuditTree tree(state_);
  for (std::size_t size = 0; size <= hashes_.size(); ++size) {
    EXPECT_EQ(tree.RootAt(size),
              merkle::RootOf(std::span<const crypto::Digest>(hashes_).first(size)));
  }
}

TEST_F(AuditLog, ProvesEveryLeafAndEveryContinuation) {
  for (int i = 0; i < 13; ++i) Append(1);
  const AuditTree tree(state_);
  for (std::uint64_t index = 0; index < 13; ++index) {
    EXPECT_TRUE(merkle::VerifyInclusion(hashes_[index], index, 13,
                                        merkle::InclusionProof(index, 13, tree), tree.RootAt(13))
                    .ok());
    EXPECT_TRUE(merkle::VerifyConsistency(index + 1, tree.RootAt(index + 1), 13, tree.RootAt(13),
                                          merkle::ConsistencyProof(index + 1, 13, tree))
                    .ok());
  }
}

TEST_F(AuditLog, FindsALeafByItsHashAndNoOther) {
  for (int i = 0; i < 20; ++i) Append(1);
  const AuditTree tree(state_);
  for (std::uint64_t index = 0; index < 20; ++index) {
    EXPECT_EQ(tree.IndexOf(hashes_[index]), index);
  }
  EXPECT_EQ(tree.IndexOf(tree.RootAt(2)), std::nullopt) << "an inner node is no leaf";
}

TEST_F(AuditLog, KeepsTheDetailsUnderTheLeaf) {
  Append(3);
  const stored::v1::LeafRow row = LeafRowAt(1, state_);
  EXPECT_EQ(row.salted_size(), 3);
  EXPECT_EQ(merkle::LeafHash(row.leaf()), hashes_.front());
  EXPECT_EQ(row.salted(2), SaltedDetail(std::string(32, 's'), 2, {}));
}

using AuditLogDeathTest = AuditLog;

TEST_F(AuditLogDeathTest, StopsAtALeafOutOfOrder) {
  state::Batch batch(state_);
  Leaf leaf;
  leaf.position = 2;
  EXPECT_DEATH(AppendLeaf(leaf, std::string(32, 's'), {}, batch), "one leaf per record");
}

}  // namespace
}  // namespace tearline::audit
