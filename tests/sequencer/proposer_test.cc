#include "broker/sequencer/proposer.h"

#include <gtest/gtest.h>

#include <thread>

#include "broker/sequencer/make_proposal.h"

namespace tearline::sequencer {
namespace {

/// Answers at once, or from another thread.
class Answering final : public Proposer {
 public:
  explicit Answering(bool at_once) : at_once_(at_once) {}
  ~Answering() override {
    if (thread_.joinable()) thread_.join();
  }
  void Propose(Proposal proposal) override {
    machine::Applied applied;
    applied.position = 7;
    if (at_once_) return proposal.done(applied);
    thread_ = std::thread([done = proposal.done, applied] { done(applied); });
  }

 private:
  const bool at_once_;
  std::thread thread_;
};

TEST(ProposeAndWait, GivesTheAnswerWhicheverThreadItComesOn) {
  for (const bool at_once : {true, false}) {
    Answering proposer(at_once);
    const auto applied = ProposeAndWait(
        proposer,
        MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_PULSE, stored::v1::Pulse()));
    ASSERT_TRUE(applied.ok());
    EXPECT_EQ(applied->position, 7u);
  }
}

}  // namespace
}  // namespace tearline::sequencer
