#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/simulation/leaves.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/requests.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// P3: what was owed and not told, or told and to be read, is an obligation of somebody named, with
/// a time, until a record ends it; and times are kept.
class Debts {
 public:
  using Events = std::map<std::string, EventHeard>;

  Debts(const Reading& reading, const Events& events, Leaves& leaves, const Requests& requests,
        Complaints& complaints)
      : reading_(reading),
        events_(events),
        leaves_(leaves),
        requests_(requests),
        complaints_(complaints) {}

  void HearDetails(const Seen& seen);
  /// Nothing is owed about an event any more.
  void HearWithdrawn(const std::string& event_id);

  /// When the next steps are due that are due by then, rising: as of the last look.
  std::vector<std::int64_t> DueBy(std::int64_t stamp_ms) const;

  /// After a group of records, the first of which bears `stamp_ms`; `pulsed` is false if nothing
  /// could fire in it.
  void Look(const state::Reader& view, std::int64_t stamp_ms, bool pulsed);

  /// Open obligations: id in 16 bytes, and the post whose it is.
  std::map<std::string, std::string> open;

 private:
  /// Event, nominal ("" for a duty to read) and post, all as in records.
  using Debt = std::tuple<std::string, std::string, std::string>;

  /// Whether a post published an event that an obligation counts: of that it is asked, and of
  /// nothing else.
  bool IsAsked(const std::string& post, const std::string& id) const;
  void HearDecision(const stored::v1::DecisionDetail& detail);
  void HearObligation(const stored::v1::ObligationDetail& detail, const Seen& seen);
  bool IsInTheTimeThatStood(const stored::v1::ObligationDetail& detail, const Seen& seen) const;
  void EndWhatNobodyReads(const stored::v1::ObligationDetail& ended);
  void EndWhatNobodyOwes(const stored::v1::ObligationDetail& left);
  void CheckClimb(const stored::v1::ObligationDetail& climbed, const Seen& seen);
  void LookAtHandOvers();
  void CoverRaised(const std::string& event);
  void LookAtRow(const std::string& id, const stored::v1::ObligationRow& row);
  void LookAtTime(const std::string& id, const stored::v1::ObligationRow& row,
                  const state::Reader& view, std::int64_t stamp_ms, bool must_fire);

  const Reading& reading_;
  const Events& events_;
  Leaves& leaves_;
  const Requests& requests_;
  Complaints& complaints_;
  std::set<Debt> owed_;
  std::set<std::pair<std::string, std::string>> read_;      ///< Post and event.
  std::set<Debt> covered_;                                  ///< Those that some row speaks of.
  std::map<std::string, std::set<std::string>> spoken_of_;  ///< Events, by obligation.
  std::map<std::string, std::set<std::string>> named_;      ///< Posts it is owed to, by obligation.
  /// By type and event: the times at which what was opened about it was due.
  std::map<std::pair<v1::ObligationType, std::string>, std::set<std::int64_t>> dues_;
  std::map<std::string, Seen> ended_;        ///< Obligations a record ended.
  std::map<std::string, std::string> told_;  ///< Whose turn it is, by obligation.
  std::set<std::string> passed_over_;  ///< Obligations that climbed past a post that was away.
  std::map<std::string, std::uint32_t> stages_;  ///< Steps taken, as of the last look.
  std::map<std::string, std::int64_t> opened_;   ///< When each was opened.
  std::set<std::string> climbed_;     ///< Obligations of which a step was due since the last look.
  std::set<std::string> joined_;      ///< Obligations that more joined since the last look.
  std::set<std::string> taken_over_;  ///< Posts of which taking over is owed, and chased.
  std::map<std::string, std::int64_t> next_;  ///< When the next step is due, as of the last look.
  std::vector<std::int64_t>
      broker_due_;  ///< When it goes on with what it does by and by, likewise.
  std::set<std::pair<std::string, std::string>> late_;  ///< Post and event: told by catching up.
  std::set<std::pair<std::string, std::string>>
      raised_;  ///< Event and post: told of it, judged again by a pulse.
  /// By post and event: the feeds by which it was let go, and not withheld since.
  std::map<std::pair<std::string, std::string>, std::set<std::string>> had_;
  /// By obligation: who must not hear of it, and for which of its events.
  std::map<std::string, std::map<std::string, std::set<std::string>>> unspeakable_;
};

}  // namespace tearline::simulation
