#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {

PackSection WithheldSection(const CasePack& pack) {
  PackSection section;
  section.key = "withheld";
  section.head = "Withheld, as far as this post may know";
  section.note =
      "What stands here was let go as less than all of it. That something does not stand "
      "here does not mean that nothing is held.";
  section.columns = {"since", "what", "whom to ask"};
  section.first_page = true;
  for (const v1::Obligation& owed : pack.obligations) {
    if (owed.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) continue;
    section.rows.push_back(
        {{TimeText(owed.opened_at()), Word(owed.type()) + ", because " + Word(owed.reason()),
          owed.debtor_post()},
         MsOf(owed.due_at()) <= pack.now_ms});
  }
  for (auto entry = pack.entries.rbegin(); entry != pack.entries.rend(); ++entry) {
    const v1::DeliveredEvent& event = entry->event();
    if (entry->has_taken_back_at()) continue;
    if (event.level() == v1::LEVEL_POINTER) {
      section.rows.push_back(
          {{TimeText(entry->released_at()), "something is held", event.ask_post()},
           !entry->has_read_at()});
    } else if (event.level() == v1::LEVEL_TEAR_LINE) {
      section.rows.push_back({{TimeText(entry->released_at()),
                               "a tear-line of " + event.event_type(), event.originating_post()}});
    }
  }
  return section;
}

}  // namespace tearline::cli
