// What a receipt does not tell: to a publisher, a recipient, an auditor who is bound to areas.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/proof_bundle.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tests/rpc/asking_for_receipts.h"
#include "tests/rpc/follower.h"

namespace tearline::rpc {
namespace {

constexpr std::size_t kSaltBytes = 16;

class ReceiptSecretsTest : public testing::Test, protected AskingForReceipts {
 protected:
  /// The one receipt that a post has of an event, as it was handed over.
  v1::Opening OpeningOf(const std::string& post, const std::string& event_id) {
    EXPECT_EQ(Receipts(post, OfEvent(event_id)).size(), 1u) << post;
    v1::Opening opening;
    if (texts_.empty()) return opening;
    const auto bundle = verifier::ReadProofBundle(texts_[0]);
    extra_ = bundle->extra;
    index_ = bundle->index;
    EXPECT_TRUE(opening.ParseFromString(extra_));
    EXPECT_EQ(opening.leaf().size(), verifier::kLeafBytes);
    return opening;
  }
  static std::set<std::string> HashesOf(const v1::Opening& opening) {
    std::set<std::string> hashes;
    for (const v1::OpenedDetail& detail : opening.details()) {
      hashes.insert(detail.proof().begin(), detail.proof().end());
    }
    return hashes;
  }
  /// How long everything is that the receipt says. The slots are drawn: as a varint one takes a
  /// byte or two, or none.
  static std::vector<std::size_t> ShapeOf(v1::Opening opening) {
    std::vector<std::size_t> shape;
    for (v1::OpenedDetail& detail : *opening.mutable_details()) {
      detail.clear_slot();
      shape.push_back(detail.salted().size());
      shape.push_back(static_cast<std::size_t>(detail.proof_size()));
    }
    shape.push_back(opening.ByteSizeLong());
    return shape;
  }
  /// What the record opened last decided for the chair, behind its salt, if that lies in the slot
  /// next to `opened`.
  std::optional<std::string> DecisionBeside(const v1::OpenedDetail& opened) {
    const stored::v1::LeafRow row = audit::LeafRowAt(index_ + 1, *door_.writer().View());
    for (const std::string& salted : row.salted()) {
      stored::v1::Detail fact;
      EXPECT_TRUE(fact.ParseFromString(salted.substr(kSaltBytes)));
      const bool is_beside = opened.proof(0) == verifier::Bytes(verifier::LeafHash(salted));
      if (fact.decision().post() == kChair && is_beside) return salted;
    }
    return std::nullopt;
  }
  /// A nominal's id as it would lie in a receipt.
  static std::string BytesOf(const std::string& nominal) {
    return *verifier::FromHex(nominal.substr(nominal.find('_') + 1));
  }

