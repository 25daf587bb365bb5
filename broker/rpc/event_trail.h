#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/model/ids.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::rpc {

/// What the leaves say, read from the state: not what the state believes now.
using DetailVisitor = std::function<void(const stored::v1::Detail&, const audit::Leaf&)>;

/// Visits the details of one record. Requires: the record is applied.
void ReadDetails(model::Position position, const state::Reader& view, const DetailVisitor& visit);

/// Visits the details of every record whose position lies under `trail`, oldest first.
void ReadTrail(const state::Key& trail, const state::Reader& view, const DetailVisitor& visit);

/// Visits the details of every record that speaks of an event, oldest first; those of other events
/// among them.
void ReadTrail(const std::string& event_id, const state::Reader& view, const DetailVisitor& visit);

/// When an event was let go to one post, acknowledged by it and read, as its trail tells it; in
/// whichever of the post's feeds. To be shown every detail of the trail, in order.
///
/// What was acknowledged and read is what had been let go by then: at another level, in the place
/// of what was let go before, or after that was taken back, an event is let go anew, and its
/// receipt and its reading begin again.
class PostTimes {
 public:
  /// Something let go, and what came of it. Times in ms since 1970; 0 if it did not happen.
  struct LettingGo {
    v1::Level level = v1::LEVEL_UNSPECIFIED;
    std::int64_t released_ms = 0;
    std::int64_t acknowledged_ms = 0;  ///< First, by the post's system.
    std::int64_t read_ms = 0;          ///< First, by a person.
  };

  PostTimes(std::string event_id, std::string post)
      : event_id_(std::move(event_id)), post_(std::move(post)) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf);

  /// What was let go anew last; nothing if nothing ever was.
  const LettingGo& last() const { return all_.back(); }
  /// Everything that was let go anew, in order; before all of it stands nothing, at place 0.
  const std::vector<LettingGo>& all() const { return all_; }
  /// When the last was let go, if it was not the first; 0 if it was.
  std::int64_t anew_ms() const { return all_.size() > 2 ? last().released_ms : 0; }
  /// When a person first read anything before that; 0 if nobody did.
  std::int64_t read_before_ms() const { return read_in_turn_ + 1 < all_.size() ? read_ms : 0; }
  /// The most that was ever let go.
  v1::Level most() const { return most_; }
  /// When the post was told that access is withdrawn; 0 if something was let go since.
  std::int64_t taken_back_ms() const { return taken_back_ms_; }
  /// What was let go and not taken back.
  v1::Level holds() const { return taken_back_ms_ == 0 ? last().level : v1::LEVEL_UNSPECIFIED; }

  // Of whatever was let go.
  std::int64_t released_ms = 0;      ///< The first time; 0 if never, as all of these.
  std::int64_t replayed_ms = 0;      ///< Once more as it was, the last time.
  std::int64_t acknowledged_ms = 0;  ///< By the post's system.
  std::int64_t read_ms = 0;          ///< By a person, the first time.

 private:
  /// Where it was let go, and in whose turn.
  struct Place {
    v1::Urgency lane;
    std::uint64_t sequence;
    std::size_t turn;  ///< Place in `all_`.
  };

  void LetGo(const stored::v1::ReleasedDetail& released, std::int64_t ms);
  void Settle(const stored::v1::SettledDetail& settled, std::int64_t ms);

  const std::string event_id_;
  const std::string post_;
  std::map<std::string, Place> places_;  ///< By feed.
  std::vector<LettingGo> all_ = std::vector<LettingGo>(1);
  v1::Level most_ = v1::LEVEL_UNSPECIFIED;
  std::int64_t taken_back_ms_ = 0;
  std::size_t read_in_turn_ = 0;  ///< Of which letting-go a person read first.
};

}  // namespace tearline::rpc
