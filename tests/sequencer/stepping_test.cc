#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/sequencer/sequencer.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::ElementsAre;

/// A writer without a thread, over a station, and what it was stopped with.
struct Stepped {
  Station station;
  int stopped = 0;
  std::unique_ptr<Sequencer> writer = Sequencer::StartStepped(
      *station.ledger, *station.database, station.clock, [this](const std::string&) { ++stopped; });
  std::vector<Result<machine::Applied>> answers;

  void Propose() {
    Proposal proposal = Station::Harmless("police/panel");
    proposal.done = [this](const Result<machine::Applied>& answer) { answers.push_back(answer); };
    writer->Propose(std::move(proposal));
  }
};

TEST(Stepping, RecordsNothingBetweenItsTurnsAndAllThatWaitsInOne) {
  Stepped stepped;
  stepped.Propose();
  stepped.Propose();
  EXPECT_EQ(stepped.station.ledger->Tip(), 1u) << "genesis alone";
  EXPECT_TRUE(stepped.answers.empty());

  EXPECT_TRUE(stepped.writer->Step());
  ASSERT_EQ(stepped.answers.size(), 2u);
  EXPECT_EQ(stepped.answers[1]->position, 3u);
  EXPECT_EQ(stepped.writer->View()->position(), 3u);
  EXPECT_THAT(stepped.station.ledger->groups(), ElementsAre(1, 2));

  EXPECT_TRUE(stepped.writer->Step()) << "a turn in which there is nothing to do";
  EXPECT_EQ(stepped.station.ledger->Tip(), 3u);
}

TEST(Stepping, DrainingTakesTheLastTurn) {
  Stepped stepped;
  stepped.Propose();
  stepped.writer->Drain();
  ASSERT_EQ(stepped.answers.size(), 1u);
  EXPECT_TRUE(stepped.answers[0].ok());
  EXPECT_FALSE(stepped.writer->Step());
  stepped.Propose();
  EXPECT_EQ(ReasonOf(stepped.answers[1].status()), v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(stepped.station.ledger->Tip(), 2u);
}

/// S5, without a thread.
TEST(Stepping, AFailedSyncIsTheLastTurn) {
  Stepped stepped;
  stepped.station.ledger->FailGroup(1, 1);
  stepped.Propose();
  EXPECT_FALSE(stepped.writer->Step());
  EXPECT_EQ(stepped.stopped, 1);
  stepped.Propose();
  stepped.writer->Drain();
  ASSERT_EQ(stepped.answers.size(), 2u);
  EXPECT_EQ(ReasonOf(stepped.answers[0].status()), v1::ERROR_REASON_UNKNOWN_OUTCOME);
  EXPECT_EQ(ReasonOf(stepped.answers[1].status()), v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(stepped.stopped, 1);
}

}  // namespace
}  // namespace tearline::sequencer
