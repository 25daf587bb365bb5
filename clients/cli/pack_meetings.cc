#include <algorithm>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

bool HasMinutes(const v1::Meeting& meeting) {
  return std::any_of(
      meeting.documents().begin(), meeting.documents().end(),
      [](const auto& document) { return document.kind() == v1::DOCUMENT_KIND_MINUTES; });
}

}  // namespace

PackSection MeetingsSection(const CasePack& pack) {
  PackSection section;
  section.key = "meetings";
  section.head = "Meetings";
  section.note = "the next, those nobody has said of whether they were held, those without minutes";
  section.columns = {"planned for", "kind", "is", "meeting"};
  const v1::Meeting* next = nullptr;
  const auto add = [&section](const v1::Meeting& meeting, const std::string& is, bool pressing) {
    section.rows.push_back({{TimeText(meeting.planned_for()), Word(meeting.kind()), is,
                             meeting.meeting_id()},
                            pressing});
  };
  for (const v1::Meeting& each : pack.meetings) {
    const bool planned = each.outcome() == v1::MEETING_OUTCOME_UNSPECIFIED;
    if (planned && MsOf(each.planned_for()) >= pack.now_ms) {
      if (next == nullptr || MsOf(each.planned_for()) < MsOf(next->planned_for())) next = &each;
    } else if (planned) {
      add(each, "was it held?", true);
    } else if (each.outcome() == v1::MEETING_OUTCOME_HELD && !HasMinutes(each)) {
      const bool overdue = MsOf(each.minutes_due_at()) <= pack.now_ms;
      add(each, "without minutes, due " + TimeText(each.minutes_due_at()), overdue);
    }
  }
  if (next != nullptr) {
    add(*next, "the next", false);
    std::rotate(section.rows.begin(), section.rows.end() - 1, section.rows.end());
  }
  return section;
}

}  // namespace tearline::cli
