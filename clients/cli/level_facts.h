#pragma once

#include <cstdint>
#include <string>

#include "clients/adapters/outcome.h"
#include "clients/cli/change_tally.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What other systems' messages say of how people are managed, and what became of it here: it is so
/// already, so the person's case is set to it, whatever is open. The same messages again change
/// nothing, and what a batch left undone the next one does.
///
/// Each is counted; what changes a case, is left to a person or is refused is said, too. One that
/// is refused does not end the batch.
class LevelFacts {
 public:
  /// If not to `act`, everything is left. Requires: `invocation` outlives it.
  LevelFacts(const Invocation& invocation, bool act) : invocation_(invocation), act_(act) {}

  /// Whether this must wait until it is published.
  [[nodiscard]] bool ActsOn(const adapters::Adapted& adapted) const {
    return act_ && adapted.level_statement && !adapted.level_statement->left;
  }
  /// What a message says, if it says anything of the sort, by the event it became; "" if it was not
  /// published. Ends the command if no broker answers.
  void Take(const adapters::Adapted& adapted, const std::string& event_id);

  /// Prints what became of them, if there were any.
  void Report() const;
  [[nodiscard]] std::uint64_t Refused() const { return tally_.Refused(); }

 private:
  void Set(const adapters::Adapted& adapted, const std::string& event_id);
  void Say(const adapters::Adapted& adapted, const std::string& outcome,
           const std::string& sentence) const;

  const Invocation& invocation_;
  const bool act_;
  ChangeTally tally_;
};

}  // namespace tearline::cli
