#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "clients/adapters/outcome.h"
#include "clients/cli/change_tally.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What other systems' messages say of who is who, and what became of it here: two records that
/// were merged are one person, two that were parted are two, and what was told of a booking that
/// moved is told of the other from now on: all that occurred from its beginning until it moved.
///
/// Each is said and counted; one that is refused does not end the batch.
class IdentityChanges {
 public:
  /// If not to `act`, everything is left to a person. `agency` is whose messages they are; "" if
  /// one's own. Requires: `invocation` outlives it.
  IdentityChanges(const Invocation& invocation, std::string agency, bool act)
      : invocation_(invocation), agency_(std::move(agency)), act_(act) {}

  /// Whether this must wait until what came before it is published.
  [[nodiscard]] bool ActsOn(const adapters::Adapted& adapted) const {
    return act_ && adapted.identity_change.has_value();
  }
  /// What a message says, if it says anything of the sort. Ends the command if no broker answers.
  void Take(const adapters::Adapted& adapted);

  /// Prints what became of them, if there were any.
  void Report() const;
  [[nodiscard]] std::uint64_t Refused() const { return tally_.Refused(); }

 private:
  std::string Act(const adapters::Adapted& adapted) const;
  bool AwaitsMove(const adapters::Adapted& adapted) const;
  void Say(const adapters::Adapted& adapted, const std::string& outcome,
           const std::string& sentence) const;

  const Invocation& invocation_;
  const std::string agency_;
  const bool act_;
  ChangeTally tally_;
};

}  // namespace tearline::cli
