#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/state/reader.h"
#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"
#include "tests/simulation/taken_back.h"
#include "tests/simulation/wishes.h"

namespace tearline::simulation {

/// The segments that a decision leaves.
[[nodiscard]] inline std::vector<std::uint32_t> SegmentsOf(
    const stored::v1::DecisionDetail& detail) {
  return {detail.segments().begin(), detail.segments().end()};
}

/// P2 and P6: what was let go to whom, under which number, and whether it might have been.
class Feeds {
 public:
  using Events = std::map<std::string, EventHeard>;  ///< By id, 16 bytes.
  using Lane = std::pair<std::string, v1::Urgency>;  ///< Feed and lane.

  static constexpr std::size_t kPulseRowsMax = 256;

  /// An item that was let go and is not settled.
  struct Item {
    std::string event_id;   ///< "" for a notice.
    std::string withdrawn;  ///< For a notice of withdrawal: the event. "" for all else.
    std::vector<std::uint32_t> segments;
    std::uint32_t tries = 1;
    std::optional<std::int64_t> again_ms;  ///< RETRY: when it goes out again.
    std::size_t group = 0;                 ///< The group in which that was said.
  };

  Feeds(const Reading& reading, const Events& events, Complaints& complaints)
      : wishes(reading, events, decided_, let_go_, complaints),
        taken_back_(reading, events, complaints),
        reading_(reading),
        events_(events),
        complaints_(complaints) {}

  /// What a command that took effect does to feeds. `group` counts what the writer appends.
  void Hear(const Seen& seen, const Intent& intent, std::size_t group);
  /// A Pulse: the first kPulseRowsMax of what is due are fired, the earliest first; `others_due`,
  /// rising, are the times of what else is.
  void Fire(std::int64_t stamp_ms, const std::vector<std::int64_t>& others_due);
  /// How many retries are due by then.
  std::size_t DueBy(std::int64_t stamp_ms) const;
  /// A record was written, after the Pulse of its group if it has one: nothing is overdue.
  void LookForOverdue(std::int64_t stamp_ms, std::size_t group);

  /// What became of a record's releases and decisions. The event, if it published one. What the
  /// record had go out again, by a new session, a look or a retry whose time came, is what may be
  /// told at its position, and nothing more.
  void HearDetails(const Seen& seen, const EventHeard* published);

  /// An event was withdrawn: from here on it goes to nobody, and whoever received it is told so.
  void HearWithdrawn(const std::string& event_id);

  /// The record that is heard amends an event: it is judged anew for everybody, and what was told
  /// of it comes again, or is taken back, whether or not it was settled.
  void HearAmended(const std::string& event_id) { amended_now_ = event_id; }

  /// A post broke the glass for a nominal: what it settled about it may come to it once more, if it
  /// is told otherwise than it was.
  void HearGlassBroken(const std::string& post, const std::string& nominal);

  /// The state's feeds are those that were heard of.
  void Look(const state::Reader& view);
  /// Everything that was to be told has been, wherever somebody is listening and acknowledges.
  void LookWhenQuiet();

  std::map<Lane, std::map<std::uint64_t, Item>> open;   ///< Let go, not settled.
  std::map<Lane, std::set<std::uint64_t>> events_sent;  ///< Numbers under which an event went out.
  std::map<std::string, std::string> sessions;          ///< By feed: the session's id, as text.
  std::uint64_t late = 0;                               ///< Events told by catching up.
  Wishes wishes;

 private:
  using Whom = Wishes::Whom;
  using Number = std::pair<Lane, std::uint64_t>;

  void Settle(const Intent& intent, std::int64_t stamp_ms, std::size_t group);
  void GiveUp(const Intent& intent, const std::string& feed);
  void HearDecision(const stored::v1::DecisionDetail& detail, model::Position position);
  void Expect(const Whom& whom, bool told);
  void HearAmendedDecision(const stored::v1::DecisionDetail& detail, const EventHeard& event,
                           const Whom& whom, const Say& say, bool parted);
  void HearParted(const Lane& lane, const Whom& whom);
  void NoteRaises(const Seen& seen);
  bool IsRaised(const stored::v1::DecisionDetail& detail, const Whom& whom) const;
  bool IsOut(const Lane& lane, const std::string& event_id) const;
  void HearRelease(const stored::v1::ReleasedDetail& detail, std::int64_t stamp_ms);
  void HearAgain(const stored::v1::ReleasedDetail& detail);
  void HearWithdrawal(const stored::v1::ReleasedDetail& detail);
  void NoteUnread(const Seen& seen);
  bool LiesUnread(const std::string& dead, const EventHeard& event) const;
  bool MustBeRead(const Whom& whom) const;
  bool IsToldOf(const std::string& post, const std::string& event_id) const;
  /// P3: what nobody has read at a dead address has come to whoever does its work, as far as that
  /// may be told it, and must be read there, too.
  void LookAtWorkOf(const std::string& dead) const;
  void LeaveWindow(const Lane& lane, const std::string& event_id);
  void LookAgain(const std::string& feed);
  void CheckWhatGoesAgain();
  void CheckEvent(const stored::v1::ReleasedDetail& detail, Item& item);
  /// One post gets an event once; break-glass brings it again where that tells otherwise.
  void CheckComesOnce(const Whom& whom, const std::vector<std::uint32_t>& segments);
  void CheckHeld(const stored::v1::ReleasedDetail& detail, std::int64_t stamp_ms);

  TakenBack taken_back_;
  const Reading& reading_;
  const Events& events_;
  Complaints& complaints_;
  std::map<Lane, std::uint64_t> last_;  ///< The number given last.
  std::map<std::string, std::uint32_t> windows_;
  Wishes::Decisions decided_;
  std::set<Whom> waiting_;  ///< To be told, and not let go yet.
  std::set<Whom> let_go_;
  std::map<Whom, std::vector<std::uint32_t>> last_told_;  ///< Segments, as they went out last.
  std::string amended_now_;     ///< The event that the record which is heard amends; "" for none.
  bool may_raise_now_ = false;  ///< The record that is heard is a pulse.
  std::set<Whom> kept_now_;     ///< What it has go out again under its number.
  /// What a post's inbox had before the glass was broken, as it was told: settled by the time it is
  /// judged, it may come again.
  std::map<Whom, std::vector<std::uint32_t>> had_before_glass_;
  /// To be told more of than before: what was told is not to go any more, nor taken back yet.
  std::set<Whom> superseded_;
  /// Taken back, and its reader not told of that yet: once for each number it had.
  std::multiset<Whom> withdrawn_;
  std::vector<Number> goes_out_again_;     ///< By the record that is heard.
  std::set<Whom> read_;                    ///< Post, and event that a person has read there.
  std::map<std::string, Whom> must_read_;  ///< The same, by obligation: somebody must read it.
  std::set<Whom> missed_;  ///< The same, of what was kept from a post for it was away.
};

}  // namespace tearline::simulation
