#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

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
class PostTimes {
 public:
  PostTimes(std::string event_id, std::string post)
      : event_id_(std::move(event_id)), post_(std::move(post)) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf);

  std::int64_t released_ms = 0;      ///< The first time; 0 if never, as all of these.
  std::int64_t acknowledged_ms = 0;  ///< By the post's system.
  std::int64_t read_ms = 0;          ///< By a person, the first time.

 private:
  bool Settles(const stored::v1::SettledDetail& settled) const;

  const std::string event_id_;
  const std::string post_;
  std::map<std::string, std::pair<v1::Urgency, std::uint64_t>> places_;  ///< By feed.
};

}  // namespace tearline::rpc
