#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "broker/sequencer/proposer.h"

namespace tearline::rpc {

/// Keeps what is proposed, and answers when the test says so.
///
/// Threads: any.
class ScriptedProposer final : public sequencer::Proposer {
 public:
  void Propose(sequencer::Proposal proposal) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(proposal));
  }

  std::size_t Waiting() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.size();
  }

  /// Answers the oldest, and gives back what it was.
  sequencer::Proposal Answer(const Result<machine::Applied>& applied = machine::Applied()) {
    sequencer::Proposal proposal;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_.empty()) {
        ADD_FAILURE() << "nothing was proposed";
        return proposal;
      }
      proposal = std::move(waiting_.front());
      waiting_.pop_front();
    }
    proposal.done(applied);
    return proposal;
  }

  /// The message the oldest proposal carries.
  template <typename Command>
  Command Oldest() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    Command command;
    if (waiting_.empty() || !command.ParseFromString(waiting_.front().command_bytes)) {
      ADD_FAILURE() << "no such command was proposed";
    }
    return command;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<sequencer::Proposal> waiting_;
};

}  // namespace tearline::rpc
