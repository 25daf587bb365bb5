#include "clients/verifier/receipt.h"

#include <gtest/gtest.h>

#include "tests/clients/invented_log.h"
#include "tests/clients/invented_receipt.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

using doubles::InventedLog;
using doubles::Parts;
using doubles::PartsOf;

TEST(Receipt, OpensOneDetailAndTheLeaf) {
  InventedLog log;
  const absl::StatusOr<Receipt> receipt = OpenReceipt(PartsOf(log, 0, 1).Text(), log.Key());
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->index, 0u);
  EXPECT_EQ(receipt->leaf.position, 1u);
  EXPECT_EQ(receipt->checkpoint.tree_size, 4u);
  ASSERT_EQ(receipt->facts.size(), 1u);
  EXPECT_EQ(receipt->facts[0].decision().post(), "college/guest");
}

TEST(Receipt, NeedNotOpenAnyDetail) {
  InventedLog log;
  Parts parts = PartsOf(log, 3, 0);
  parts.opening.clear_details();
  EXPECT_TRUE(OpenReceipt(parts.Text(), log.Key()).ok());
}

TEST(Receipt, IsRefusedWhereverItIsBent) {
  InventedLog log;
  const Parts good = PartsOf(log, 0, 1);
  const auto refused = [&log](const Parts& bent) {
    return !OpenReceipt(bent.Text(), log.Key()).ok();
  };
  ASSERT_FALSE(refused(good));
  Parts bent = good;
  bent.bundle.index = 1;
  EXPECT_TRUE(refused(bent)) << "another index";
  bent = good;
  bent.bundle.proof.pop_back();
  EXPECT_TRUE(refused(bent)) << "a shorter proof";
  bent = good;
  bent.bundle.proof.push_back(Hash{});
  EXPECT_TRUE(refused(bent)) << "a longer proof";
  bent = good;
  bent.bundle.signed_note = log.Note(3);
  EXPECT_TRUE(refused(bent)) << "an older checkpoint";
  bent = good;
  bent.opening.set_leaf(log.Entries()[1].leaf);
  EXPECT_TRUE(refused(bent)) << "another leaf";
  bent = good;
  bent.opening.mutable_details(0)->set_slot(0);
  EXPECT_TRUE(refused(bent)) << "another slot";
  bent = good;
  bent.opening.mutable_details(0)->set_slot(9);
  EXPECT_TRUE(refused(bent)) << "a slot that does not exist";
  bent = good;
  bent.opening.mutable_details(0)->mutable_salted()->back() ^= 1;
  EXPECT_TRUE(refused(bent)) << "another fact";
  bent = good;
  bent.opening.mutable_details(0)->mutable_proof()->RemoveLast();
  EXPECT_TRUE(refused(bent)) << "a shorter proof of the detail";
  bent = good;
  bent.opening.mutable_details(0)->add_proof("short");
  EXPECT_TRUE(refused(bent));
  bent = good;
  *bent.opening.mutable_details(0) = PartsOf(log, 3, 0).opening.details(0);
  EXPECT_TRUE(refused(bent)) << "another leaf's detail";
}

/// An inner node of the small tree cannot be passed off as a detail.
TEST(Receipt, DoesNotTakeANodeForADetail) {
  InventedLog log;
  Parts parts = PartsOf(log, 0, 0);
  v1::OpenedDetail& detail = *parts.opening.mutable_details(0);
  const std::string sibling = detail.proof(0);
  detail.set_salted(Bytes(LeafHash(detail.salted())) + sibling);
  detail.mutable_proof()->DeleteSubrange(0, 1);
  EXPECT_FALSE(OpenReceipt(parts.Text(), log.Key()).ok());
}

TEST(Receipt, TheCommandVerifiesItAndSaysWhatItOpens) {
  InventedLog log;
  const doubles::Workplace workplace;
  const std::string file = workplace.Write("r.tlog-proof", PartsOf(log, 0, 0).Text());
  const std::string verify =
      "audit verify --verifier-key " + log.VerifierKeyText() + " --proof " + file;
  const doubles::Ended ended = doubles::RunTearline(verify);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("for probation-north/chair"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find("college/guest"), std::string::npos) << "a neighbour is not shown";

  Parts bent = PartsOf(log, 0, 0);
  bent.bundle.index = 2;
  workplace.Write("r.tlog-proof", bent.Text());
  EXPECT_EQ(doubles::RunTearline(verify).code, 4);
  const std::string witness =
      " --witness witness.example.org/one+0cc887c8+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
  workplace.Write("r.tlog-proof", PartsOf(log, 0, 0).Text());
  EXPECT_EQ(doubles::RunTearline(verify + witness).code, 4) << "nobody cosigned it";
}

/// Two checkpoints of one size that differ are two pasts of one log: no proof is needed to see it.
TEST(Receipt, TheCommandNoticesAnotherPastThanItRemembers) {
  const doubles::Workplace workplace;
  InventedLog log;
  const std::string trust = " --trust " + workplace.Path("trust");
  const std::string offline = workplace.Write("log.jsonl", log.Export(log.Note()));
  ASSERT_EQ(doubles::RunTearline("audit verify --offline " + offline + trust).code, 0);
  const auto verify = [&](InventedLog& from) {
    const std::string file = workplace.Write("r.tlog-proof", PartsOf(from, 0, 0).Text());
    return doubles::RunTearline("audit verify --proof " + file + trust);
  };
  EXPECT_EQ(verify(log).code, 0) << verify(log).err;
  InventedLog other;
  other.Entries()[1].leaf[40] ^= 1;
  const doubles::Ended caught = verify(other);
  EXPECT_EQ(caught.code, 4) << caught.out;
  EXPECT_NE(caught.err.find("another log than the one seen before"), std::string::npos);
  log.Add({}, 2500);
  EXPECT_EQ(verify(log).code, 0) << "of a larger tree nothing can be said offline";
}

}  // namespace
}  // namespace tearline::verifier
