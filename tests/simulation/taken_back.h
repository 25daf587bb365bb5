#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// Withdrawn events: whoever ever received one is told so, and nobody else (P6): by whichever feed
/// it came, or, where they gave up what waited in that, by the inbox, where the duty to delete is
/// told.
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
  void HearDetails(const Seen& seen) {
    for (const stored::v1::Detail& detail : seen.details) {
      const stored::v1::ObligationDetail& owed = detail.obligation();
      if (owed.type() == v1::OBLIGATION_TYPE_CONFIRM_DELETION) {
        if (owed.change() == stored::v1::OBLIGATION_CHANGE_OPENED) {
          to_delete_[owed.obligation_id()] = {owed.debtor_post(), owed.event_id()};
        }
        if (owed.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED) {
          told_.insert(to_delete_[owed.obligation_id()]);
        }
      }
      const auto notice = to_delete_.find(detail.released().obligation_id());
      if (notice == to_delete_.end()) continue;
      if (detail.released().feed() == notice->second.first) told_.insert(notice->second);
    }
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
  /// By obligation: who owes that the event be deleted. Whoever said that it is, knew.
  std::map<std::string, std::pair<std::string, std::string>> to_delete_;
};

}  // namespace tearline::simulation
