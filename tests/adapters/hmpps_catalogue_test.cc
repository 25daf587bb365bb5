#include "clients/adapters/hmpps_catalogue.h"

#include <gtest/gtest.h>

namespace tearline::adapters {
namespace {

TEST(HmppsCatalogue, KnowsWhatIsPublishedAndWhatIsConsumed) {
  for (const char* type :
       {"accommodation.cas3.booking.cancelled", "unpaid-work.assessment.completed",
        "adjudication.hearing-completed.created", "person.alert.created", "non-associations.closed",
        "approved-premises.person.not-arrived", "enforcement.recall.concluded", "recall.inserted",
        "core-person-record.person.updated", "probation-case.address.created",
        "probation-case.mappa-information.updated", "probation-case.supervision.created",
        "probation-case.supervision-appointment.created", "probation-case.deleted.gdpr"}) {
    EXPECT_TRUE(IsListed(type)) << type;
  }
  for (const char* type :
       {"", "person", "person.alert", "person.alert.created.updated", "Person.alert.created",
        "adjudication.hearingCompleted.created", "probation-case.address.",
        "probation-case.supervision.updated", "probation-case.supervision.create",
        "prison-recall.recommendation.started", "intelligence.report.submitted"}) {
    EXPECT_FALSE(IsListed(type)) << type;
  }
}

TEST(HmppsCatalogue, SendsRecallsAndPeopleAtLargeAsUrgentAndTheRestAsRoutine) {
  struct Row {
    const char* type;
    v1::CustodyChange change;
    v1::Urgency urgency;
  };
  constexpr Row kRows[] = {
      {"enforcement.recall.raised", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"enforcement.recall.concluded", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"enforcement.breach.raised", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_ROUTINE},
      {"prison-recall.recommendation.started", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"prison-recall.recommendation.deleted", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"recall.updated", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"recalled.updated", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_ROUTINE},
      {"prison-offender-events.prisoner.fixed-term-recall.changed", v1::CUSTODY_CHANGE_UNSPECIFIED,
       v1::URGENCY_URGENT},
      {"prison-offender-events.prisoner.received", v1::CUSTODY_CHANGE_RECALLED, v1::URGENCY_URGENT},
      {"prison-offender-events.prisoner.received", v1::CUSTODY_CHANGE_RECEIVED,
       v1::URGENCY_ROUTINE},
      {"prison-offender-events.prisoner.released", v1::CUSTODY_CHANGE_ABSCONDED,
       v1::URGENCY_URGENT},
      {"prison-offender-events.prisoner.released", v1::CUSTODY_CHANGE_RELEASED,
       v1::URGENCY_ROUTINE},
      {"prison-offender-events.prisoner.released", v1::CUSTODY_CHANGE_TRANSFERRED,
       v1::URGENCY_ROUTINE},
      {"person.temporary-absence.overdue", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_URGENT},
      {"person.temporary-absence.completed", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_ROUTINE},
      {"probation-case.registration.added", v1::CUSTODY_CHANGE_UNSPECIFIED, v1::URGENCY_ROUTINE},
  };
  for (const Row& row : kRows) {
    v1::Facts facts;
    facts.set_custody_change(row.change);
    EXPECT_EQ(UrgencyOf(row.type, facts), row.urgency) << row.type;
  }
}

TEST(HmppsCatalogue, KnowsWhichTypesAreAlwaysAboutAPerson) {
  for (const char* type : {"person.alert.created", "probation-case.registration.added",
                           "prison-offender-events.prisoner.released", "tier.calculation.complete",
                           "enforcement.breach.raised"}) {
    EXPECT_TRUE(IsAlwaysAboutAPerson(type)) << type;
  }
  for (const char* type :
       {"location.inside.prison.created", "incentives.levels.reordered", "incident.report.created",
        "prisoner-alerts.alert-code-created", "prison-offender-events.visitor.restriction.deleted",
        "core-person-record.person.updated"}) {
    EXPECT_FALSE(IsAlwaysAboutAPerson(type)) << type;
  }
}

}  // namespace
}  // namespace tearline::adapters
