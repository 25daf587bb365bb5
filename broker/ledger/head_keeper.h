#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "broker/ledger/head_file.h"
#include "broker/status/status.h"

namespace tearline::ledger {

/// Keeps the head file at most kHeadFileLagMax behind the ledger, on a thread of its own so that no
/// publisher waits for it, and writes it a last time when destroyed.
class HeadKeeper {
 public:
  /// `newest` gives the newest durable record; `failed` hears, once, that the file can no longer be
  /// kept. Both are called from the keeper's thread.
  ///
  /// Requires: what they use outlives the keeper.
  HeadKeeper(std::filesystem::path directory, Head written, std::function<Result<Head>()> newest,
             std::function<void()> failed);
  ~HeadKeeper();
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;

 private:
  void Run();
  [[nodiscard]] bool WriteIfBehind();

  const std::filesystem::path directory_;
  const std::function<Result<Head>()> newest_;
  const std::function<void()> failed_;
  Head written_;  // The keeper's thread only.

  std::mutex mutex_;
  std::condition_variable closing_changed_;
  bool closing_ = false;
  std::thread thread_;  // Last: starts when everything else stands.
};

}  // namespace tearline::ledger
