#include <algorithm>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {

PackSection ActionsSection(const CasePack& pack) {
  std::vector<v1::Action> actions = pack.actions;
  std::stable_sort(actions.begin(), actions.end(), [](const v1::Action& a, const v1::Action& b) {
    return MsOf(a.due_at()) < MsOf(b.due_at());
  });
  PackSection section;
  section.key = "actions";
  section.head = "Open actions";
  section.columns = {"due", "what", "owner", "carried over", "action"};
  for (const v1::Action& action : actions) {
    section.rows.push_back(
        {{TimeText(action.due_at()), Word(action.kind()), action.owner_post(),
          action.carried_over() == 0 ? "" : std::to_string(action.carried_over()),
          action.action_id()},
         MsOf(action.due_at()) <= pack.now_ms});
  }
  return section;
}

}  // namespace tearline::cli
