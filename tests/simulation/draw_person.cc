#include "tests/simulation/draw.h"

namespace tearline::simulation {

/// Two who may be one person, or were said to be; now and then by somebody who may not say so.
std::optional<Intent> Draw::OfPersons(Deed deed) {
  if (oracle_.people.empty()) return std::nullopt;
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(dice_.Chance(700) ? Coordinators() : town_.posts());
  intent.nominal = KnownNominal();
  if (deed == Deed::kMerge) {
    intent.surviving = KnownNominal();
    return intent;
  }
  // One that was merged, if there is one among a few.
  for (int i = 0; i < 8 && !oracle_.reading.persons.WasMerged(NominalBytes(intent.nominal)); ++i) {
    intent.nominal = KnownNominal();
  }
  return intent;
}

}  // namespace tearline::simulation