  std::string extra_;        ///< What the last OpeningOf was read from.
  std::uint64_t index_ = 0;  ///< Of its leaf.
};

/// Everything in a receipt is the leaf, what is opened, and hashes that hang on salts: it names no
/// neighbour, says no count, and looks the same whoever else was judged.
TEST_F(ReceiptSecretsTest, APublishersTellsNothingElse) {
  const std::string nominal = door_.NominalWithCase("N17");
  const v1::PublishResult told = PublishOne(nominal, false);
  const v1::PublishResult withheld = PublishOne(nominal, true);
  SignCheckpoint();

  // To its publisher two events look alike, though one is withheld and opened an obligation.
  std::set<std::vector<std::size_t>> shapes;
  std::set<std::string> hashes;
  std::size_t seen = 0;
  for (const std::string& event_id : {told.event_id(), withheld.event_id()}) {
    const v1::Opening opening = OpeningOf(kIntel, event_id);
    ASSERT_EQ(opening.details_size(), 2);
    for (const char* other : {kPanel, kChair, "obligation"}) {
      EXPECT_EQ(extra_.find(other), std::string::npos) << other;
    }
    EXPECT_EQ(extra_.find(BytesOf(nominal)), std::string::npos)
        << "not whom it resolved to, either";
    shapes.insert(ShapeOf(opening));
    seen += HashesOf(opening).size();
    hashes.merge(HashesOf(opening));
  }
  EXPECT_EQ(shapes.size(), 1u);
  EXPECT_EQ(hashes.size(), seen) << "no two alike: an empty slot cannot be known by its hash";
  // Nor by guessing: the hash of a slot hangs on 16 bytes that only the record's seed gives.
  const std::string empty = verifier::Bytes(verifier::LeafHash(std::string(kSaltBytes, '\0')));
  EXPECT_FALSE(hashes.contains(empty));
  EXPECT_FALSE(hashes.contains(verifier::Bytes(verifier::LeafHash(""))));
}

/// A recipient's opens its own decision and what was let go to it: the same bytes, but for ids,
/// salts and hashes, whether others were told too, or kept out, or wished for it.
TEST_F(ReceiptSecretsTest, ARecipientsTellsNothingOfOthers) {
  const std::string few = door_.NominalWithCase("N17");
  const std::string more = door_.NominalWithCase("N18");
  for (int i = 0; i < 3; ++i) door_.Subscribe(kSupervisor, more);
  Follower follower(door_, kChair);
  follower.Open(kChair, 100);
  ASSERT_TRUE(follower.Next().has_value());
  const std::vector<std::string> events = {PublishOne(few, false).event_id(),
                                           PublishOne(few, true).event_id(),
                                           PublishOne(more, false, "two").event_id()};
  for (std::size_t i = 0; i < events.size(); ++i) ASSERT_TRUE(follower.NextDelivery().has_value());
  SignCheckpoint();

  std::set<std::vector<std::size_t>> shapes;
  std::set<std::string> hashes;
  std::size_t seen = 0;
  for (const std::string& event_id : events) {
    const std::vector<verifier::Receipt> receipts = Receipts(kChair, OfEvent(event_id));
    ASSERT_EQ(receipts.size(), 1u);
    ASSERT_EQ(receipts[0].facts.size(), 2u);
    EXPECT_EQ(receipts[0].facts[0].decision().post(), kChair);
    EXPECT_EQ(receipts[0].facts[1].released().feed(), kChair);
    const v1::Opening opening = OpeningOf(kChair, event_id);
    for (const char* other : {kPanel, kSupervisor, kIntel, "intel-system", "sub_", "obligation"}) {
      EXPECT_EQ(extra_.find(other), std::string::npos) << other;
    }
    for (const std::string& nominal : {few, more}) {
      EXPECT_EQ(extra_.find(BytesOf(nominal)), std::string::npos) << "not whom it is about";
    }
    shapes.insert(ShapeOf(opening));
    seen += HashesOf(opening).size();
    hashes.merge(HashesOf(opening));
  }
  EXPECT_EQ(shapes.size(), 1u) << "who else was judged, and how, shows";
  EXPECT_EQ(hashes.size(), seen) << "a slot is known by its hash";
}

/// Every decision that this policy could have made about an event for a post: few enough to try.
std::vector<std::string> DecisionsThatMayBe(const stored::v1::DecisionDetail& own,
                                            const std::string& post) {
  constexpr const char* kRules[] = {"A1", "A2", "D1", "G1", "G2"};
  std::vector<std::string> guesses;
  for (const v1::Level level :
       {v1::LEVEL_WITHHELD, v1::LEVEL_POINTER, v1::LEVEL_TEAR_LINE, v1::LEVEL_FULL}) {
    for (unsigned cited = 0; cited < 1U << std::size(kRules); ++cited) {
      for (const v1::Level duty : {v1::LEVEL_UNSPECIFIED, v1::LEVEL_FULL}) {
        for (const v1::RuleReason shortfall :
             {v1::RULE_REASON_UNSPECIFIED, v1::RULE_REASON_ORIGINATOR_CONTROL}) {
          stored::v1::Detail guess;
          stored::v1::DecisionDetail& decision = *guess.mutable_decision();
          decision.set_event_id(own.event_id());
          decision.set_policy_digest(own.policy_digest());
          decision.set_post(post);
          decision.set_level(level);
          if (level == v1::LEVEL_FULL) decision.add_segments(0);
          for (unsigned i = 0; i < std::size(kRules); ++i) {
            if ((cited >> i & 1U) != 0) decision.add_rules(kRules[i]);
          }
          decision.set_duty(duty);
          decision.set_shortfall(shortfall);
          guesses.push_back(guess.SerializeAsString());
        }
      }
    }
  }
  return guesses;
}

/// Whether one of the guesses, behind one of the salts, hashes to one of the hashes.
bool Hits(const std::vector<std::string>& guesses, const std::set<std::string>& salts,
          const std::set<std::string>& hashes) {
  return std::any_of(guesses.begin(), guesses.end(), [&](const std::string& guess) {
    return std::any_of(salts.begin(), salts.end(), [&](const std::string& salt) {
      return hashes.contains(verifier::Bytes(verifier::LeafHash(salt + guess)));
    });
  });
}

/// The decision for another post lies in the very next slot, its hash is in the receipt, and what
/// it can say is a closed vocabulary: without its salt no guess tells which it is, with it one
/// does.
TEST_F(ReceiptSecretsTest, ARecipientCannotGuessWhatWasDecidedForItsNeighbour) {
  constexpr int kTriesMax = 400;  // One in seven has them side by side.
  const std::string nominal = door_.NominalWithCase("N17");
  Follower follower(door_, kPanel);
  follower.Open(kPanel, 1000);
  ASSERT_TRUE(follower.Next().has_value());
  std::optional<std::string> neighbour;
  v1::Opening theirs;
  stored::v1::Detail own;
  for (int tries = 0; tries < kTriesMax && !neighbour; ++tries) {
    const std::string event = PublishOne(nominal, false, std::to_string(tries)).event_id();
    ASSERT_TRUE(follower.NextDelivery().has_value());
    SignCheckpoint();
    theirs = OpeningOf(kPanel, event);
    ASSERT_EQ(theirs.details_size(), 2) << "the decision, and what was let go";
    ASSERT_TRUE(own.ParseFromString(theirs.details(0).salted().substr(kSaltBytes)));
    ASSERT_EQ(own.decision().post(), kPanel);
    neighbour = DecisionBeside(theirs.details(0));
  }
  ASSERT_TRUE(neighbour.has_value());
  const std::set<std::string> hashes = HashesOf(theirs);

  // Every salt that whoever holds the receipt has, or could make up without the record's seed.
  std::set<std::string> salts = {"", std::string(kSaltBytes, '\0'),
                                 theirs.leaf().substr(0, kSaltBytes)};
  for (const v1::OpenedDetail& each : theirs.details()) {
    salts.insert(each.salted().substr(0, kSaltBytes));
  }
  const std::vector<std::string> guesses = DecisionsThatMayBe(own.decision(), kChair);
  EXPECT_FALSE(Hits(guesses, salts, hashes));
  EXPECT_TRUE(Hits(guesses, {neighbour->substr(0, kSaltBytes)}, hashes))
      << "the truth is among the guesses: nothing but the salt keeps it";
}

/// A post that audits one area, and events in it and in another.
class BoundAuditorTest : public ReceiptSecretsTest {
 protected:
  static constexpr char kBound[] = "police/governance";

