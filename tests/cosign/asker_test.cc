#include "broker/cosign/asker.h"

#include <gtest/gtest.h>

#include <deque>

#include "broker/audit/note.h"
#include "broker/crypto/base64.h"
#include "broker/merkle/frontier.h"
#include "broker/merkle/hashing.h"

namespace tearline::cosign {
namespace {

/// Answers as the test says, and keeps what was asked.
class ScriptedExchange final : public Exchange {
 public:
  Result<Answer> Post(const std::string& body) override {
    asked.push_back(body);
    if (answers.empty()) return Refuse(v1::ERROR_REASON_UNAVAILABLE, "nothing more is scripted");
    Answer answer = answers.front();
    answers.pop_front();
    return answer;
  }
  void Stop() override {}

  std::deque<Answer> answers;
  std::vector<std::string> asked;
};

/// The tree of "0", "1", …
class Tree final : public merkle::NodeSource {
 public:
  crypto::Digest Node(std::uint32_t level, std::uint64_t index) const override {
    if (level == 0) return merkle::LeafHash(std::to_string(index));
    return merkle::NodeHash(Node(level - 1, 2 * index), Node(level - 1, 2 * index + 1));
  }
};

class AskerTest : public testing::Test {
 protected:
  AskerTest() {
    auto exchange = std::make_unique<ScriptedExchange>();
    script_ = exchange.get();
    const std::string public_key = signer_->PublicKey();
    const auto key =
        audit::ReadWitnessKey(audit::VerifierKey("w", public_key, audit::KeyType::kCosignature));
    asker_ = std::make_unique<Asker>(key.value(), std::move(exchange));
  }

  audit::Checkpoint At(std::uint64_t size) const {
    return {"log", size, merkle::RootAt(size, tree_)};
  }
  std::string NoteAt(std::uint64_t size) const { return *audit::SignCheckpoint(At(size), *log_); }
  /// The witness's good answer for that size.
  Answer Good(std::uint64_t size) const {
    const std::string message = "cosignature/v1\ntime 7\n" + audit::NoteBody(At(size));
    const std::string blob = audit::KeyId(audit::KeyType::kCosignature, "w", signer_->PublicKey()) +
                             std::string("\0\0\0\0\0\0\0\7", 8) + *signer_->Sign(message);
    return {200, "— w " + crypto::Base64Encode(blob) + "\n"};
  }
  Result<audit::Cosignature> Ask(std::uint64_t size) {
    return asker_->Ask(NoteAt(size), At(size), tree_);
  }

  const Tree tree_;
  std::unique_ptr<crypto::Signer> log_ = crypto::MakeSignerFromSeed(std::string(32, 'l'));
  std::unique_ptr<crypto::Signer> signer_ = crypto::MakeSignerFromSeed(std::string(32, 'w'));
  ScriptedExchange* script_ = nullptr;
  std::unique_ptr<Asker> asker_;
};

TEST_F(AskerTest, AsksFromNothingThenFromWhereTheWitnessIs) {
  script_->answers = {Good(5), Good(7)};
  ASSERT_TRUE(Ask(5).ok());
  EXPECT_EQ(script_->asked[0], "old 0\n\n" + NoteAt(5));
  const auto second = Ask(7);
  ASSERT_TRUE(second.ok()) << SentenceOf(second.status());
  EXPECT_EQ(second->time_s, 7u);
  std::string proof;
  for (const crypto::Digest& hash : merkle::ConsistencyProof(5, 7, tree_)) {
    proof += crypto::Base64Encode(hash.View()) + "\n";
  }
  EXPECT_EQ(script_->asked[1], "old 5\n" + proof + "\n" + NoteAt(7));
}

TEST_F(AskerTest, TakesTheSizeThatTheWitnessStatesAndAsksOnceMore) {
  script_->answers = {{409, "3\n"}, Good(7)};
  ASSERT_TRUE(Ask(7).ok());
  EXPECT_TRUE(script_->asked[1].starts_with("old 3\n"));
  script_->answers = {{409, "7\n"}, {409, "7\n"}};
  EXPECT_EQ(ReasonOf(Ask(8).status()), v1::ERROR_REASON_UNAVAILABLE) << "but not for ever";
  EXPECT_TRUE(script_->answers.empty());
}

/// What it cosigned once it must know for ever: C2SP tlog-witness.
TEST_F(AskerTest, AWitnessThatStatesLessThanItCosignedHasForgotten) {
  script_->answers = {{409, "3\n"}, Good(7)};
  ASSERT_TRUE(Ask(7).ok());
  EXPECT_FALSE(asker_->forgot()) << "we had not known how far it was";
  script_->answers = {{409, "5\n"}, Good(8)};
  ASSERT_TRUE(Ask(8).ok()) << "it is asked all the same";
  EXPECT_TRUE(asker_->forgot());
  EXPECT_TRUE(script_->asked.back().starts_with("old 5\n"));
  script_->answers = {Good(9)};
  ASSERT_TRUE(Ask(9).ok());
  EXPECT_FALSE(asker_->forgot()) << "that was said";
  script_->answers = {{409, "0\n"}, {500, "sorry"}};
  EXPECT_FALSE(Ask(10).ok());
  EXPECT_TRUE(asker_->forgot()) << "although it did not cosign";
  script_->answers = {{409, "9\n"}, Good(11)};
  ASSERT_TRUE(Ask(11).ok());
  EXPECT_FALSE(asker_->forgot()) << "further on is not forgetting";
}

TEST_F(AskerTest, AWitnessThatIsFurtherOrElsewhereContradicts) {
  script_->answers = {{409, "9\n"}};
  EXPECT_EQ(ReasonOf(Ask(7).status()), v1::ERROR_REASON_CHECKPOINT_MISMATCH) << "cut";
  EXPECT_EQ(script_->asked.size(), 1u) << "there is no proof to ask with";
  script_->answers = {{422, "no\n"}};
  EXPECT_EQ(ReasonOf(Ask(10).status()), v1::ERROR_REASON_CHECKPOINT_MISMATCH) << "rewritten";
}

TEST_F(AskerTest, WhatItDoesNotUnderstandIsNoCosignature) {
  for (const Answer& answer :
       {Answer{500, "sorry"}, Answer{404, ""}, Answer{403, ""}, Answer{409, "many\n"},
        Answer{409, ""}, Answer{409, "-1\n"}, Answer{302, ""}}) {
    script_->answers = {answer};
    EXPECT_EQ(ReasonOf(Ask(7).status()), v1::ERROR_REASON_UNAVAILABLE) << answer.status;
  }
  for (const Answer& answer : {Answer{200, ""}, Answer{200, "hello\n"}, Good(6)}) {
    script_->answers = {answer};
    EXPECT_EQ(ReasonOf(Ask(7).status()), v1::ERROR_REASON_PROOF_INVALID) << answer.body;
  }
}

}  // namespace
}  // namespace tearline::cosign
