#include "broker/policy/glass.h"

#include <algorithm>
#include <string>

namespace tearline::policy {

void CiteGlass(std::span<const NominalFacts> nominals, Decision& decision) {
  for (const NominalFacts& nominal : nominals) {
    if (nominal.glass.empty()) continue;
    const std::string cited = "break-glass:" + nominal.glass;
    const auto place = std::lower_bound(decision.rules.begin(), decision.rules.end(), cited);
    if (place == decision.rules.end() || *place != cited) decision.rules.insert(place, cited);
  }
}

}  // namespace tearline::policy
