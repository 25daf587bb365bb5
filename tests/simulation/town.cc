#include "tests/simulation/town.h"

#include <algorithm>

#include "broker/crypto/digest.h"
#include "broker/crypto/signer.h"
#include "tests/doubles/sample_policy.h"

namespace tearline::simulation {
namespace {

struct PostPlan {
  const char* post;
  v1::AgencyKind kind;
  v1::PostRole role;
  const char* escalates_to;
};

constexpr PostPlan kPlans[] = {
    {"board/board", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_STRATEGIC_BOARD, ""},
    {"police/coordinator", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_COORDINATOR, ""},
    {"police/governance", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_INFORMATION_GOVERNANCE, ""},
    {"police/operator", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_OPERATOR, ""},
    {"police/panel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT,
     "board/board"},
    {"prison/author", v1::AGENCY_KIND_PRISON, v1::POST_ROLE_POLICY_AUTHOR, ""},
    {"prison/operator", v1::AGENCY_KIND_PRISON, v1::POST_ROLE_OPERATOR, ""},
    {"prison/security", v1::AGENCY_KIND_PRISON, v1::POST_ROLE_PRISON_SECURITY, "board/board"},
    {"probation/chair", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_CHAIR, "board/board"},
    {"probation/coordinator", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_COORDINATOR, ""},
    {"unit/accountable", v1::AGENCY_KIND_SECURITY_UNIT, v1::POST_ROLE_ACCOUNTABLE_OFFICER,
     "board/board"},
    {"unit/intelligence", v1::AGENCY_KIND_SECURITY_UNIT, v1::POST_ROLE_INTELLIGENCE,
     "unit/accountable"},
};

constexpr char kRules[] = R"(
rules { id: "C1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_SOURCE_PROTECTION
  when { event { flag: CONTENT_FLAG_SOURCE_IDENTITY } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_WITHHELD
  reason: RULE_REASON_ORIGINATOR_CONTROL
  when { event { originator_controlled: true } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: AGENCY_KIND_PRISON } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" escalate_every: "1h" }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "2h" escalate_every: "1h" } }
)";

/// What an edition is shown to do.
std::string Matrix(std::size_t edition) {
  std::string text = "matrix { event: 'controlled' full: 'north-police/answerable' }\n";
  for (const char* event : {"open", "closed"}) {
    text += std::string("matrix { event: '") + event +
            "' full: [ 'north-probation/chair', 'north-police/answerable'" +
            (edition == 0 ? ", 'north-police/panel'" : "") + " ] }\n";
  }
  return text;
}

v1::Marking Sensitive() {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  return marking;
}

void AddMember(const std::string& post, As as, stored::v1::Genesis& genesis) {
  v1::Member& member = *genesis.add_members();
  member.set_agency(AgencyOf(post));
  member.set_member(MemberOf(post, as));
  member.set_kind(as == As::kSystem ? v1::MEMBER_KIND_SERVICE : v1::MEMBER_KIND_PERSON);
}

}  // namespace

std::string AgencyOf(const std::string& post) { return post.substr(0, post.find('/')); }

std::string PostOf(const std::string& feed) {
  return feed.substr(0, feed.find('/', feed.find('/') + 1));
}

bool SeesWithoutSeat(const std::string& post) { return AgencyOf(post) == "prison"; }

std::string MemberOf(const std::string& post, As as) {
  constexpr const char* kSuffixes[] = {"-system", "-holder", "-relief", "-deputy"};
  return post.substr(post.find('/') + 1) + kSuffixes[static_cast<std::size_t>(as)];
}

stored::v1::Actor Acting(const std::string& post, As as) {
  stored::v1::Actor actor;
  actor.set_agency(AgencyOf(post));
  actor.set_member(MemberOf(post, as));
  actor.set_post(post);
  actor.set_certificate_digest(
      crypto::Sha256(actor.agency() + "/" + actor.member() + "'s certificate").Bytes());
  actor.set_purpose("public-protection");
  return actor;
}

v1::Post PostHeldBy(const std::string& post, As holder) {
  v1::Post made;
  for (const PostPlan& plan : kPlans) {
    if (plan.post != post) continue;
    made.set_post(post);
    made.add_roles(plan.role);
    made.set_holder(MemberOf(post, holder));
    made.set_deputy(MemberOf(post, As::kDeputy));
    made.add_services(MemberOf(post, As::kSystem));
    made.set_escalates_to(plan.escalates_to);
    *made.mutable_clearance() = Sensitive();
  }
  return made;
}

std::string PolicyText(std::size_t edition) {
  const std::string seats = edition == 0 ? "SEAT_KIND_CHAIR, SEAT_KIND_MEMBER" : "SEAT_KIND_CHAIR";
  return "id: \"town\" version: " + std::to_string(edition + 1) +
         " purpose: \"For a simulation.\"\n"
         "rules { id: \"G1\" kind: RULE_KIND_GRANT level: LEVEL_FULL\n"
         "  reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: [" +
         seats + "] } } }" + kRules + doubles::SamplesKeptOut() + Matrix(edition);
}

stored::v1::Genesis MakeTown() {
  stored::v1::Genesis genesis;
  genesis.set_log_origin("tearline.example/simulation");
  genesis.set_trust_domain("tearline.example");
  genesis.set_audit_public_key(crypto::MakeSignerFromSeed(std::string(32, 'S'))->PublicKey());
  *genesis.mutable_accreditation() = Sensitive();
  genesis.set_policy_text(PolicyText(0));
  std::string last;
  for (const PostPlan& plan : kPlans) {
    if (AgencyOf(plan.post) != last) {
      last = AgencyOf(plan.post);
      v1::Agency& agency = *genesis.add_agencies();
      agency.set_agency(last);
      agency.set_kind(plan.kind);
      agency.set_authority_spki_digest(std::string(32, 'a'));
      agency.set_authority_certificate("certificate");
    }
    for (const As as : {As::kSystem, As::kHolder, As::kRelief, As::kDeputy}) {
      AddMember(plan.post, as, genesis);
    }
    *genesis.add_posts() = PostHeldBy(plan.post, As::kHolder);
  }
  return genesis;
}

const std::vector<std::string>& Posts() {
  static const std::vector<std::string> posts = [] {
    std::vector<std::string> names;
    for (const PostPlan& plan : kPlans) names.emplace_back(plan.post);
    return names;
  }();
  return posts;
}

bool MayBreakGlass(const std::string& post) {
  return post != kAuthor && post != kGovernance && post != "board/board" &&
         std::find(Operators().begin(), Operators().end(), post) == Operators().end();
}

bool ConfirmsForOthers(const std::string& post) {
  const auto is_it = [&post](const std::string& each) { return each == post; };
  return post == kGovernance || std::any_of(Operators().begin(), Operators().end(), is_it) ||
         std::any_of(Coordinators().begin(), Coordinators().end(), is_it);
}

const std::vector<std::string>& Publishers() {
  static const std::vector<std::string> posts = {"police/panel", "prison/security",
                                                 "probation/chair", "unit/intelligence"};
  return posts;
}

const std::vector<std::string>& Coordinators() {
  static const std::vector<std::string> posts = {"police/coordinator", "probation/coordinator"};
  return posts;
}

const std::vector<std::string>& Operators() {
  static const std::vector<std::string> posts = {"police/operator", "prison/operator"};
  return posts;
}

}  // namespace tearline::simulation
