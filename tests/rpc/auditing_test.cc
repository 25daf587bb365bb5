#include "broker/rpc/auditing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/crypto/digest.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/proof.h"
#include "broker/rpc/tree.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/leaf_parts.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;

class AuditingTest : public testing::Test {
 protected:
  void SignCheckpoint() {
    const Status status = door_.checkpoints().Beat(*door_.writer().View());
    ASSERT_TRUE(status.ok()) << SentenceOf(status);
  }

  RunningDoor door_;
};

TEST_F(AuditingTest, AReceiptProvesItselfUnderTheNextCheckpoint) {
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "seen near the school");
  const auto audit = v1::AuditService::NewStub(door_.SystemOf("police/intel"));
  v1::GetCheckpointResponse checkpoint;
  ClientContext early;
  EXPECT_EQ(ReasonIn(audit->GetCheckpoint(&early, {}, &checkpoint)), v1::ERROR_REASON_WRONG_STATE);
  SignCheckpoint();

  ClientContext context;
  ASSERT_TRUE(audit->GetCheckpoint(&context, {}, &checkpoint).ok());
  const auto view = door_.writer().View();
  const audit::Checkpoint signed_tree = ReadCheckpoint(checkpoint.signed_note(), *view).value();
  EXPECT_EQ(checkpoint.verifier_key(), VerifierKeyOf(*view));

  v1::ProveInclusionRequest request;
  const auto leaf_row =
      view->Find<stored::v1::LeafRow>(state::Key(state::Table::kLeaf).U64(view->position()));
  const crypto::Digest leaf_hash = merkle::LeafHash(leaf_row->leaf());
  request.set_leaf_hash(leaf_hash.Bytes());
  v1::ProveInclusionResponse proof;
  ClientContext proving;
  ASSERT_TRUE(audit->ProveInclusion(&proving, request, &proof).ok());
  std::vector<crypto::Digest> hashes;
  for (const std::string& hash : proof.proof()) {
    hashes.push_back(crypto::Digest::FromBytes(hash).value());
  }
  EXPECT_TRUE(merkle::VerifyInclusion(leaf_hash, proof.leaf_index(), proof.tree_size(), hashes,
                                      signed_tree.root)
                  .ok());

  request.set_tree_size(signed_tree.tree_size - 1);
  ClientContext smaller;
  EXPECT_EQ(ReasonIn(audit->ProveInclusion(&smaller, request, &proof)), v1::ERROR_REASON_NOT_FOUND)
      << "the smaller tree does not hold it";
  request.set_tree_size(0);
  request.set_leaf_hash(std::string(32, 'x'));
  ClientContext unknown;
  EXPECT_EQ(ReasonIn(audit->ProveInclusion(&unknown, request, &proof)), v1::ERROR_REASON_NOT_FOUND);
  request.set_tree_size(signed_tree.tree_size + 1);
  ClientContext beyond;
  EXPECT_EQ(ReasonIn(audit->ProveInclusion(&beyond, request, &proof)),
            v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(AuditingTest, ALaterTreeContinuesAnEarlierOne) {
  SignCheckpoint();
  const auto before = door_.writer().View();
  const audit::Checkpoint older = ReadCheckpoint(door_.checkpoints().Latest(), *before).value();
  door_.NominalWithCase("N17");
  SignCheckpoint();
  const audit::Checkpoint newer =
      ReadCheckpoint(door_.checkpoints().Latest(), *door_.writer().View()).value();

  const auto audit = v1::AuditService::NewStub(door_.SystemOf("police/intel"));
  v1::ProveConsistencyRequest request;
  request.set_old_size(older.tree_size);
  v1::ProveConsistencyResponse response;
  ClientContext context;
  ASSERT_TRUE(audit->ProveConsistency(&context, request, &response).ok());
  std::vector<crypto::Digest> hashes;
  for (const std::string& hash : response.proof()) {
    hashes.push_back(crypto::Digest::FromBytes(hash).value());
  }
  EXPECT_EQ(response.new_size(), newer.tree_size);
  EXPECT_TRUE(
      merkle::VerifyConsistency(older.tree_size, older.root, newer.tree_size, newer.root, hashes)
          .ok());
  request.set_old_size(0);
  ClientContext zero;
  EXPECT_EQ(ReasonIn(audit->ProveConsistency(&zero, request, &response)),
            v1::ERROR_REASON_FIELD_INVALID);
}

TEST_F(AuditingTest, AnAuditorReadsEveryLeafWithAllThatItsRootIsMadeOf) {
  door_.Publish(door_.NominalWithCase("N17"), "first", "seen near the school");
  SignCheckpoint();
  const auto view = door_.writer().View();
  const audit::Checkpoint newest = ReadCheckpoint(door_.checkpoints().Latest(), *view).value();

  v1::ReadLeavesRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/auditor");
  ClientContext context;
  const auto stub = v1::AuditService::NewStub(door_.SystemOf("desk/auditor"));
  const auto reader = stub->ReadLeaves(&context, request);
  v1::ReadLeavesResponse frame;
  std::uint64_t next = 0;
  while (reader->Read(&frame)) {
    for (const v1::LogLeaf& leaf : frame.leaves()) {
      EXPECT_EQ(leaf.index(), next++);
      // By the verifier, which shares no line with us.
      verifier::LeafEntry entry;
      for (const auto& detail : leaf.details()) {
        entry.details.push_back(detail.salted());
        entry.slots.push_back(detail.index());
      }
      entry.padding_hashes = {leaf.padding_hashes().begin(), leaf.padding_hashes().end()};
      entry.beside_hashes = {leaf.beside_hashes().begin(), leaf.beside_hashes().end()};
      verifier::LeafParts parts;
      parts.Lay(entry);
      const auto root = verifier::DetailsRoot(parts);
      ASSERT_TRUE(root.ok()) << root.status();
      EXPECT_EQ(verifier::Bytes(*root),
                audit::DecodeLeaf(leaf.leaf()).value().details_root.Bytes());
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(next, newest.tree_size);

  request.set_first_index(1);
  request.set_limit(2);
  ClientContext part;
  const auto some = stub->ReadLeaves(&part, request);
  std::vector<std::uint64_t> indexes;
  while (some->Read(&frame)) {
    for (const v1::LogLeaf& leaf : frame.leaves()) indexes.push_back(leaf.index());
  }
  EXPECT_TRUE(some->Finish().ok());
  EXPECT_EQ(indexes, (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(AuditingTest, TheLogIsForAuditorsWhoSayWhy) {
  SignCheckpoint();
  const auto refusal = [this](const std::string& post, bool purpose) {
    v1::ReadLeavesRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    if (!purpose) request.mutable_acting()->clear_purpose();
    ClientContext context;
    const auto stub = v1::AuditService::NewStub(door_.SystemOf(post));
    return ReasonIn(stub->ReadLeaves(&context, request)->Finish());
  };
  EXPECT_EQ(refusal("police/intel", true), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(refusal("desk/auditor", false), v1::ERROR_REASON_PURPOSE_REQUIRED);
}

TEST_F(AuditingTest, AnAuditorLearnsWhoWasToldOfAnEvent) {
  const std::string event = door_.Publish(door_.NominalWithCase("N17"), "first", "seen");
  const auto stub = v1::AuditService::NewStub(door_.SystemOf("desk/auditor"));
  v1::WhoWasToldRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/auditor");
  request.set_event_id(event);
  v1::WhoWasToldResponse response;
  ClientContext context;
  const grpc::Status status = stub->WhoWasTold(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).post(), "police/panel");
  EXPECT_EQ(response.rows(0).level(), v1::LEVEL_FULL);
  EXPECT_EQ(response.rows(1).post(), "probation/chair");
  EXPECT_EQ(response.rows(1).duty(), v1::LEVEL_FULL);
  EXPECT_TRUE(response.rows(1).has_decided_at());
  EXPECT_FALSE(response.rows(1).has_released_at());  // Nobody follows the feed.

  request.set_event_id("ev_" + std::string(32, '0'));
  ClientContext unknown;
  EXPECT_EQ(ReasonIn(stub->WhoWasTold(&unknown, request, &response)), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::rpc
