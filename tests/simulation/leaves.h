#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// Who is away, and who has charge of a post meanwhile: begun and ended when it was said, and each
/// time another person has charge, somebody owes to take over.
class Leaves {
 public:
  Leaves(Reading& reading, Complaints& complaints) : reading_(reading), complaints_(complaints) {}

  /// Somebody said that the holder of a post is away, or back.
  void Hear(const Seen& seen, const Intent& intent);
  /// A post is held by that member from here on, or by nobody; a leave was the one before's.
  void HearHolder(const std::string& post, As holder, bool vacant);
  /// One detail of a record, in order: a Pulse begins and ends leaves.
  void HearDetail(const stored::v1::Detail& detail, const Seen& seen);
  /// A record was written, after the Pulse of its group if it has one: no leave is overdue.
  void LookForOverdue(std::int64_t stamp_ms) const;

  /// Posts of which another person has charge since this was asked last.
  std::vector<std::string> ChangedHands();

 private:
  void Set(const std::string& post, const Reading::LeaveHeard* leave);

  Reading& reading_;
  Complaints& complaints_;
  std::vector<std::string> changed_hands_;
};

}  // namespace tearline::simulation
