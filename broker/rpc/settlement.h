#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "broker/rpc/settle_words.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// What one session says of items it received, on its way into the ledger. Acknowledgements of a
/// lane are gathered while a command of that lane is under way, so that a fast subscriber costs one
/// record per sync and not one per item. Retries and parks go one by one.
///
/// A full queue (TOO_BUSY) loses nothing: the numbers wait for TryAgain.
///
/// Threads: any. The listeners are called on the writer's thread, or on the caller's of Take and
/// TryAgain, with no lock held.
class Settlement : public std::enable_shared_from_this<Settlement> {
 public:
  struct Listeners {
    std::function<void(const Status&)> failed;              ///< The session is to end.
    std::function<void(v1::Urgency, std::uint64_t)> again;  ///< A Retry has been recorded.
    std::function<void()> progress;                         ///< Something that waited has gone.
  };

  /// Requires: `proposer` outlives it. `session_id` is 16 bytes.
  Settlement(sequencer::Proposer& proposer, stored::v1::Actor actor, std::string feed,
             std::string session_id, Listeners listeners);

  /// Takes what a frame says. Requires: the frame is not the first.
  ///
  /// Refuses: FIELD_INVALID, LIMIT_PASSED; nothing of the frame is taken then.
  [[nodiscard]] Status Take(const v1::SubscribeRequest& frame);

  /// False while so much waits that no further frame should be read.
  [[nodiscard]] bool HasRoom() const;

  /// True if everything taken has been recorded.
  [[nodiscard]] bool IsIdle() const;

  /// Proposes again what a full queue had refused.
  void TryAgain() { Send(); }

 private:
  struct Lane {
    std::set<std::uint64_t> waiting;
    bool under_way = false;
  };
  using Single = std::variant<v1::RetryItem, v1::ParkItem>;

  void Send();
  void Propose(stored::v1::Acknowledge command);
  void Propose(const Single& single);
  void Acknowledged(const stored::v1::Acknowledge& command, const Status& status);
  void Settled(const Single& single, const Status& status);

  sequencer::Proposer& proposer_;
  const stored::v1::Actor actor_;
  const Speaker speaker_;
  const Listeners listeners_;

  mutable std::mutex mutex_;
  std::array<Lane, 3> lanes_;        ///< Guarded by mutex_.
  std::vector<Single> singles_;      ///< Those that wait. Guarded by mutex_.
  std::size_t singles_under_way_{};  ///< Guarded by mutex_.
};

}  // namespace tearline::rpc
