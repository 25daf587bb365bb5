#include <algorithm>
#include <set>
#include <utility>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/show_case_feed.h"
#include "clients/cli/words.h"

namespace tearline::cli {

PackSection OverdueSection(const CasePack& pack) {
  PackSection section;
  section.key = "overdue";
  section.head = "Overdue";
  section.note = "Of what this post owes or was told of, and of the panel's actions.";
  section.columns = {"what", "overdue for", "told", "id"};
  section.first_page = true;
  std::vector<std::pair<std::int64_t, PackRow>> due;
  std::set<std::string> owed_ids;
  for (const v1::Obligation& owed : pack.obligations) {
    owed_ids.insert(owed.obligation_id());
    const std::int64_t due_ms = MsOf(owed.due_at());
    if (due_ms > pack.now_ms) continue;
    due.push_back({due_ms,
                   {{Word(owed.type()) + ", by " + owed.debtor_post(),
                     LongText(pack.now_ms - due_ms), owed.told_post(), owed.obligation_id()},
                    true}});
  }
  for (const v1::Action& action : pack.actions) {
    const std::int64_t due_ms = MsOf(action.due_at());
    if (due_ms > pack.now_ms || owed_ids.count(action.obligation_id()) != 0) continue;
    due.push_back({due_ms,
                   {{Word(action.kind()) + ", by " + action.owner_post(),
                     LongText(pack.now_ms - due_ms), "", action.action_id()},
                    true}});
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [due_ms, row] : due) section.rows.push_back(std::move(row));
  return section;
}

}  // namespace tearline::cli
