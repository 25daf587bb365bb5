#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/sequencer/proposer.h"
#include "broker/vault/vault.h"

namespace tearline::rpc {

/// A vault whose disk can be made to hang: Make waits while it is held.
///
/// Threads: any.
class HeldVault final : public vault::Vault {
 public:
  explicit HeldVault(std::unique_ptr<vault::Vault> behind) : behind_(std::move(behind)) {}

  void Hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
  }
  void LetGo() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  /// Waits until so many wait for the disk.
  void AwaitWaiting(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) override {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    --waiting_;
    return behind_->Make(count);
  }
  Status Keep(const std::vector<vault::Successor>& successors) override {
    return behind_->Keep(successors);
  }
  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId& id,
                                                const std::string& recorded) const override {
    return behind_->FindRewrap(id, recorded);
  }
  Result<crypto::Secret> Find(const model::SubjectKeyId& id) const override {
    return behind_->Find(id);
  }
  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>& after,
                                                std::size_t count) const override {
    return behind_->List(after, count);
  }
  Status Destroy(const std::vector<model::SubjectKeyId>& ids) override {
    return behind_->Destroy(ids);
  }
  const crypto::Secret& IndexKey() const override { return behind_->IndexKey(); }

 private:
  const std::unique_ptr<vault::Vault> behind_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int waiting_ = 0;
};

/// Passes proposals on, or holds them while it is told to.
///
/// Threads: any.
class HeldProposer final : public sequencer::Proposer {
 public:
  explicit HeldProposer(sequencer::Proposer& behind) : behind_(behind) {}

  void Propose(sequencer::Proposal proposal) override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (held_) {
        waiting_.push_back(std::move(proposal));
        changed_.notify_all();
        return;
      }
    }
    behind_.Propose(std::move(proposal));
  }

  void Hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
  }
  void LetGo() {
    std::deque<sequencer::Proposal> waiting;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      held_ = false;
      waiting.swap(waiting_);
    }
    for (sequencer::Proposal& proposal : waiting) behind_.Propose(std::move(proposal));
  }
  /// Passes the oldest on, or answers it with `refusal`.
  void LetOneGo() { behind_.Propose(TakeOne()); }
  void RefuseOne(const Status& refusal) { TakeOne().done(refusal); }

  /// Waits until so many are held.
  void AwaitWaiting(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() >= count; });
  }
  std::size_t Waiting() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.size();
  }

 private:
  sequencer::Proposal TakeOne() {
    const std::lock_guard<std::mutex> lock(mutex_);
    sequencer::Proposal oldest = std::move(waiting_.at(0));
    waiting_.pop_front();
    return oldest;
  }

  sequencer::Proposer& behind_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::deque<sequencer::Proposal> waiting_;
};

}  // namespace tearline::rpc
