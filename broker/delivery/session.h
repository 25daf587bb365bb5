#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/ledger/ledger.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::delivery {

/// One session's way through a feed: which released items it has sent. It decides nothing; what the
/// machine let go is sent, once, in the order of the lane, the fastest lane first.
///
/// Nothing here must last. A new session begins at the lowest released item that is not
/// acknowledged, so what was sent and never acknowledged is sent again.
///
/// Threads: one at a time.
class Session {
 public:
  /// `opened_ms` is the stamp of the session's record: what was let go before it counts as sent
  /// once already.
  ///
  /// Requires: `ledger` and `vault` outlive it.
  Session(std::string feed, std::int64_t opened_ms, const ledger::Ledger& ledger,
          const vault::Vault& vault);

  /// The next items: released, not acknowledged and not sent yet, their content opened; together
  /// about `bytes_max` bytes but at least one item, none if there is none.
  ///
  /// Refuses: LEDGER_CORRUPT, SEAL_BROKEN. What was taken is lost to this session: end it.
  [[nodiscard]] Result<std::vector<v1::Delivery>> Next(const state::Reader& view,
                                                       std::size_t bytes_max);

  /// Sends an item again once the machine has let it go again, if it is not settled by then.
  ///
  /// Requires: the Retry command has been applied.
  void SendAgain(v1::Urgency lane, std::uint64_t sequence);

  /// How far the feed is: whether anything waits, what was released, and the broker's time.
  [[nodiscard]] v1::Progress ProgressOf(const state::Reader& view, std::int64_t now_ms) const;

 private:
  /// A frame being filled.
  struct Frame {
    std::vector<v1::Delivery> deliveries;
    std::size_t bytes_left;
    bool full = false;
  };

  Status AddRetried(const state::Reader& view, Frame& frame);
  Status AddReleased(const state::Reader& view, v1::Urgency lane, Frame& frame);
  Status Add(const state::Reader& view, v1::Urgency lane, std::uint64_t sequence,
             const stored::v1::ItemRow& item, std::uint32_t attempt, Frame& frame);
  Status AddEvent(const state::Reader& view, const stored::v1::ItemRow& item,
                  v1::DeliveredEvent& shown);

  const std::string feed_;
  const std::int64_t opened_ms_;
  const ledger::Ledger& ledger_;
  const vault::Vault& vault_;
  std::array<std::uint64_t, 3> sent_{};                    ///< The highest number sent, per lane.
  std::set<std::pair<v1::Urgency, std::uint64_t>> again_;  ///< To be sent again.
};

}  // namespace tearline::delivery
