#pragma once

#include "broker/policy/decision.h"

namespace tearline::policy {

/// In what ways one decision differs from another about the same event and post.
struct Difference {
  bool raised = false;       ///< More is told: a higher level, or segments that were not given.
  bool newly_unmet = false;  ///< A duty is unmet, or unmet of somebody, that was not.
  bool masked = false;       ///< In full both times, and some segment is no longer given.
  bool obliges = false;      ///< Something else must happen, or by another time.

  bool Any() const { return raised || newly_unmet || masked || obliges; }

  friend bool operator==(const Difference&, const Difference&) = default;
};

[[nodiscard]] Difference Compare(const Decision& before, const Decision& after);

}  // namespace tearline::policy
