#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/machine.h"
#include "broker/state/reader.h"
#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// What was found wrong, in words without content.
using Complaints = std::vector<std::string>;

/// P1: what publishers were answered, and whether it still holds.
class Receipts {
 public:
  explicit Receipts(Complaints& complaints) : complaints_(complaints) {}

  /// A publish lies in the ledger: judges its outcome, and gives the event if it made one.
  ///
  /// Requires: whoever asked stands.
  bool Hear(const Seen& seen, const Intent& intent);

  /// A publisher was answered.
  void Answered(const Intent& intent, const machine::Applied& applied);

  /// Whether a spillage took effect in the group that is heard.
  bool spilled_in_group = false;

  /// Everything answered is there, once, under the same id, at its position. Asked after every
  /// crash and at the end.
  void Look(const state::Reader& view);

 private:
  using Request = std::pair<std::string, std::string>;  ///< Agency, request id.
  struct Made {
    std::string content;
    std::string event_id;
    model::Position position = 0;
  };
  struct Receipt {
    std::string event_id;
    model::Position position = 0;
  };

  Complaints& complaints_;
  std::map<Request, Made> made_;         ///< By what lies in the ledger.
  std::map<Request, Receipt> receipts_;  ///< By what was answered.
};

}  // namespace tearline::simulation
