#include "broker/rpc/refusal_book.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "broker/model/limits.h"
#include "tests/doubles/manual_clock.h"
#include "tests/rpc/scripted_proposer.h"

namespace tearline::rpc {
namespace {

stored::v1::Refusal By(char certificate, v1::ErrorReason reason = v1::ERROR_REASON_SUSPENDED) {
  stored::v1::Refusal refusal;
  refusal.set_agency("police");
  refusal.set_certificate_digest(std::string(32, certificate));
  refusal.set_reason(static_cast<std::uint32_t>(reason));
  refusal.set_command(50);
  return refusal;
}

/// Tests flush by hand; the book's own thread may come before, so they look at all that was
/// proposed.
class RefusalBookTest : public testing::Test {
 protected:
  /// All refusals proposed so far, each command answered with `answer`.
  std::vector<stored::v1::Refusal> Proposed(
      const Result<machine::Applied>& answer = machine::Applied()) {
    std::vector<stored::v1::Refusal> all;
    for (std::size_t left = proposer_.Waiting(); left > 0; --left) {
      const auto command = proposer_.Oldest<stored::v1::NoteRefusals>();
      const sequencer::Proposal proposal = proposer_.Answer(answer);
      EXPECT_EQ(proposal.actor.agency(), "broker");
      EXPECT_EQ(proposal.command, stored::v1::COMMAND_NUMBER_NOTE_REFUSALS);
      EXPECT_LE(command.refusals_size(), 64);
      all.insert(all.end(), command.refusals().begin(), command.refusals().end());
    }
    return all;
  }

  ScriptedProposer proposer_;
  doubles::ManualClock clock_{0};
  std::unique_ptr<RefusalBook> book_ = std::make_unique<RefusalBook>(proposer_, clock_);
};

TEST_F(RefusalBookTest, TheFirstTenOfAPrincipalAndMinuteStandByThemselves) {
  for (std::uint32_t i = 0; i < model::kRefusalsPerMinuteMax; ++i) book_->Note(By('a'));
  book_->Flush(false);
  const auto refusals = Proposed();
  ASSERT_EQ(refusals.size(), model::kRefusalsPerMinuteMax);
  for (const stored::v1::Refusal& refusal : refusals) {
    EXPECT_EQ(refusal.count(), 1u);
    EXPECT_EQ(refusal.agency(), "police");
    EXPECT_EQ(refusal.command(), 50u);
  }
}

TEST_F(RefusalBookTest, TheRestIsCountedAndWrittenWhenTheMinuteIsOver) {
  for (std::uint32_t i = 0; i < model::kRefusalsPerMinuteMax + 3; ++i) book_->Note(By('a'));
  book_->Note(By('a', v1::ERROR_REASON_NOT_YOUR_POST));
  book_->Note(By('b'));
  book_->Flush(false);
  EXPECT_EQ(Proposed().size(), model::kRefusalsPerMinuteMax + 1);  // ten of a, one of b

  clock_.Pass(60'000);
  book_->Flush(false);
  const auto counted = Proposed();
  ASSERT_EQ(counted.size(), 2u);
  EXPECT_EQ(counted[0].count() + counted[1].count(), 4u);
  EXPECT_NE(counted[0].reason(), counted[1].reason());

  book_->Note(By('a'));  // A new minute, a new count.
  book_->Flush(false);
  EXPECT_EQ(Proposed().size(), 1u);
}

TEST_F(RefusalBookTest, WhatCouldNotBeRecordedIsTriedAgain) {
  book_->Note(By('a'));
  book_->Flush(false);
  EXPECT_EQ(Proposed(Refuse(v1::ERROR_REASON_TOO_BUSY, "full")).size(), 1u);
  book_->Flush(true);
  const auto again = Proposed();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].count(), 1u);
}

TEST_F(RefusalBookTest, ClosingWritesWhatIsLeft) {
  for (std::uint32_t i = 0; i < model::kRefusalsPerMinuteMax + 5; ++i) book_->Note(By('a'));
  book_.reset();
  std::uint32_t count = 0;
  for (const stored::v1::Refusal& refusal : Proposed()) count += refusal.count();
  EXPECT_EQ(count, model::kRefusalsPerMinuteMax + 5);
}

TEST_F(RefusalBookTest, ClosedItSaysHowMuchCouldNotBeRecordedAndTriesNoMore) {
  for (std::uint32_t i = 0; i < model::kRefusalsPerMinuteMax + 5; ++i) book_->Note(By('a'));
  book_->Close();
  testing::internal::CaptureStderr();
  EXPECT_EQ(Proposed(Refuse(v1::ERROR_REASON_UNAVAILABLE, "stopped")).size(),
            model::kRefusalsPerMinuteMax + 1);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(R"("event":"refusals_lost")"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("count":15)"), std::string::npos) << said;
  book_.reset();
  EXPECT_EQ(proposer_.Waiting(), 0u);
}

TEST_F(RefusalBookTest, ManyPrincipalsFillManyCommandsOfAtMost64) {
  for (int i = 0; i < 200; ++i) {
    stored::v1::Refusal refusal = By('a');
    refusal.set_certificate_digest(std::string(31, 'x') + static_cast<char>(i));
    book_->Note(refusal);
  }
  book_->Flush(false);
  EXPECT_EQ(Proposed().size(), 200u);
}

}  // namespace
}  // namespace tearline::rpc
