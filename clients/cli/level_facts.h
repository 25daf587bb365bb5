#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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

  /// Whether the event that a message becomes is wanted by Act.
  [[nodiscard]] bool ActsOn(const adapters::Adapted& adapted) const {
    return act_ && adapted.level_statement && !adapted.level_statement->left;
  }
  /// What a message says, if it says anything of the sort. What can set a case is kept until Act.
  void Take(const adapters::Adapted& adapted);

  /// Acts on what was kept, in its order: `event_of` gives the event that a message of a request id
  /// became; "" if it was not published. To be called when all are published, so that none is acted
  /// on that a newer one overtakes. Ends the command if no broker answers.
  void Act(const std::function<std::string(const std::string&)>& event_of);

  /// Prints what became of them, if there were any.
  void Report() const;
  [[nodiscard]] std::uint64_t Refused() const { return tally_.Refused(); }

 private:
  void Set(const std::string& request_id, const std::string& event_id);
  void Say(const std::string& request_id, const std::string& outcome,
           const std::string& sentence) const;

  const Invocation& invocation_;
  const bool act_;
  std::vector<std::string> kept_;  ///< Request ids.
  ChangeTally tally_;
};

}  // namespace tearline::cli
