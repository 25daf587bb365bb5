#include <algorithm>
#include <map>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

/// What an agency has to do with the case, as this post sees it.
struct Interest {
  std::size_t events = 0;
  std::int64_t last_ms = 0;
  std::vector<std::string> parts;  ///< In words, each once.

  void Add(const std::string& part) {
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
};

std::map<std::string, Interest> InterestsIn(const CasePack& pack) {
  std::map<std::string, Interest> interests;
  for (const v1::CaseFeedEntry& entry : pack.entries) {
    // At pointer it is named only if its originator lets the holder be named.
    if (entry.event().originating_agency().empty()) continue;
    Interest& interest = interests[entry.event().originating_agency()];
    ++interest.events;
    interest.last_ms =
        std::max({interest.last_ms, MsOf(entry.event().accepted_at()), MsOf(entry.released_at())});
  }
  for (const v1::CasePost& named : pack.about.named_posts()) {
    interests[AgencyOf(named.post())].Add(Word(named.function()) + ": " + named.post());
  }
  for (const v1::Action& action : pack.actions) {
    interests[AgencyOf(action.owner_post())].Add("owes an action: " + action.owner_post());
  }
  for (const v1::Proposal& proposal : pack.proposals) {
    interests[AgencyOf(proposal.proposed_by())].Add("proposed: " + proposal.proposed_by());
  }
  interests.erase("");
  return interests;
}

}  // namespace

PackSection SeatlessSection(const CasePack& pack) {
  PackSection section;
  section.key = "without_a_seat";
  section.head = "Without a seat, and with something to say";
  section.note = "Only what this post was told, or sees in the case, speaks here.";
  section.columns = {"agency", "events told", "last", "its part"};
  const std::set<std::string> seated = AgenciesOf(pack.about, /*parts=*/true);
  for (const auto& [agency, interest] : InterestsIn(pack)) {
    if (seated.count(agency) != 0 || agency == AgencyOf(pack.post)) continue;
    std::string parts;
    for (const std::string& part : interest.parts) parts += (parts.empty() ? "" : "; ") + part;
    section.rows.push_back({{agency, interest.events == 0 ? "" : std::to_string(interest.events),
                             interest.last_ms == 0 ? "" : TimeText(interest.last_ms), parts}});
  }
  return section;
}

}  // namespace tearline::cli
