#include "tests/policy/practitioners.h"

#include <string>

namespace tearline::policy {
namespace {

NominalFacts Managed() {
  NominalFacts nominal;
  nominal.has_case = true;
  nominal.category = v1::MAPPA_CATEGORY_4;
  nominal.level = v1::MAPPA_LEVEL_3;
  nominal.lead_agency = "north-probation";
  return nominal;
}

Who Post(const char* name, const char* agency, v1::AgencyKind kind, v1::PostRole role) {
  Who who{name, {}, Managed()};
  who.post.agency = agency;
  who.post.post = std::string(agency) + "/post";
  who.post.agency_kind = kind;
  who.post.roles = {role};
  who.post.clearance.set_tier(v1::TIER_OFFICIAL);
  who.post.clearance.set_sensitive(true);
  return who;
}

}  // namespace

Who Seated(Who who, v1::SeatKind seat) {
  who.nominal.seat = seat;
  return who;
}

Who Uncleared(Who who) {
  who.post.clearance.set_sensitive(false);
  return who;
}

Who Chair() {
  return Seated(Post("chair", "north-probation", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_CHAIR),
                v1::SEAT_KIND_CHAIR);
}
Who PoliceMember() {
  return Seated(Post("police member", "north-police", v1::AGENCY_KIND_POLICE,
                     v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT),
                v1::SEAT_KIND_MEMBER);
}
Who PrisonMember() {
  return Seated(
      Post("prison member", "hill-prison", v1::AGENCY_KIND_PRISON, v1::POST_ROLE_PRACTITIONER),
      v1::SEAT_KIND_MEMBER);
}
Who HealthMember() {
  return Seated(
      Post("health member", "north-hospital", v1::AGENCY_KIND_HEALTH, v1::POST_ROLE_SAFEGUARDING),
      v1::SEAT_KIND_MEMBER);
}
Who ImmigrationMember() {
  return Seated(Post("immigration member", "borders", v1::AGENCY_KIND_IMMIGRATION,
                     v1::POST_ROLE_SAFEGUARDING),
                v1::SEAT_KIND_MEMBER);
}
Who Guest() {
  return Uncleared(
      Seated(Post("guest", "learning-trust", v1::AGENCY_KIND_EDUCATION, v1::POST_ROLE_PRACTITIONER),
             v1::SEAT_KIND_GUEST));
}
Who Officer() {
  Who who = Post("accountable officer", "ct-police", v1::AGENCY_KIND_POLICE,
                 v1::POST_ROLE_ACCOUNTABLE_OFFICER);
  who.nominal.accountable_officer = true;
  return who;
}
Who Supervisor() {
  Who who = Post("supervisor", "north-probation", v1::AGENCY_KIND_PROBATION,
                 v1::POST_ROLE_OFFENDER_MANAGER);
  who.nominal.supervising = true;
  return who;
}
Who HomeForce() {
  Who who = Post("police of the home", "west-police", v1::AGENCY_KIND_POLICE,
                 v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT);
  who.nominal.functions = {v1::CASE_FUNCTION_POLICE_OF_HOME};
  return who;
}
Who Writer() {
  Who who = Post("a report's writer", "report-service", v1::AGENCY_KIND_PROBATION,
                 v1::POST_ROLE_PRACTITIONER);
  who.nominal.functions = {v1::CASE_FUNCTION_REPORT_WRITER};
  return who;
}
Who Colleague() {
  return Post("the originator's colleague", "ct-police", v1::AGENCY_KIND_POLICE,
              v1::POST_ROLE_INTELLIGENCE);
}
Who Stranger() {
  return Post("a force elsewhere", "south-police", v1::AGENCY_KIND_POLICE,
              v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT);
}

}  // namespace tearline::policy
