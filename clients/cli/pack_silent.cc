#include <algorithm>
#include <map>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {

PackSection SilentSection(const CasePack& pack) {
  std::map<std::string, std::int64_t> last_ms;  // when the agency's newest event was recorded
  for (const v1::CaseFeedEntry& entry : pack.entries) {
    std::int64_t& last = last_ms[entry.event().originating_agency()];
    last = std::max(last, MsOf(entry.event().accepted_at()));
  }
  PackSection section;
  section.key = "silent";
  section.head = "Silent agencies";
  section.note =
      "Of these, though they have a seat, nothing came to this post since. They may have "
      "told others.";
  section.columns = {"agency", "last heard of", "seats"};
  for (const std::string& agency : AgenciesOf(pack.about, /*parts=*/false)) {
    if (agency == AgencyOf(pack.post)) continue;  // what it knows itself need not come to it
    const auto last = last_ms.find(agency);
    const bool never = last == last_ms.end() || last->second == 0;
    if (!never && last->second >= pack.since_ms) continue;
    std::string seats;
    for (const v1::Seat& seat : pack.about.seats()) {
      if (AgencyOf(seat.post()) == agency) seats += (seats.empty() ? "" : ", ") + seat.post();
    }
    section.rows.push_back({{agency, never ? "never" : TimeText(last->second), seats}, never});
  }
  std::stable_partition(section.rows.begin(), section.rows.end(),
                        [](const PackRow& row) { return row.pressing; });
  return section;
}

}  // namespace tearline::cli
