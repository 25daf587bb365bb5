#pragma once

#include <string>

namespace tearline::doubles {

/// A small invented world, as a policy writes it, so that a test's policy may be proposed:
///
///   north-police       posts desk (publishes), panel (a member), answerable (accountable)
///   north-probation    posts chair, officer (supervises)
///
/// all cleared for OFFICIAL, and one case, about "adam". Events of the desk, OFFICIAL, routine, of
/// one segment: "open" about adam, whose existence may be told; "closed" the same, but it may not;
/// "controlled" as open, and the originator controls it; "source" as open, and would show a source;
/// "nobody" as open, about nobody.
inline std::string PolicySamples(const std::string& more = "") {
  std::string text = R"(
samples {
  agencies { agency: "north-police" kind: AGENCY_KIND_POLICE }
  agencies { agency: "north-probation" kind: AGENCY_KIND_PROBATION }
  posts { post: "north-police/desk" roles: POST_ROLE_INTELLIGENCE clearance { tier: TIER_OFFICIAL } }
  posts { post: "north-police/panel" roles: POST_ROLE_POLICE_OFFENDER_MANAGEMENT
          clearance { tier: TIER_OFFICIAL } }
  posts { post: "north-police/answerable" roles: POST_ROLE_ACCOUNTABLE_OFFICER
          clearance { tier: TIER_OFFICIAL } }
  posts { post: "north-probation/chair" roles: POST_ROLE_CHAIR clearance { tier: TIER_OFFICIAL } }
  posts { post: "north-probation/officer" roles: POST_ROLE_OFFENDER_MANAGER
          clearance { tier: TIER_OFFICIAL } }
  cases { nominal_id: "adam" category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_2
          lead_agency: "north-probation" supervising_post: "north-probation/officer"
          accountable_post: "north-police/answerable"
          seats { post: "north-probation/chair" kind: SEAT_KIND_CHAIR }
          seats { post: "north-police/panel" kind: SEAT_KIND_MEMBER } }
)" + more;
  const std::string told = "existence_may_be_told: true pointer_post: 'north-police/desk' ";
  const std::string adam = "nominals { nominal_id: 'adam' } ";
  const auto event = [&text](const std::string& name, const std::string& label,
                             const std::string& nominals, const std::string& segment = "") {
    text += "  events { name: '" + name +
            "' originating_post: 'north-police/desk' event { "
            "event_type: 'intelligence.report.submitted' urgency: URGENCY_ROUTINE "
            "label { marking { tier: TIER_OFFICIAL } " +
            label + "} " + nominals + "segments { " + segment + "} } }\n";
  };
  event("open", told, adam);
  event("closed", "", adam);
  event("controlled", told + "originator_controlled: true ", adam);
  event("source", told, adam, "flags: CONTENT_FLAG_SOURCE_IDENTITY ");
  event("nobody", told, "");
  return text + "}\n";
}

/// The same world with two more people, "eve" and "zoe", whose panels north-probation/chair chairs:
/// it is excluded from the one, in conflict with the other, and events "of-eve" and "of-zoe" are
/// like "open"; and the rules K1 and K2, which keep it out.
inline std::string SamplesKeptOut() {
  std::string more;
  for (const std::string who : {"eve", "zoe"}) {
    more += "  cases { nominal_id: '" + who +
            "' category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_2 lead_agency: 'north-probation'\n"
            "    seats { post: 'north-probation/chair' kind: SEAT_KIND_CHAIR } }\n"
            "  events { name: 'of-" +
            who +
            "' originating_post: 'north-police/desk' event { "
            "event_type: 'intelligence.report.submitted' urgency: URGENCY_ROUTINE "
            "label { marking { tier: TIER_OFFICIAL } existence_may_be_told: true "
            "pointer_post: 'north-police/desk' } nominals { nominal_id: '" +
            who + "' } segments { } } }\n";
  }
  more +=
      "  limits { nominal_id: 'eve' excluded: 'north-probation/chair' }\n"
      "  limits { nominal_id: 'zoe' in_conflict: 'north-probation/chair' }\n";
  return PolicySamples(more) + R"(
rules { id: "K1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } }
rules { id: "K2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_CONFLICT_OF_INTEREST when { recipient { in_conflict: true } } }
)";
}

/// These samples, and the matrix of a policy under which chairs get everything and nobody else gets
/// anything.
inline std::string ChairsAlone() {
  std::string text = SamplesKeptOut();
  for (const char* event : {"open", "closed", "controlled", "source"}) {
    text += std::string("matrix { event: '") + event + "' full: 'north-probation/chair' }\n";
  }
  return text;
}

/// That policy, whole.
inline std::string PolicyForChairs() {
  return R"(id: "chairs" version: 2 purpose: "For tests."
rules { id: "G9" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)" + ChairsAlone();
}

}  // namespace tearline::doubles
