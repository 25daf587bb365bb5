#include "broker/ledger/head_keeper.h"

#include <utility>

#include "broker/model/limits.h"

namespace tearline::ledger {

HeadKeeper::HeadKeeper(std::filesystem::path directory, Head written,
                       std::function<Result<Head>()> newest, std::function<void()> failed)
    : directory_(std::move(directory)),
      newest_(std::move(newest)),
      failed_(std::move(failed)),
      written_(written),
      thread_([this] { Run(); }) {}

HeadKeeper::~HeadKeeper() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  closing_changed_.notify_one();
  thread_.join();
}

void HeadKeeper::Run() {
  bool closing = false;
  while (!closing) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      // Half the lag, so that a write that takes as long again is still in time.
      closing_changed_.wait_for(lock, model::kHeadFileLagMax / 2, [this] { return closing_; });
      closing = closing_;
    }
    if (!WriteIfBehind()) {
      failed_();
      return;
    }
  }
}

bool HeadKeeper::WriteIfBehind() {
  const Result<Head> head = newest_();
  if (!head.ok()) return false;
  if (*head == written_) return true;
  if (!WriteHeadFile(directory_, *head).ok()) return false;
  written_ = *head;
  return true;
}

}  // namespace tearline::ledger
