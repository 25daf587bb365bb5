#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "broker/clock/clock.h"
#include "broker/sequencer/proposer.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {

/// Refusals that happened at the door, on their way into the ledger: who was turned away belongs in
/// the log as much as who was let in. Of one principal the first kRefusalsPerMinuteMax of a minute
/// are written one by one; the rest are counted and written when the minute is over, so that nobody
/// can fill the ledger by knocking.
///
/// Threads: any.
class RefusalBook {
 public:
  /// Starts a thread that flushes about once a second.
  ///
  /// Requires: `proposer` and `clock` outlive it.
  RefusalBook(sequencer::Proposer& proposer, clock::Clock& clock);
  /// Closes.
  ~RefusalBook();
  RefusalBook(const RefusalBook&) = delete;
  RefusalBook& operator=(const RefusalBook&) = delete;

  /// Notes one refusal; its count is ignored.
  void Note(stored::v1::Refusal refusal);

  /// Proposes what waits: all that stand by themselves, and the counted ones if their minute is
  /// over or `all` is true. What cannot be recorded now is counted and tried again.
  void Flush(bool all);

  /// Ends the thread and proposes all that waits, for the last time: what is refused from now on is
  /// lost, and the log says how much. Again: nothing.
  ///
  /// Requires: nobody notes anything any more; the writer still takes what is proposed.
  void Close();

 private:
  /// Agency, certificate digest, reason, command.
  using Alike = std::tuple<std::string, std::string, std::uint32_t, std::uint32_t>;

  /// Shared with commands under way, which may be answered after the book is closed.
  struct Pages {
    std::mutex mutex;
    std::int64_t minute = 0;
    bool closed = false;
    std::map<std::string, std::uint32_t> noted;  ///< Per principal, in this minute.
    std::vector<stored::v1::Refusal> single;
    std::map<Alike, std::uint32_t> counted;
  };

  static void Count(const stored::v1::Refusal& refusal, Pages& pages);
  void Run();

  sequencer::Proposer& proposer_;
  clock::Clock& clock_;
  const std::shared_ptr<Pages> pages_ = std::make_shared<Pages>();

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  ///< Guarded by stop_mutex_.
  std::thread thread_;
};

}  // namespace tearline::rpc
