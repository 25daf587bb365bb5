#include <algorithm>
#include <tuple>
#include <utility>

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

}  // namespace

PackSection ChangedSection(const CasePack& pack) {
  Changes changes(pack.since_ms);
  for (const v1::CaseFeedEntry& entry : pack.entries) AddEntry(entry, changes);
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
