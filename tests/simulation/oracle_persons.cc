#include <algorithm>

#include "tests/simulation/oracle.h"

// Who is one person with whom: merges, and merges that were wrong.

namespace tearline::simulation {

bool Oracle::MayBeOne(const Intent& intent) const {
  const auto is_known = [this](const std::string& text) {
    return std::find(nominals.begin(), nominals.end(), text) != nominals.end();
  };
  if (!is_known(intent.nominal) || !is_known(intent.surviving)) return false;
  const std::string removed = NominalBytes(intent.nominal);
  const std::string surviving = NominalBytes(intent.surviving);
  const Persons& persons = reading.persons;
  if (persons.AreOne(removed, surviving) || persons.WasMerged(removed) ||
      persons.WereParted(removed, surviving)) {
    return false;
  }
  // One panel is to be ended by people.
  if (reading.CaseOf(removed) != nullptr && reading.CaseOf(surviving) != nullptr) return false;
  return provisional.contains(removed) || !provisional.contains(persons.SurvivorOf(surviving));
}

/// A post of the agency is shown what is told of the person, or the agency leads the case.
bool Oracle::ShowsOwn(const std::string& agency, const std::string& nominal) const {
  if (reading.CaseOf(nominal) != nullptr && agency == kLeadAgency) return true;
  const std::set<std::string> posts = reading.BroughtInBy(nominal);
  return std::any_of(posts.begin(), posts.end(),
                     [&](const std::string& post) { return AgencyOf(post) == agency; }) ||
         std::any_of(reading.glasses.begin(), reading.glasses.end(), [&](const auto& use) {
           return AgencyOf(use.second.post) == agency && reading.HasGlass(use.second.post, nominal);
         });
}

/// P10: what is held about the one is the other's, too, from then on.
bool Oracle::MergeWidens(const Intent& intent) const {
  const std::string own = AgencyOf(intent.post);
  const auto& standing = feeds.wishes.standing;
  return ShowsOwn(own, NominalBytes(intent.nominal)) ||
         ShowsOwn(own, NominalBytes(intent.surviving)) ||
         std::any_of(standing.begin(), standing.end(),
                     [&own](const auto& wish) { return AgencyOf(wish.first) == own; });
}

bool Oracle::MayPart(const Intent& intent) const {
  return MayMerge(intent.post) && reading.persons.WasMerged(NominalBytes(intent.nominal));
}

/// P10: a post of the author's own supervises again.
bool Oracle::UnmergeWidens(const Intent& intent) const {
  const std::set<std::string> posts = reading.SupervisorsOnceParted(NominalBytes(intent.nominal));
  return std::any_of(posts.begin(), posts.end(), [&intent](const std::string& post) {
    return AgencyOf(post) == AgencyOf(intent.post);
  });
}

void Oracle::HearMerge(const Seen& seen, const Intent& intent) {
  if (!MayMerge(intent.post)) Complain("two were merged by whoever may not");
  if (!MayBeOne(intent)) Complain("two were merged who may not be one");
  const std::string removed = NominalBytes(intent.nominal);
  const std::string surviving = NominalBytes(intent.surviving);
  feeds.wishes.HearMerge(seen, removed, surviving);
  reading.persons.Merge(removed, surviving);
  ++merges;
}

/// Somebody looks at what was told meanwhile.
void Oracle::HearUnmerge(const Seen& seen, const Intent& intent) {
  if (!MayPart(intent)) Complain("a wrong un-merge took effect");
  reading.persons.Part(NominalBytes(intent.nominal));
  const bool looked_at =
      std::any_of(seen.details.begin(), seen.details.end(), [](const auto& each) {
        return each.obligation().type() == v1::OBLIGATION_TYPE_REVIEW_UNMERGE;
      });
  if (!looked_at) Complain("P3: two were parted, and nobody is to look at what was told meanwhile");
  ++unmerges;
}

}  // namespace tearline::simulation
