#pragma once

#include "broker/policy/facts.h"

namespace tearline::policy {

/// Who asks of a worked policy: a recipient, and what it is to a person managed at level 3 in
/// category 4, whose case "north-probation" leads.
struct Who {
  const char* name;
  RecipientFacts post;
  NominalFacts nominal;
};

/// The same with a seat; the same, cleared for OFFICIAL alone.
Who Seated(Who who, v1::SeatKind seat);
Who Uncleared(Who who);

// With a seat; all but the guest are cleared for OFFICIAL-SENSITIVE.
Who Chair();
Who PoliceMember();
Who PrisonMember();
Who HealthMember();       ///< A safeguarding post.
Who ImmigrationMember();  ///< The same.
Who Guest();

// Without one.
Who Officer();  ///< Accountable.
Who Supervisor();
Who HomeForce();  ///< The case names it as the police of the home.
Who Writer();     ///< Of a report: the case names it for that.
Who Colleague();  ///< Of the accountable officer's agency, nothing to the person.
Who Stranger();

}  // namespace tearline::policy