  BoundAuditorTest() {
    v1::SetPostRequest set;
    *set.mutable_acting() = RunningDoor::As("desk/operator");
    v1::Post& post = *set.mutable_post();
    post.set_post(kBound);
    post.add_roles(v1::POST_ROLE_AUDITOR);
    post.set_holder("governance-holder");
    post.add_services("governance-system");
    post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    post.add_areas("north");
    v1::SetPostResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::DirectoryService::NewStub(door_.SystemOf("desk/operator"))
                                    ->SetPost(&context, set, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(response.recorded().awaits_second_hand());
  }

  const std::string north_ = door_.NominalWithCase("N17", "north");
  const std::string south_ = door_.NominalWithCase("N18", "south");
};

/// What lies elsewhere is answered as what is not there; its leaf, too.
TEST_F(BoundAuditorTest, HasNoReceiptOfWhatLiesInAnotherArea) {
  const v1::PublishResult within = PublishOne(north_, false, "north");
  const v1::PublishResult beyond = PublishOne(south_, false, "south");
  SignCheckpoint();
  EXPECT_FALSE(Receipts(kBound, OfEvent(within.event_id())).empty());
  v1::GetReceiptsRequest by_leaf;
  by_leaf.set_leaf_hash(beyond.leaf_hash());
  v1::GetReceiptsRequest no_leaf;
  no_leaf.set_leaf_hash(std::string(32, 'x'));
  for (const auto& [there, nowhere] :
       {std::pair{OfEvent(beyond.event_id()), OfEvent("ev_" + std::string(32, '0'))},
        std::pair{by_leaf, no_leaf}}) {
    v1::GetReceiptsResponse response;
    const grpc::Status unknown = Ask(kBound, nowhere, response);
    EXPECT_EQ(ReasonIn(unknown), v1::ERROR_REASON_NOT_FOUND);
    const grpc::Status status = Ask(kBound, there, response);
    EXPECT_EQ(status.error_code(), unknown.error_code());
    EXPECT_EQ(status.error_message(), unknown.error_message());
    EXPECT_EQ(status.error_details(), unknown.error_details());
    EXPECT_EQ(response.receipts_size(), 0);
  }
}

/// One record lets go what lies within and what lies beyond: only the one is opened.
TEST_F(BoundAuditorTest, IsOpenedNothingOfOtherAreasThatOneRecordHolds) {
  const std::string within = PublishOne(north_, false, "north").event_id();
  const std::string beyond = PublishOne(south_, false, "south").event_id();
  Follower follower(door_, kPanel);
  follower.Open(kPanel, 100);
  ASSERT_TRUE(follower.NextDelivery().has_value());
  ASSERT_TRUE(follower.NextDelivery().has_value());
  SignCheckpoint();
  const std::string beyond_bytes = *verifier::FromHex(beyond.substr(3));
  const std::string within_bytes = *verifier::FromHex(within.substr(3));
  bool let_go = false;
  const std::vector<verifier::Receipt> receipts = Receipts(kBound, OfEvent(within));
  ASSERT_GE(receipts.size(), 2u) << "published, and let go";
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const std::string extra = verifier::ReadProofBundle(texts_[i])->extra;
    EXPECT_EQ(extra.find(beyond_bytes), std::string::npos);
    EXPECT_EQ(extra.find(BytesOf(south_)), std::string::npos);
    for (const stored::v1::Detail& fact : receipts[i].facts) {
      if (!fact.has_released()) continue;
      EXPECT_EQ(fact.released().event_id(), within_bytes);
      let_go = true;
    }
  }
  EXPECT_TRUE(let_go);
  // The record does hold the other: whoever was told of it has a receipt from the same leaf.
  std::set<std::uint64_t> leaves;
  for (const verifier::Receipt& receipt : receipts) leaves.insert(receipt.index);
  const std::vector<verifier::Receipt> panels = Receipts(kPanel, OfEvent(beyond));
  EXPECT_TRUE(std::any_of(panels.begin(), panels.end(), [&](const verifier::Receipt& receipt) {
    return leaves.contains(receipt.index);
  }));
}

}  // namespace
}  // namespace tearline::rpc
