#include "tests/simulation/town.h"

#include <algorithm>

#include "broker/crypto/digest.h"
#include "broker/crypto/signer.h"
#include "tests/doubles/sample_policy.h"
#include "tests/simulation/dice.h"

namespace tearline::simulation {
namespace {

using population::Trade;

struct PostPlan {
  const char* post;
  v1::PostRole role;
  const char* line;
};

/// In every town, whoever else there is.
constexpr PostPlan kPlans[] = {
    {kBoard, v1::POST_ROLE_STRATEGIC_BOARD, ""},
    {"police/coordinator", v1::POST_ROLE_COORDINATOR, ""},
    {kDesk, v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT, kBoard},
    {kGovernance, v1::POST_ROLE_INFORMATION_GOVERNANCE, ""},
    {"police/operator", v1::POST_ROLE_OPERATOR, ""},
    {kAuthor, v1::POST_ROLE_POLICY_AUTHOR, ""},
    {"prison/operator", v1::POST_ROLE_OPERATOR, ""},
    {kPrison, v1::POST_ROLE_PRISON_SECURITY, kBoard},
    {"probation/coordinator", v1::POST_ROLE_COORDINATOR, ""},
    {kIntelligence, v1::POST_ROLE_INTELLIGENCE, "police/accountable-0"},
};

v1::PostRole RoleOf(Trade trade) {
  switch (trade) {
    case Trade::kSupervisor:
      return v1::POST_ROLE_OFFENDER_MANAGER;
    case Trade::kMember:
      return v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT;
    case Trade::kChair:
      return v1::POST_ROLE_CHAIR;
    case Trade::kAccountable:
      return v1::POST_ROLE_ACCOUNTABLE_OFFICER;
    default:
      return v1::POST_ROLE_PRACTITIONER;
  }
}

/// A manager does all that a supervisor or a chair does.
std::set<v1::Capability> AnswersFor(Trade trade) {
  switch (trade) {
    case Trade::kSupervisor:
      return {v1::CAPABILITY_VICTIM_CONTACT};
    case Trade::kManager:
      return {v1::CAPABILITY_VICTIM_CONTACT, v1::CAPABILITY_HOUSING};
    case Trade::kChair:
      return {v1::CAPABILITY_HOUSING};
    case Trade::kMember:
      return {v1::CAPABILITY_ENQUIRIES};
    case Trade::kAccountable:
      return {v1::CAPABILITY_INTELLIGENCE_CHECKS};
    default:
      return {};
  }
}

v1::AgencyKind KindOf(const std::string& agency) {
  if (agency == "police") return v1::AGENCY_KIND_POLICE;
  if (agency == "prison") return v1::AGENCY_KIND_PRISON;
  return agency == "unit" ? v1::AGENCY_KIND_SECURITY_UNIT : v1::AGENCY_KIND_PROBATION;
}

/// One area or two, with a panel for every third person.
population::Population PeopleOf(std::uint64_t seed) {
  Dice dice(~seed * 3);
  population::Size size;
  size.nominals = static_cast<std::size_t>(dice.Between(20, 60));
  size.areas = dice.Chance(700) ? 1 : 2;
  size.panels = size.nominals / 3;
  size.posts = size.areas * population::kTrades + dice.Below(3);
  return {size, seed};
}

constexpr char kRules[] = R"(
rules { id: "C1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_SOURCE_PROTECTION
  when { event { flag: CONTENT_FLAG_SOURCE_IDENTITY } } }
rules { id: "C2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_CLEARANCE when { none { recipient { cleared: true } } } }
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
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" escalate_every: "1h" }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "2h" escalate_every: "1h" } }
)";

/// What an edition is shown to do.
std::string Matrix(std::size_t edition) {
  std::string text =
      "matrix { event: 'controlled'"
      " full: [ 'north-police/answerable', 'north-probation/officer' ] }\n";
  for (const char* event : {"open", "closed"}) {
    text += std::string("matrix { event: '") + event +
            "' full: [ 'north-probation/chair', 'north-police/answerable'" +
            (edition == 0 ? ", 'north-police/panel'" : "") + " ] }\n";
  }
  return text;
}

v1::Marking Official(bool sensitive) {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(sensitive);
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

std::string PolicyText(std::size_t edition) {
  const std::string seats = edition == 0 ? "SEAT_KIND_CHAIR, SEAT_KIND_MEMBER" : "SEAT_KIND_CHAIR";
  return "id: \"town\" version: " + std::to_string(edition + 1) +
         " purpose: \"For a simulation.\"\n"
         "rules { id: \"G1\" kind: RULE_KIND_GRANT level: LEVEL_FULL\n"
         "  reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: [" +
         seats + "] } } }" + kRules + doubles::SamplesKeptOut() + Matrix(edition);
}

bool MayBreakGlass(const std::string& post) {
  return post != kAuthor && post != kGovernance && post != kBoard &&
         std::find(Operators().begin(), Operators().end(), post) == Operators().end();
}

bool MayMerge(const std::string& post) { return MayBreakGlass(post) || post == kGovernance; }

bool ConfirmsForOthers(const std::string& post) {
  const auto is_it = [&post](const std::string& each) { return each == post; };
  return post == kGovernance || std::any_of(Operators().begin(), Operators().end(), is_it) ||
         std::any_of(Coordinators().begin(), Coordinators().end(), is_it);
}

const std::vector<std::string>& Coordinators() {
  static const std::vector<std::string> posts = {"police/coordinator", "probation/coordinator"};
  return posts;
}

const std::vector<std::string>& Operators() {
  static const std::vector<std::string> posts = {"police/operator", "prison/operator"};
  return posts;
}

Town::Town(std::uint64_t seed) : people_(PeopleOf(seed)) {
  for (const PostPlan& plan : kPlans) plans_[plan.post] = {plan.role, plan.line, true, {}};
  plans_[kDesk].answers_for = AnswersFor(Trade::kMember);
  plans_[kDesk].answers_for.merge(AnswersFor(Trade::kAccountable));
  for (std::size_t i = 0; i < people_.size().posts; ++i) {
    const population::Post post = people_.PostAt(i);
    const std::string line =
        post.trade == Trade::kSupervisor ? PostOfTrade(Trade::kManager, post.area) : kBoard;
    plans_[post.name] = {RoleOf(post.trade), line, post.trade != Trade::kGuest,
                         AnswersFor(post.trade)};
  }
  for (const auto& [post, plan] : plans_) posts_.push_back(post);
}

stored::v1::Genesis Town::MakeGenesis() const {
  stored::v1::Genesis genesis;
  genesis.set_log_origin("tearline.example/simulation");
  genesis.set_trust_domain("tearline.example");
  genesis.set_audit_public_key(crypto::MakeSignerFromSeed(std::string(32, 'S'))->PublicKey());
  *genesis.mutable_accreditation() = Official(/*sensitive=*/true);
  genesis.set_policy_text(PolicyText(0));
  std::string last;
  for (const std::string& post : posts_) {
    if (AgencyOf(post) != last) {
      last = AgencyOf(post);
      v1::Agency& agency = *genesis.add_agencies();
      agency.set_agency(last);
      agency.set_kind(KindOf(last));
      agency.set_authority_spki_digest(std::string(32, 'a'));
      agency.set_authority_certificate("certificate");
    }
    for (const As as : {As::kSystem, As::kHolder, As::kRelief, As::kDeputy}) {
      AddMember(post, as, genesis);
    }
    *genesis.add_posts() = PostHeldBy(post, As::kHolder);
  }
  return genesis;
}

v1::Post Town::PostHeldBy(const std::string& post, As holder) const {
  const Plan& plan = plans_.at(post);
  v1::Post made;
  made.set_post(post);
  made.add_roles(plan.role);
  made.set_holder(MemberOf(post, holder));
  made.set_deputy(MemberOf(post, As::kDeputy));
  made.add_services(MemberOf(post, As::kSystem));
  made.set_escalates_to(plan.line);
  for (const v1::Capability each : plan.answers_for) made.add_capabilities(each);
  *made.mutable_clearance() = Official(plan.cleared);
  return made;
}

const std::set<v1::Capability>& Town::CapabilitiesOf(const std::string& post) const {
  return plans_.at(post).answers_for;
}

const std::string& Town::LineOf(const std::string& post) const {
  static const std::string nobody;
  const auto plan = plans_.find(post);
  return plan == plans_.end() ? nobody : plan->second.line;
}

bool Town::IsCleared(const std::string& post) const { return plans_.at(post).cleared; }

std::string Town::PostOfTrade(Trade trade, std::size_t area) const {
  return people_.PostAt(people_.IndexOf(trade, area)).name;
}

std::string Town::SupervisorOf(std::size_t person) const {
  const auto supervisor = people_.PersonAt(person).supervisor;
  return supervisor ? people_.PostAt(*supervisor).name : "";
}

std::string Town::PublisherOf(const population::Happening& happening) const {
  const std::size_t area = people_.PersonAt(happening.person).area;
  switch (happening.kind->source) {
    case population::Source::kPrison:
      return kPrison;
    case population::Source::kPolice:
      return happening.kind->has_tear_line ? kIntelligence : PostOfTrade(Trade::kMember, area);
    default: {
      const std::string supervisor = SupervisorOf(happening.person);
      return supervisor.empty() ? PostOfTrade(Trade::kManager, area) : supervisor;
    }
  }
}

}  // namespace tearline::simulation
