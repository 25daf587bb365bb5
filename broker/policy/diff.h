#pragma once

#include <string>
#include <vector>

#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// How one rule, or composite rule, differs between two policies, in sentences.
struct RuleDiff {
  enum class Kind { kAdded, kRemoved, kChanged };

  std::string rule;  ///< Its id, or name.
  Kind kind;
  std::vector<std::string> sentences;
};

/// How `after` differs from `before`, rule by rule, in byte order of their ids; then composite rule
/// by composite rule, by name. Rules that say the same are left out, and so is what does not judge:
/// samples, tests, purpose and edition.
[[nodiscard]] std::vector<RuleDiff> Diff(const v1::Policy& before, const v1::Policy& after);

}  // namespace tearline::policy
