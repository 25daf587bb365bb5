#include "clients/witness/witness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "clients/verifier/base64.h"
#include "clients/verifier/cosignature.h"
#include "tests/clients/run_tearline.h"
#include "tests/witness/submissions.h"
#include "tests/witness/watched_disk.h"

namespace tearline::witness {
namespace {

using doubles::InventedLog;

class WitnessTest : public testing::Test {
 protected:
  WitnessTest() { Open(); }

  void Open() {
    witness_.reset();
    auto opened = Witness::Open(workplace_.Path(""), {log_.Key()}, CosignerIn(workplace_.Path("")),
                                [this] { return now_s_.load(); });
    ASSERT_TRUE(opened.ok()) << opened.status();
    witness_ = *std::move(opened);
  }
  Answer Ask(std::size_t old_size, std::size_t new_size) {
    return witness_->AddCheckpoint(Body(log_, old_size, new_size));
  }
  std::string Kept() { return witness_->Checkpoint(PlaceOf(log_.Key().name)).body; }
  std::string Key() { return verifier::Text(CosignerIn(workplace_.Path("")).Key()); }

  doubles::Workplace workplace_;
  InventedLog log_ = LogOf(40);
  std::atomic<std::uint64_t> now_s_{1'700'000'000};
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsWhatContinues) {
  EXPECT_EQ(witness_->Checkpoint(PlaceOf(log_.Key().name)).status, 404) << "nothing yet";
  for (const auto& [from, to] : {std::pair{0u, 4u}, {4u, 4u}, {4u, 7u}, {7u, 40u}}) {
    const Answer answer = Ask(from, to);
    ASSERT_EQ(answer.status, 200) << from << " to " << to << ": " << answer.body;
    const auto key = verifier::ReadVerifierKey(Key(), verifier::KeyType::kCosignature);
    const auto time_s = verifier::CosignedAt(log_.Note(to) + answer.body, *key);
    ASSERT_TRUE(time_s.ok()) << time_s.status();
    EXPECT_EQ(*time_s, now_s_.load());
    EXPECT_EQ(Kept(), log_.Note(to) + answer.body) << "and monitors see it";
  }
}

/// C2SP tlog-witness v1.0.0, status by status. What is not 200 changes nothing.
TEST_F(WitnessTest, AnswersEachFaultByItsStatus) {
  ASSERT_EQ(Ask(0, 7).status, 200);
  const std::string kept = Kept();
  InventedLog fork = LogOf(5);
  fork.Add({}, 3000);
  while (fork.Entries().size() < 40) fork.Add({}, 4000);
  const std::string note = log_.Note(20);
  std::string bent = note;
  bent[bent.size() - 10] = bent[bent.size() - 10] == 'A' ? 'B' : 'A';
  const std::string unsigned_note =
      note.substr(0, note.find("\n\n") + 2) + "\xe2\x80\x94 someone AAAAAAAAAAA=\n";
  const std::string other_origin = "example.org/other" + note.substr(note.find('\n'));
  const auto proof = ConsistencyOf(log_, 7, 20);
  std::vector<verifier::Hash> wrong = proof;
  wrong[0][0] ^= 1;
  std::vector<verifier::Hash> longer = proof;
  longer.push_back(proof[0]);

  const struct {
    const char* what;
    std::string body;
    int status;
  } rows[] = {
      {"not a submission", "hello", 400},
      {"no signed note", "old 7\n\nhello\n", 400},
      {"old size above the checkpoint's", Body(21, {}, note), 400},
      {"a signed text that is no checkpoint",
       Body(7, {}, InventedLog::SignedText(log_.Key().name + "\nseven\n")), 400},
      {"nobody known signed it", Body(7, proof, unsigned_note), 403},
      {"the log's signature fails", Body(7, proof, bent), 403},
      {"a log not known here", Body(7, proof, other_origin), 404},
      {"from an older size", Body(log_, 4, 20), 409},
      {"from nothing", Body(log_, 0, 20), 409},
      {"from a size not reached yet", Body(log_, 8, 20), 409},
      {"another proof", Body(7, wrong, note), 422},
      {"a longer proof", Body(7, longer, note), 422},
      {"no proof", Body(7, {}, note), 422},
      {"the same size with another root", Body(7, {}, fork.Note(7)), 422},
      {"a fork that proves its own past", Body(7, ConsistencyOf(fork, 7, 20), fork.Note(20)), 422},
      {"the same size with a proof", Body(7, proof, log_.Note(7)), 422},
  };
  for (const auto& row : rows) {
    const Answer answer = witness_->AddCheckpoint(row.body);
    EXPECT_EQ(answer.status, row.status) << row.what << ": " << answer.body;
    if (row.status == 409) {
      EXPECT_EQ(answer.body, "7\n") << row.what;
      EXPECT_EQ(answer.content_type, "text/x.tlog.size") << row.what;
    }
    EXPECT_EQ(Kept(), kept) << row.what;
  }
  EXPECT_EQ(witness_->AddCheckpoint(Body(7, proof, note)).status, 200) << "the good one still is";
}

TEST_F(WitnessTest, FromNothingNeedsNoProofAndTakesNone) {
  EXPECT_EQ(witness_->AddCheckpoint(Body(0, {verifier::Sha256("a")}, log_.Note(7))).status, 422);
  const std::string root = verifier::Base64(verifier::Bytes(verifier::Sha256("not nothing")));
  EXPECT_EQ(witness_
                ->AddCheckpoint(
                    Body(0, {}, InventedLog::SignedText(log_.Key().name + "\n0\n" + root + "\n")))
                .status,
            422)
      << "a root that no empty tree has";
  EXPECT_EQ(witness_->AddCheckpoint(Body(0, {}, log_.Note(0))).status, 200) << "an empty tree";
  EXPECT_EQ(Ask(0, 7).status, 200);
}

/// The race that the specification spells out: A is checked, B overtakes it, A must not roll B
/// back.
TEST_F(WitnessTest, AnOvertakenSubmissionRollsNothingBack) {
  ASSERT_EQ(Ask(0, 5).status, 200);
  const std::string slow = Body(log_, 5, 6);
  ASSERT_EQ(Ask(5, 9).status, 200);
  const Answer late = witness_->AddCheckpoint(slow);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.body, "9\n");
}

/// Of many at once from one size exactly one is cosigned, and that one is kept.
TEST_F(WitnessTest, OfManyAtOnceOneIsCosigned) {
  ASSERT_EQ(Ask(0, 5).status, 200);
  std::vector<std::string> bodies;
  for (std::size_t size = 6; size < 14; ++size) bodies.push_back(Body(log_, 5, size));
  std::vector<Answer> answers(bodies.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = witness_->AddCheckpoint(bodies[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  int cosigned = 0;
  std::string kept;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].status != 200) {
      EXPECT_EQ(answers[i].status, 409);
      continue;
    }
    ++cosigned;
    kept = log_.Note(6 + i) + answers[i].body;
  }
  EXPECT_EQ(cosigned, 1);
  EXPECT_EQ(Kept(), kept);
}

TEST_F(WitnessTest, RemembersAfterAStart) {
  ASSERT_EQ(Ask(0, 5).status, 200);
  const std::string kept = Kept();
  Open();
  EXPECT_EQ(Kept(), kept);
  EXPECT_EQ(Ask(0, 7).status, 409);
  EXPECT_EQ(Ask(5, 7).status, 200);
}

TEST_F(WitnessTest, DoesNotStartOnWhatItDidNotCosign) {
  ASSERT_EQ(Ask(0, 5).status, 200);
  const std::string kept = Kept();
  const std::string file = workplace_.Path(PlaceOf(log_.Key().name)) + "/checkpoint";
  witness_.reset();
  for (const std::string& bent :
       {log_.Note(4), std::string("nonsense"), kept.substr(0, kept.size() - 5)}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bent;
    EXPECT_FALSE(Witness::Open(workplace_.Path(""), {log_.Key()}, CosignerIn(workplace_.Path("")),
                               [] { return std::uint64_t{1}; })
                     .ok())
        << bent;
  }
  std::ofstream(file, std::ios::binary | std::ios::trunc) << kept;
  Open();
}

TEST_F(WitnessTest, WhatCannotBeKeptIsNotCosigned) {
  const std::string place = workplace_.Path(PlaceOf(log_.Key().name));
  workplace_.Write(PlaceOf(log_.Key().name), "in the way");
  EXPECT_EQ(Ask(0, 5).status, 500);
  EXPECT_EQ(witness_->Checkpoint(PlaceOf(log_.Key().name)).status, 404);
  std::filesystem::remove(place);
  EXPECT_EQ(Ask(0, 5).status, 200) << "nothing was cosigned before";
}

/// Whichever sync or rename a disk refuses: no cosignature leaves, monitors see what they saw, and
/// after a start the witness is where it was or where it had all but come to, and cosigns no fork
/// of it. What it does answer for was all done before.
TEST_F(WitnessTest, NothingIsCosignedThatADiskDidNotTake) {
  InventedLog fork = LogOf(6);
  while (fork.Entries().size() < 40) fork.Add({}, 4000);
  for (const std::size_t from : {0u, 5u}) {
    const std::size_t steps = from == 0 ? 4 : 3;
    for (std::size_t step = 0; step <= steps; ++step) {
      witness_.reset();
      std::filesystem::remove_all(workplace_.Path(PlaceOf(log_.Key().name)));
      Open();
      if (from != 0) {
        ASSERT_EQ(Ask(0, from).status, 200);
      }
      const Answer before = witness_->Checkpoint(PlaceOf(log_.Key().name));
      Answer answer;
      {
        const WatchedDisk disk(step);
        answer = Ask(from, 7);
        EXPECT_EQ(disk.Done().size(), std::min(step + 1, steps)) << "all of it, before it answers";
      }
      if (step == steps) {
        EXPECT_EQ(answer.status, 200) << "nothing failed";
        continue;
      }
      EXPECT_EQ(answer.status, 500) << step;
      EXPECT_EQ(answer.body.find("\xe2\x80\x94"), std::string::npos) << "it cosigned: " << step;
      EXPECT_EQ(witness_->Checkpoint(PlaceOf(log_.Key().name)).status, before.status) << step;
      EXPECT_EQ(witness_->Checkpoint(PlaceOf(log_.Key().name)).body, before.body) << step;
      const bool is_unknown = step + 1 == steps;
      if (is_unknown) {
        EXPECT_EQ(Ask(from, 7).status, 500) << "until it is started again";
      }
      Open();
      EXPECT_EQ(Ask(from, 7).status, is_unknown ? 409 : 200) << step;
      EXPECT_EQ(Ask(7, 9).status, 200) << step;
      EXPECT_EQ(witness_->AddCheckpoint(Body(fork, 9, 20)).status, 422) << step;
    }
  }
}

TEST_F(WitnessTest, NeverStatesAnEarlierTime) {
  ASSERT_EQ(Ask(0, 5).status, 200);
  now_s_ = 1'600'000'000;
  const Answer answer = Ask(5, 6);
  const auto key = verifier::ReadVerifierKey(Key(), verifier::KeyType::kCosignature);
  EXPECT_EQ(verifier::CosignedAt(log_.Note(6) + answer.body, *key).value(), 1'700'000'000u);
}

TEST_F(WitnessTest, KeepsNoLinesOfStrangers) {
  const Answer answer =
      witness_->AddCheckpoint(Body(0, {}, log_.Note(5) + "\xe2\x80\x94 someone AAAAAAAAAAA=\n"));
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(Kept(), log_.Note(5) + answer.body);
}

TEST_F(WitnessTest, KnowsEachLogByOneKeyAndHasItsDirectoryAlone) {
  const auto clock = [] { return std::uint64_t{1}; };
  EXPECT_TRUE(absl::IsUnavailable(
      Witness::Open(workplace_.Path(""), {log_.Key()}, CosignerIn(workplace_.Path("")), clock)
          .status()));
  witness_.reset();
  EXPECT_FALSE(Witness::Open(workplace_.Path(""), {}, CosignerIn(workplace_.Path("")), clock).ok());
  EXPECT_FALSE(Witness::Open(workplace_.Path(""), {log_.Key(), log_.Key()},
                             CosignerIn(workplace_.Path("")), clock)
                   .ok());
}

}  // namespace
}  // namespace tearline::witness
