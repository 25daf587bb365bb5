#pragma once

#include <string>
#include <vector>

#include "tearline/v1/subscription.pb.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// A world whose policy tells prisons and education all that is not originator-controlled, so that
/// posts without a seat have something to wish for. Boards are owed it.
class WishingWorld : public World {
 public:
  WishingWorld();

  /// A wish for events about these nominals, 16 bytes each; for everything if there are none.
  static v1::Selector About(const std::vector<std::string>& nominals);

  Applied Create(const std::string& post, const v1::Selector& selector,
                 v1::StartFrom from = v1::START_FROM_NOW, std::int64_t time_ms = 0);
  /// The same, for what takes effect: the feed.
  std::string Subscribe(const std::string& post, const v1::Selector& selector,
                        v1::StartFrom from = v1::START_FROM_NOW, std::int64_t time_ms = 0);
  Applied Seek(const std::string& feed, v1::StartFrom from, std::int64_t time_ms = 0);
  Applied Delete(const std::string& feed);

  /// Publishes about a nominal; the event's id, 16 bytes. What is held back is told to nobody.
  std::string Tell(const std::string& nominal, v1::Urgency lane = v1::URGENCY_URGENT);
  std::string HoldBack(const std::string& nominal, v1::Urgency lane = v1::URGENCY_URGENT);

  /// Has the broker go on with what the newest record left; how many records that took.
  int GoOn();
  /// Acknowledges all that is out in a lane, and has the broker go on; the events, in order.
  std::vector<std::string> Take(const std::string& feed, const std::string& session,
                                v1::Urgency lane = v1::URGENCY_URGENT);
  /// The events that are out in a lane, in order.
  std::vector<std::string> Out(const std::string& feed,
                               v1::Urgency lane = v1::URGENCY_URGENT) const;
  stored::v1::LaneRow Lane(const std::string& feed, v1::Urgency lane = v1::URGENCY_URGENT) const;
  /// Decisions in the newest leaf.
  int Judged() const;

  /// What the last record that the functions above said left to do.
  Applied last;

 private:
  std::string PublishOne(stored::v1::Publish event, v1::Urgency lane);
};

}  // namespace tearline::machine
