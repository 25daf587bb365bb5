#include "tests/machine/world.h"

#include "broker/audit/audit_log.h"
#include "broker/crypto/digest.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kBeginning[] = R"(
id: "world" version: 1 purpose: "For tests.")";

constexpr char kPanelRules[] = R"(
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL
  when { event { originator_controlled: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } }
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" escalate_every: "1h" } })";

constexpr char kSupervisorRule[] = R"(
rules { id: "D3" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_SUPERVISOR_MUST_KNOW
  when { recipient { supervising: true } } }
)";

struct PostSpec {
  const char* post;
  v1::AgencyKind kind;
  v1::PostRole role;
  const char* escalates_to;
};

constexpr PostSpec kPosts[] = {
    {"board/board", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_STRATEGIC_BOARD, ""},
    {"probation/chair", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_CHAIR, "board/board"},
    {"probation/supervisor", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_OFFENDER_MANAGER,
     "board/board"},
    {"probation/coordinator", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_COORDINATOR, ""},
    {"police/panel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT, ""},
    {"police/coordinator", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_COORDINATOR, ""},
    {"ct-police/intel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_INTELLIGENCE, "board/board"},
    {"ct-police/accountable", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_ACCOUNTABLE_OFFICER,
     "board/board"},
    {"prison/security", v1::AGENCY_KIND_PRISON, v1::POST_ROLE_PRISON_SECURITY, ""},
    {"education/guest", v1::AGENCY_KIND_EDUCATION, v1::POST_ROLE_PRACTITIONER, ""},
    {"desk/operator", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_OPERATOR, ""},
    {"board/operator", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_OPERATOR, ""},
    {"desk/author", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_POLICY_AUTHOR, ""},
    {"desk/governance", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_INFORMATION_GOVERNANCE, ""},
};

std::string NameOf(const std::string& post) { return post.substr(post.find('/') + 1); }

v1::Marking Sensitive() {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  return marking;
}

void AddMember(const std::string& agency, const std::string& name, v1::MemberKind kind,
               Genesis& genesis) {
  v1::Member& member = *genesis.add_members();
  member.set_agency(agency);
  member.set_member(name);
  member.set_kind(kind);
}

Genesis MakeGenesis() {
  Genesis genesis = GenesisUnder(kBeginning + World::PanelRules() + kSupervisorRule);
  std::map<std::string, v1::AgencyKind> agencies;
  for (const PostSpec& spec : kPosts) agencies[AgencyOfPost(spec.post)] = spec.kind;
  for (const auto& [name, kind] : agencies) AddAgency(name, kind, genesis);
  for (const PostSpec& spec : kPosts) {
    v1::Post post;
    post.set_post(spec.post);
    post.add_roles(spec.role);
    post.set_escalates_to(spec.escalates_to);
    *post.mutable_clearance() = Sensitive();
    AddPost(post, genesis);
  }
  return genesis;
}

Actor Member(const std::string& post, const std::string& suffix) {
  Actor actor;
  actor.set_agency(AgencyOfPost(post));
  actor.set_member(NameOf(post) + suffix);
  actor.set_certificate_digest(
      crypto::Sha256("certificate of " + actor.agency() + "/" + actor.member()).Bytes());
  actor.set_post(post);
  return actor;
}

std::string SeedOf(std::size_t position) {
  return crypto::Sha256("seed " + std::to_string(position)).Bytes();
}

}  // namespace

Genesis GenesisUnder(const std::string& policy_text) {
  Genesis genesis;
  genesis.set_log_origin("tearline.example/audit");
  genesis.set_trust_domain("tearline.example");
  genesis.set_audit_public_key(std::string(32, 'k'));
  *genesis.mutable_accreditation() = Sensitive();
  genesis.set_policy_text(policy_text);
  return genesis;
}

void AddAgency(const std::string& name, v1::AgencyKind kind, Genesis& genesis) {
  v1::Agency& agency = *genesis.add_agencies();
  agency.set_agency(name);
  agency.set_kind(kind);
  agency.set_authority_spki_digest(std::string(32, 'a'));
  agency.set_authority_certificate("certificate of " + name);
}

void AddPost(v1::Post post, Genesis& genesis) {
  const std::string agency = AgencyOfPost(post.post());
  const std::string name = NameOf(post.post());
  AddMember(agency, name + "-holder", v1::MEMBER_KIND_PERSON, genesis);
  AddMember(agency, name + "-deputy", v1::MEMBER_KIND_PERSON, genesis);
  AddMember(agency, name + "-system", v1::MEMBER_KIND_SERVICE, genesis);
  post.set_holder(name + "-holder");
  post.set_deputy(name + "-deputy");
  post.add_services(name + "-system");
  *genesis.add_posts() = std::move(post);
}

std::string World::PanelRules() { return kPanelRules; }

World::World() : World(MakeGenesis()) {}

World::World(const Genesis& genesis) { Say(Broker(), COMMAND_NUMBER_GENESIS, genesis); }

Actor World::System(const std::string& post) { return Member(post, "-system"); }
Actor World::Holder(const std::string& post) { return Member(post, "-holder"); }
Actor World::Broker() {
  Actor actor;
  actor.set_agency("broker");
  return actor;
}

Applied World::Say(const Actor& actor, CommandNumber number, const std::string& command_bytes,
                   std::uint16_t segments) {
  ledger::StoredHeader record;
  record.header.behaviour_version = behaviour_version;
  record.header.ledger_id = *model::LedgerId::FromBytes("world-of-16bytes");
  record.header.term = 1;
  record.header.position = records.size() + 1;
  if (!records.empty()) record.header.previous = records.back().digest;
  record.header.stamp_ms = now_ms;
  record.header.seed = SeedOf(record.header.position);
  record.header.command = static_cast<std::uint16_t>(number);
  record.header.segments = segments;
  record.header.actor = actor.SerializeAsString();
  record.header.command_bytes = command_bytes;
  record.bytes = ledger::EncodeHeader(record.header);
  record.digest = crypto::Sha256(record.bytes);
  records.push_back(record);

  state::Batch batch(state);
  Applied applied = machine.Apply(record, batch);
  state.Commit(batch);
  return applied;
}

StoredIdentifier World::Number(int number) {
  StoredIdentifier identifier;
  identifier.set_type(v1::IDENTIFIER_TYPE_NOMS);
  identifier.set_index(crypto::Sha256("number " + std::to_string(number)).Bytes());
  identifier.set_verified(true);
  identifier.mutable_sealed()->set_ciphertext("sealed");
  return identifier;
}

void World::Crash() {
  state = Replay(records);
  machine = Machine();
}

void World::PutInForce(const std::string& policy_text) {
  behaviour_version = kPoliciesTestedFrom - 1;
  ProposePolicy propose;
  propose.set_policy_text(policy_text);
  Say(System("desk/author"), COMMAND_NUMBER_PROPOSE_POLICY, propose);
  ApprovePolicy approve;
  approve.set_policy_digest(crypto::Sha256(policy_text).Bytes());
  Say(System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, approve);
  behaviour_version = kBehaviourVersion;
}

Applied World::NoteSimulation(const std::string& policy_text, std::uint64_t raises,
                              const std::string& report) {
  stored::v1::NoteSimulation note;
  note.set_policy_digest(crypto::Sha256(policy_text).Bytes());
  note.set_in_force_digest(
      state.Find<LedgerRow>(state::Key(state::Table::kLedger))->policy_digest());
  note.set_raises(raises);
  note.set_report_digest(crypto::Sha256(report).Bytes());
  Actor actor = System("desk/author");
  actor.set_purpose("policy-review");
  return Say(actor, COMMAND_NUMBER_NOTE_SIMULATION, note);
}

std::string World::Register(int number) {
  RegisterNominal command;
  *command.add_identifiers() = Number(number);
  Actor asking = System("police/coordinator");
  asking.set_purpose("public-protection");
  const Applied applied = Say(asking, COMMAND_NUMBER_REGISTER_NOMINAL, command);
  return model::NominalId::Parse(applied.made_id)->Bytes();
}

Applied World::Merge(const std::string& removed_id, const std::string& surviving_id) {
  const auto clerk = [](const char* post) {
    Actor actor = System(post);
    actor.set_purpose("public-protection");
    return actor;
  };
  stored::v1::MergeNominals merge;
  merge.set_removed_id(removed_id);
  merge.set_surviving_id(surviving_id);
  const Applied asked = Say(clerk("police/coordinator"), COMMAND_NUMBER_MERGE_NOMINALS, merge);
  if (asked.outcome != audit::Outcome::kAwaitsSecondHand) return asked;
  stored::v1::SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  return Say(clerk("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, second);
}

std::string World::OpenCase(const std::string& nominal_id,
                            const std::vector<std::pair<std::string, v1::SeatKind>>& seats,
                            const std::string& accountable_post) {
  stored::v1::OpenCase open;
  v1::Case& asked = *open.mutable_case_();
  asked.set_nominal_id(model::NominalId::FromBytes(nominal_id)->Text());
  asked.set_category(v1::MAPPA_CATEGORY_4);
  asked.set_level(v1::MAPPA_LEVEL_3);
  asked.set_lead_agency("probation");
  asked.set_area("north");
  asked.set_accountable_post(accountable_post);
  const Applied opened = Say(System("police/coordinator"), COMMAND_NUMBER_OPEN_CASE, open);
  const std::string case_id = model::CaseId::Parse(opened.made_id)->Bytes();
  for (const auto& [post, kind] : seats) {
    SeatPost seat;
    seat.set_case_id(case_id);
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(kind);
    const bool own = AgencyOfPost(post) == "police";
    Say(System(own ? "probation/coordinator" : "police/coordinator"), COMMAND_NUMBER_SEAT_POST,
        seat);
  }
  return case_id;
}

stored::v1::Publish World::Event(const std::string& nominal_id) const {
  stored::v1::Publish event;
  event.set_request_id("request-" + std::to_string(records.size()));
  event.set_request_digest(crypto::Sha256(event.request_id()).Bytes());
  event.set_event_type("intelligence.report.submitted");
  event.set_occurred_ms(now_ms - 60'000);
  event.set_urgency(v1::URGENCY_URGENT);
  *event.mutable_label()->mutable_marking() = Sensitive();
  event.add_nominals()->set_nominal_id(nominal_id);
  SealedSegment& segment = *event.add_segments();
  segment.set_length(1024);
  segment.set_digest(std::string(32, 'd'));
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  return event;
}

std::string World::NextEventId() const {
  return crypto::Sha256({"tearline event id", SeedOf(records.size() + 1)}).Bytes().substr(0, 16);
}

Applied World::Publish(const stored::v1::Publish& event, const std::string& post) {
  stored::v1::Publish command = event;
  command.set_originating_agency(AgencyOfPost(post));
  command.set_originating_post(post);
  command.set_event_id(NextEventId());
  return Say(System(post), COMMAND_NUMBER_PUBLISH, command.SerializeAsString(),
             static_cast<std::uint16_t>(command.segments_size()));
}

std::string World::OpenSession(const std::string& feed, std::uint32_t window_messages) {
  stored::v1::OpenSession command;
  command.set_feed(feed);
  command.set_window_messages(window_messages);
  command.set_window_bytes(4 * 1024 * 1024);
  const Applied applied = Say(System(PostOfFeed(feed)), COMMAND_NUMBER_OPEN_SESSION, command);
  return model::SessionId::Parse(applied.made_id)->Bytes();
}

Applied World::Acknowledge(const std::string& feed, const std::string& session_id, v1::Urgency lane,
                           const std::vector<std::uint64_t>& sequences) {
  stored::v1::Acknowledge command;
  command.set_feed(feed);
  command.set_session_id(session_id);
  command.set_lane(lane);
  command.mutable_sequences()->Add(sequences.begin(), sequences.end());
  return Say(System(PostOfFeed(feed)), COMMAND_NUMBER_ACKNOWLEDGE, command);
}

Applied World::PassAndPulse(std::int64_t milliseconds) {
  now_ms += milliseconds;
  return Say(Broker(), COMMAND_NUMBER_PULSE, Pulse());
}

std::uint32_t World::Resolved(const Actor& actor) const {
  const state::Key key = state::Key(state::Table::kQuota)
                             .U8(static_cast<std::uint8_t>(QuotaKind::kResolve))
                             .Name(actor.agency())
                             .Name(actor.member());
  return state.Find<QuotaRow>(key).value_or(QuotaRow()).used();
}

std::map<std::uint64_t, ItemRow> World::Released(const std::string& feed, v1::Urgency lane) const {
  std::map<std::uint64_t, ItemRow> items;
  for (const auto& [key, bytes] :
       state.Scan(LaneRows(state::Table::kReleased, feed, lane), 10'000)) {
    items[state::ReadBigEndian(key, key.size() - 8, 8)].ParseFromString(bytes);
  }
  return items;
}

std::size_t World::Waiting(const std::string& feed, v1::Urgency lane) const {
  return state.Scan(LaneRows(state::Table::kWaiting, feed, lane), 10'000).size();
}

std::vector<Detail> World::Details(model::Position position) const {
  return audit::DetailsAt(position, state);
}

std::optional<DecisionDetail> World::DecisionFor(const std::string& post) const {
  for (const Detail& detail : Details()) {
    if (detail.has_decision() && detail.decision().post() == post) return detail.decision();
  }
  return std::nullopt;
}

std::map<std::string, ObligationRow> World::OpenObligations() const {
  std::map<std::string, ObligationRow> open;
  for (const auto& [key, bytes] : state.Scan(state::Key(state::Table::kObligation), 10'000)) {
    ObligationRow row;
    row.ParseFromString(bytes);
    if (row.ended_ms() == 0) open[key.substr(1)] = row;
  }
  return open;
}

doubles::MemoryState Replay(const std::vector<ledger::StoredHeader>& records) {
  doubles::MemoryState state;
  Machine machine;
  for (const ledger::StoredHeader& record : records) {
    state::Batch batch(state);
    machine.Apply(record, batch);
    state.Commit(batch);
  }
  return state;
}

}  // namespace tearline::machine
