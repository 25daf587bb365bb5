#pragma once

#include <vector>

#include "broker/policy/condition.h"
#include "broker/policy/policy_set.h"
#include "tearline/v1/event.pb.h"

namespace tearline::policy {

/// What the rules say about one nominal, and how their words combine.
struct Judgement {
  v1::Level grant = v1::LEVEL_WITHHELD;    ///< The highest grant; withheld without one.
  v1::Level absolute = v1::LEVEL_FULL;     ///< The lowest absolute cap; full without one.
  v1::Level qualified = v1::LEVEL_FULL;    ///< The lowest qualified cap; full without one.
  v1::Level duty = v1::LEVEL_UNSPECIFIED;  ///< The highest duty; UNSPECIFIED without one.

  /// The recipient broke the glass: everything is granted, and no qualified cap binds.
  bool glass_broken = false;

  /// min(grant, absolute, qualified); if that is below the duty, min(duty, absolute).
  v1::Level level = v1::LEVEL_WITHHELD;
  bool by_duty = false;  ///< The duty, not the grant, gave `level`.

  /// The rules that spoke, in the policy's order. They live as long as the policy.
  std::vector<const PolicySet::Rule*> spoke;
};

/// Asks every rule. A grant speaks if its condition holds; a cap, a duty and a mask unless theirs
/// does not. Where the glass is broken, absolute caps, duties and masks count as ever.
[[nodiscard]] Judgement Judge(const PolicySet& policy, const Situation& situation);

/// The rules that speak with a bound's winning value: the grants, or duties, and caps that equal
/// `judgement.level`.
[[nodiscard]] std::vector<const PolicySet::Rule*> WinningRules(const Judgement& judgement);

/// Why `judgement.level` is below what was owed or granted: the reason of the lowest cap that could
/// bind (of the smallest id, if several are as low); NO_GRANT if nothing was granted or owed;
/// UNSPECIFIED if it is not below.
[[nodiscard]] v1::RuleReason ReasonBelow(const Judgement& judgement);

}  // namespace tearline::policy
