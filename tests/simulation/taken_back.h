#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"

namespace tearline::simulation {

/// Withdrawn events: whoever ever received one is told so, by whichever feed, and nobody else (P6).
class TakenBack {
 public:
  TakenBack(const Reading& reading, const std::map<std::string, EventHeard>& events,
            Complaints& complaints)
      : reading_(reading), events_(events), complaints_(complaints) {}

  void HearReceived(const std::string& feed, const std::string& event_id) {
    received_.emplace(PostOf(feed), event_id);
  }
  void HearTold(const std::string& feed, const std::string& event_id) {
    if (!received_.contains({PostOf(feed), event_id})) {
      complaints_.push_back("P6: a post that never had an event was told of its withdrawal");
    }
    told_.emplace(PostOf(feed), event_id);
  }
  void LookWhenQuiet() const {
    for (const auto& whom : received_) {
      if (!events_.at(whom.second).withdrawn || told_.contains(whom)) continue;
      if (!reading_.Stands(whom.first, As::kSystem)) continue;  // Nobody listens for it.
      complaints_.push_back("a post that received an event was not told of its withdrawal");
      return;
    }
  }

 private:
  const Reading& reading_;
  const std::map<std::string, EventHeard>& events_;
  Complaints& complaints_;
  std::set<std::pair<std::string, std::string>> received_;  ///< Post and event.
  std::set<std::pair<std::string, std::string>> told_;
};

}  // namespace tearline::simulation
