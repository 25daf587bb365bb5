#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "broker/state/reader.h"
#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// P1, P3 and P6 of subscriptions and back-filling: what a post wished for and may be told comes to
/// it once, for each way its subscription went past it, and nothing else does; and whoever a case
/// brings in has had a decision on all that was recorded about its nominal.
class Wishes {
 public:
  using Events = std::map<std::string, EventHeard>;
  using Whom = std::pair<std::string, std::string>;  ///< Feed and event.

  /// The last decision on an event for a feed.
  struct Decision {
    bool told = false;
    std::vector<std::uint32_t> segments;
    model::Position position = 0;
    bool parted = false;  ///< By a subscription that does not wish for it any more.
  };
  using Decisions = std::map<Whom, Decision>;

  Wishes(const Reading& reading, const Events& events, const Decisions& decided,
         const std::set<Whom>& let_go, Complaints& complaints)
      : reading_(reading),
        events_(events),
        decided_(decided),
        let_go_(let_go),
        complaints_(complaints) {}

  /// A subscription was made, moved or ended; its feed.
  std::string Hear(const Seen& seen, const Intent& intent);
  /// Two are taken for one person from here on, and were not before: whoever names one of them
  /// wishes for the other, too, from when the wish was made on.
  void HearMerge(const Seen& seen, const std::string& one, const std::string& other);
  /// An event was let go through a feed, or taken back from it.
  void HearRelease(const std::string& feed, const std::string& event_id);
  void HearTakenBack(const std::string& feed, const std::string& event_id);
  /// Whether a subscription names somebody, and was parted from whom the event is about.
  bool IsPartedFrom(const std::string& feed, const EventHeard& event) const {
    return standing.contains(feed) && !Wish(feed, event);
  }
  /// What such a one had, or was to get, it has no more; another of the post's may have it.
  void HearParted(const std::string& feed, const std::string& event_id);
  /// Whether a subscription, live or not, wishes for the event.
  bool Wish(const std::string& feed, const EventHeard& event) const;

  void LookWhenQuiet() const;

  /// A subscription as it was heard of.
  struct Wished {
    std::vector<std::string> nominals;  ///< 16 bytes each.
    std::string agency;                 ///< "" for all.
    std::string prefix;                 ///< "" for all.
    model::Position moved = 0;          ///< The record that made it or moved it last.
    v1::StartFrom from = v1::START_FROM_UNSPECIFIED;
    std::int64_t time_ms = 0;
    std::set<std::string> had;       ///< Events let go through it since.
    std::set<std::string> ever_had;  ///< The same, whether since then or before.
    model::Position made = 0;        ///< The record that made it.
    /// Nominals that a merge had it wish for, too, and the record that did; none if it was moved
    /// since.
    std::map<std::string, model::Position> gained;
  };
  std::map<std::string, Wished> standing;  ///< By feed.
  std::set<std::string> ended;             ///< Feeds of those that were deleted.

 private:
  bool Reaches(const Wished& wished, const EventHeard& event) const;
  bool IsGainedAlone(const Wished& wished, const EventHeard& event) const;
  bool IsAccountedFor(const std::string& feed, const Wished& wished, const EventHeard& event) const;
  void LookAtHistory() const;

  const Reading& reading_;
  const Events& events_;
  const Decisions& decided_;
  const std::set<Whom>& let_go_;
  Complaints& complaints_;
  std::set<Whom> parted_;  ///< Post and event: one of its subscriptions was parted from it.
};

}  // namespace tearline::simulation
