#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
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
/// machine let go is sent, once, in the order of the lane, the fastest lane first; but not what was
/// judged before the last change of what it was judged by: that waits until the machine has looked
/// at it again, and what comes after it in the lane waits with it. Of a lane that is going through
/// history nothing is sent until it rests: else how the items came would tell what was passed over.
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
  /// An item whose content does not open is set aside: a log line says so, it stays released and
  /// not acknowledged, and the feed's next session tries it again.
  [[nodiscard]] std::vector<v1::Delivery> Next(const state::Reader& view, std::size_t bytes_max);

  /// Takes the last Next back: its items are not sent after all, and come again with the next one.
  void TakeBack();

  /// Whether the last Next found an item that must be judged again and that the machine is not
  /// looking at yet: a ReleaseRows that looks again is owed.
  bool MustLookAgain() const { return must_look_again_; }

  /// Sends an item again once the machine has let it go again, if it is not settled by then.
  ///
  /// Requires: the Retry command has been applied.
  void SendAgain(v1::Urgency lane, std::uint64_t sequence);

  /// How far the feed is: whether anything waits, what was released, and the broker's time. Nothing
  /// while a lane goes through history: there will be something to say when it rests.
  [[nodiscard]] std::optional<v1::Progress> ProgressOf(const state::Reader& view,
                                                       std::int64_t now_ms) const;

 private:
  /// A frame being filled.
  struct Frame {
    std::vector<v1::Delivery> deliveries;
    std::size_t bytes_left;
    bool full = false;
  };
  /// What has been sent, or is on its way.
  struct Sent {
    std::array<std::uint64_t, 3> highest{};                 ///< The highest number, per lane.
    std::set<std::pair<v1::Urgency, std::uint64_t>> again;  ///< To be sent again.
  };

  void AddRetried(const state::Reader& view, Frame& frame);
  void AddReleased(const state::Reader& view, v1::Urgency lane, Frame& frame);
  void Add(const state::Reader& view, v1::Urgency lane, std::uint64_t sequence,
           const stored::v1::ItemRow& item, std::uint32_t attempt, Frame& frame);
  bool AddEvent(const state::Reader& view, const stored::v1::ItemRow& item,
                v1::DeliveredEvent& shown);
  bool IsStale(const state::Reader& view, v1::Urgency lane, const stored::v1::ItemRow& item);

  const std::string feed_;
  const std::int64_t opened_ms_;
  const ledger::Ledger& ledger_;
  const vault::Vault& vault_;
  Sent sent_;
  Sent before_;  ///< As it was before the last Next.
  bool must_look_again_ = false;
};

}  // namespace tearline::delivery
