#include <array>
#include <string_view>
#include <utility>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/show_case_feed.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

/// The four pillars of a risk management plan, and what belongs to none of them by its type.
enum class Pillar { kSupervision, kMonitoring, kInterventions, kVictims, kNone };

struct Belongs {
  std::string_view type;  ///< An event type, or the words it begins with.
  Pillar pillar;
};

/// By the words with which a type begins, whole words only; the longest that fits decides. Types as
/// agencies publish them, and ours. Who must meet, see or decide is supervision; what limits or
/// watches is monitoring and control; what treats, teaches or keeps is intervention; what keeps
/// others safe from the person is victim safety.
constexpr auto kTypes = std::to_array<Belongs>({
    {"accommodation", Pillar::kMonitoring},
    {"accredited-programmes-community", Pillar::kInterventions},
    {"activities", Pillar::kInterventions},
    {"adjudication", Pillar::kMonitoring},
    {"applications", Pillar::kMonitoring},
    {"appointments", Pillar::kSupervision},
    {"approved-premises", Pillar::kMonitoring},
    {"assessment", Pillar::kSupervision},
    {"calculate-release-dates", Pillar::kSupervision},
    {"child", Pillar::kVictims},
    {"create-and-vary-a-licence", Pillar::kMonitoring},
    {"custody", Pillar::kMonitoring},
    {"domestic-abuse", Pillar::kVictims},
    {"education", Pillar::kInterventions},
    {"electronic-monitoring", Pillar::kMonitoring},
    {"enforcement", Pillar::kMonitoring},
    {"event.manager", Pillar::kSupervision},
    {"health", Pillar::kInterventions},
    {"housing", Pillar::kInterventions},
    {"incentives", Pillar::kInterventions},
    {"incident", Pillar::kMonitoring},
    {"intelligence", Pillar::kMonitoring},
    {"intervention", Pillar::kInterventions},
    {"interventions", Pillar::kInterventions},
    {"licence", Pillar::kMonitoring},
    {"licence-condition", Pillar::kMonitoring},
    {"licence-condition.manager", Pillar::kSupervision},
    {"mappa", Pillar::kSupervision},
    {"non-associations", Pillar::kMonitoring},
    {"non-compliance", Pillar::kMonitoring},
    {"offender-management", Pillar::kSupervision},
    {"operation", Pillar::kMonitoring},
    {"order", Pillar::kMonitoring},
    {"person.alert", Pillar::kMonitoring},
    {"person.alerts", Pillar::kMonitoring},
    {"person.case-note", Pillar::kSupervision},
    {"person.community", Pillar::kSupervision},
    {"person.court-appearance", Pillar::kSupervision},
    {"person.court-appearance-movement", Pillar::kSupervision},
    {"person.csip-record", Pillar::kInterventions},
    {"person.temporary-absence", Pillar::kMonitoring},
    {"person.temporary-absence-authorisation", Pillar::kMonitoring},
    {"person.temporary-absence-movement", Pillar::kMonitoring},
    {"pre-sentence", Pillar::kSupervision},
    {"prison", Pillar::kSupervision},
    {"prison-offender-events", Pillar::kMonitoring},
    {"prison-offender-events.prisoner.activities-changed", Pillar::kInterventions},
    {"prison-offender-events.prisoner.appointments-changed", Pillar::kInterventions},
    {"prison-offender-events.prisoner.contact-added", Pillar::kVictims},
    {"prison-offender-events.prisoner.contact-approved", Pillar::kVictims},
    {"prison-offender-events.prisoner.contact-removed", Pillar::kVictims},
    {"prison-offender-events.prisoner.contact-unapproved", Pillar::kVictims},
    {"prison-offender-events.prisoner.person-restriction", Pillar::kVictims},
    {"prison-offender-events.visitor", Pillar::kVictims},
    {"prison-recall", Pillar::kMonitoring},
    {"prison-visit", Pillar::kVictims},
    {"prison-visit-allocation", Pillar::kVictims},
    {"prison-visit-booker", Pillar::kVictims},
    {"prisoner-alerts", Pillar::kMonitoring},
    {"prisoner-offender-search", Pillar::kMonitoring},
    {"probation", Pillar::kSupervision},
    {"probation-case", Pillar::kSupervision},
    {"recall", Pillar::kMonitoring},
    {"release-date-adjustments", Pillar::kSupervision},
    {"requirement", Pillar::kSupervision},
    {"restricted-patients", Pillar::kInterventions},
    {"risk", Pillar::kSupervision},
    {"risk-assessment", Pillar::kSupervision},
    {"safeguarding", Pillar::kVictims},
    {"sas", Pillar::kMonitoring},
    {"security", Pillar::kMonitoring},
    {"threat", Pillar::kVictims},
    {"tier", Pillar::kSupervision},
    {"unpaid-work", Pillar::kInterventions},
    {"victim", Pillar::kVictims},
});

bool BeginsWith(std::string_view type, std::string_view words) {
  return type.substr(0, words.size()) == words &&
         (type.size() == words.size() || type[words.size()] == '.');
}

Pillar PillarOf(std::string_view type) {
  Belongs best{"", Pillar::kNone};
  for (const Belongs& each : kTypes) {
    if (BeginsWith(type, each.type) && each.type.size() > best.type.size()) best = each;
  }
  return best.pillar;
}

PackRow RowOf(const v1::CaseFeedEntry& entry) {
  const v1::DeliveredEvent& event = entry.event();
  const std::string grade = GradeText(event.grading());
  return {{TimeText(event.occurred_at()), event.event_type(), event.originating_post(),
           Word(event.level()) + ", " + MarkingText(event.marking()) +
               (grade.empty() ? "" : ", " + grade),
           LatenessText(entry), PanelText(entry), event.event_id()},
          entry.urgency() == v1::URGENCY_IMMEDIATE && !entry.has_read_at()};
}

}  // namespace

std::vector<PackSection> PillarSections(const CasePack& pack) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kHeads = {{
      {"supervision", "Supervision"},
      {"monitoring_and_control", "Monitoring and control"},
      {"interventions_and_treatment", "Interventions and treatment"},
      {"victim_safety", "Victim safety"},
      {"under_no_pillar", "Under no pillar, by their types"},
  }};
  std::vector<PackSection> sections;
  for (const auto& [key, head] : kHeads) {
    PackSection& section = sections.emplace_back();
    section.key = key;
    section.head = head;
    section.columns = {"occurred", "what", "from", "how much", "lateness", "panel", "event"};
  }
  for (auto entry = pack.entries.rbegin(); entry != pack.entries.rend(); ++entry) {
    if (entry->has_taken_back_at() || entry->event().level() == v1::LEVEL_POINTER) continue;
    const Pillar pillar = PillarOf(entry->event().event_type());
    sections[static_cast<std::size_t>(pillar)].rows.push_back(RowOf(*entry));
  }
  return sections;
}

}  // namespace tearline::cli
