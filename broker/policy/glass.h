#pragma once

#include <span>

#include "broker/policy/decision.h"
#include "broker/policy/facts.h"

namespace tearline::policy {

/// Break-glass: for one nominal and a while, everything is granted to a post and no qualified cap
/// binds it. Absolute caps, masks and the fall-backs stand.

/// Adds to the rules cited, for each use of break-glass under which a decision was made whatever it
/// changed, "break-glass:brk_…". No rule of a policy is called so.
void CiteGlass(std::span<const NominalFacts> nominals, Decision& decision);

}  // namespace tearline::policy
