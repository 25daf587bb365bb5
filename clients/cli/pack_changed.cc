#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/show_case_feed.h"
#include "clients/cli/show_proposal.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

/// What changed when.
class Changes {
 public:
  explicit Changes(std::int64_t since_ms) : since_ms_(since_ms) {}

  void Add(std::int64_t ms, std::string what, bool pressing = false) {
    if (ms >= since_ms_) changes_.push_back({ms, std::move(what), pressing});
  }
  std::vector<PackRow> NewestFirst() {
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const Change& a, const Change& b) { return a.ms > b.ms; });
    std::vector<PackRow> rows;
    for (const Change& each : changes_)
      rows.push_back({{TimeText(each.ms), each.what}, each.pressing});
    return rows;
  }

 private:
  struct Change {
    std::int64_t ms;
    std::string what;
    bool pressing;
  };
  const std::int64_t since_ms_;
  std::vector<Change> changes_;
};

void AddEntry(const v1::CaseFeedEntry& entry, Changes& changes) {
  const v1::DeliveredEvent& event = entry.event();
  if (entry.has_taken_back_at()) {
    changes.Add(MsOf(entry.taken_back_at()), "taken back: " + event.event_id(), true);
    return;
  }
  std::string what = event.level() == v1::LEVEL_POINTER
                         ? "something is held; ask " + event.ask_post()
                         : event.event_type() + ", " + Word(event.level()) + ", from " +
                               (event.originating_post().empty() ? event.originating_agency()
                                                                 : event.originating_post());
  const std::string lateness = LatenessText(entry);
  if (!lateness.empty()) what += "; " + lateness;
  const bool pressing = entry.urgency() == v1::URGENCY_IMMEDIATE && !entry.has_read_at();
  changes.Add(MsOf(entry.released_at()), what, pressing);
}

void AddProposal(const v1::Proposal& proposal, Changes& changes) {
  changes.Add(MsOf(proposal.made_at()),
              proposal.proposed_by() + " proposed " + Word(proposal.kind()));
  for (const v1::AskedPost& asked : proposal.asked()) {
    if (!asked.has_answered_at()) continue;
    changes.Add(MsOf(asked.answered_at()),
                asked.post() + " to " + Word(proposal.kind()) + ": " + AnswerText(asked),
                asked.answer() == v1::PROPOSAL_ANSWER_OBJECTION);
  }
}

/// What a case is managed at; who leads it, where and under whom, as far as that was kept and is
/// not as in the other.
std::string ManagedText(const v1::CaseManagement& each, const v1::CaseManagement& other) {
  std::string text = "category " + Word(each.category()) + ", level " + Word(each.level());
  if (each.lead_agency().empty()) return text;  // none of it was kept
  if (each.lead_agency() != other.lead_agency()) text += ", led by " + each.lead_agency();
  if (each.area() != other.area() && !each.area().empty()) text += ", in " + each.area();
  if (each.supervising_post() != other.supervising_post()) {
    text += ", under " + (each.supervising_post().empty() ? "nobody" : each.supervising_post());
  }
  return text;
}

v1::CaseManagement AsNow(const v1::Case& about) {
  v1::CaseManagement now;
  now.set_category(about.category());
  now.set_level(about.level());
  now.set_lead_agency(about.lead_agency());
  now.set_area(about.area());
  now.set_supervising_post(about.supervising_post());
  return now;
}

/// Each change of how the case is managed: what it became, and what it had been.
void AddManagement(const CasePack& pack, Changes& changes) {
  std::vector<v1::CaseManagement> all = pack.managed_before;
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return MsOf(a.until()) < MsOf(b.until());
  });
  all.push_back(AsNow(pack.about));
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const v1::CaseManagement& before = all[i];
    v1::CaseManagement after = all[i + 1];
    if (before.lead_agency().empty()) after.clear_lead_agency();  // nor was what it can be held to
    changes.Add(MsOf(before.until()),
                "managed at " + ManagedText(after, before) + "; it was " +
                    ManagedText(before, after) + "; by " + before.changed_by(),
                true);
  }
}

void AddMeeting(const v1::Meeting& meeting, Changes& changes) {
  changes.Add(MsOf(meeting.planned_at()), meeting.planned_by() + " planned a meeting for " +
                                              TimeText(meeting.planned_for()));
  if (meeting.has_held_at()) changes.Add(MsOf(meeting.held_at()), "a meeting was held");
}

}  // namespace

PackSection ChangedSection(const CasePack& pack) {
  Changes changes(pack.since_ms);
  for (const v1::CaseFeedEntry& entry : pack.entries) AddEntry(entry, changes);
  AddManagement(pack, changes);
  for (const v1::Meeting& meeting : pack.meetings) AddMeeting(meeting, changes);
  for (const v1::Proposal& proposal : pack.proposals) AddProposal(proposal, changes);
  for (const v1::Obligation& owed : pack.obligations) {
    changes.Add(MsOf(owed.opened_at()), Word(owed.type()) + " is owed by " + owed.debtor_post());
  }
  for (const v1::Action& action : pack.actions) {
    changes.Add(MsOf(action.added_at()),
                Word(action.kind()) + " was agreed, for " + action.owner_post());
  }
  PackSection section;
  section.key = "changed";
  section.head =
      "Since " + TimeText(pack.since_ms) + (pack.since_what.empty() ? "" : ", " + pack.since_what);
  section.columns = {"when", "what"};
  section.rows = changes.NewestFirst();
  section.first_page = true;
  return section;
}

}  // namespace tearline::cli
