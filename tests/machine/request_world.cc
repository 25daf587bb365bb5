#include "tests/machine/request_world.h"

#include <algorithm>

#include "broker/machine/information_request.h"
#include "broker/machine/rows.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kReleased[] = R"(
rules { id: "G5" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { released_to: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } }
)";

v1::Post PostOf(const std::string& name, v1::PostRole role, const std::string& escalates_to,
                const std::vector<v1::Capability>& capabilities = {}) {
  v1::Post post;
  post.set_post(name);
  post.add_roles(role);
  post.set_escalates_to(escalates_to);
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  post.mutable_clearance()->set_sensitive(true);
  for (const v1::Capability each : capabilities) post.add_capabilities(each);
  return post;
}

Genesis MakeGenesis() {
  Genesis genesis = GenesisUnder("id: \"world\" version: 1 purpose: \"For tests.\"" +
                                 World::PanelRules() + kReleased);
  const auto agency = [&genesis](const char* name, v1::AgencyKind kind, const char* area) {
    AddAgency(name, kind, genesis);
    genesis.mutable_agencies(genesis.agencies_size() - 1)->set_area(area);
  };
  agency("board", v1::AGENCY_KIND_PROBATION, "");
  agency("probation", v1::AGENCY_KIND_PROBATION, "north");
  agency("police", v1::AGENCY_KIND_POLICE, "north");
  agency("police-south", v1::AGENCY_KIND_POLICE, "south");
  agency("housing", v1::AGENCY_KIND_HOUSING, "north");
  agency("health", v1::AGENCY_KIND_HEALTH, "");
  agency("desk", v1::AGENCY_KIND_BROKER, "");
  const auto add = [&genesis](const v1::Post& post) { AddPost(post, genesis); };
  add(PostOf("board/board", v1::POST_ROLE_STRATEGIC_BOARD, ""));
  add(PostOf("probation/chair", v1::POST_ROLE_CHAIR, "board/board"));
  add(PostOf("probation/supervisor", v1::POST_ROLE_OFFENDER_MANAGER, "board/board"));
  add(PostOf("probation/coordinator", v1::POST_ROLE_COORDINATOR, ""));
  add(PostOf("police/coordinator", v1::POST_ROLE_COORDINATOR, ""));
  add(PostOf("police/panel", v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT, ""));
  add(PostOf("police/superintendent", v1::POST_ROLE_PRACTITIONER, "board/board"));
  add(PostOf("police/checks", v1::POST_ROLE_PRACTITIONER, "police/superintendent",
             {v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS, v1::CAPABILITY_ENQUIRIES}));
  add(PostOf("police-south/checks", v1::POST_ROLE_PRACTITIONER, "",
             {v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS}));
  add(PostOf("housing/homes", v1::POST_ROLE_PRACTITIONER, "board/board", {v1::CAPABILITY_HOUSING}));
  add(PostOf("health/safeguarding", v1::POST_ROLE_SAFEGUARDING, "",
             {v1::CAPABILITY_ENQUIRIES, v1::CAPABILITY_MENTAL_HEALTH}));
  add(PostOf("desk/operator", v1::POST_ROLE_OPERATOR, ""));
  add(PostOf("desk/governance", v1::POST_ROLE_INFORMATION_GOVERNANCE, ""));
  return genesis;
}

Actor Why(Actor actor) {
  actor.set_purpose("public-protection");
  actor.set_legal_basis("CJA2003-325-4");
  return actor;
}

}  // namespace

RequestWorld::RequestWorld() : World(MakeGenesis()) {
  nominal = Register(1);
  other = Register(2);
  case_id =
      OpenCase(nominal, {{kChair, v1::SEAT_KIND_CHAIR}, {"police/panel", v1::SEAT_KIND_MEMBER}});
  SetSupervisor supervisor;
  supervisor.set_nominal_id(other);
  supervisor.set_post(kSupervisor);
  Say(Why(System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR, supervisor);
}

AskForInformation RequestWorld::Asking(std::int64_t in_ms) const {
  AskForInformation command;
  command.set_case_id(case_id);
  command.set_kind(v1::INFORMATION_REQUEST_KIND_DOMESTIC_ABUSE_CHECK);
  command.set_answer_by_ms(now_ms + in_ms);
  return command;
}

AskForInformation RequestWorld::AskingOf(const std::string& post) const {
  AskForInformation command = Asking();
  command.clear_case_id();
  command.set_nominal_id(other);
  command.set_kind(v1::INFORMATION_REQUEST_KIND_HEALTH);
  command.add_ask()->set_post(post);
  return command;
}

Applied RequestWorld::Ask(const AskForInformation& command, const std::string& post) {
  return Say(Why(System(post)), COMMAND_NUMBER_ASK_FOR_INFORMATION, command);
}

std::string RequestWorld::Ask() {
  return model::InformationRequestId::Parse(Ask(Asking()).made_id)->Bytes();
}

Applied RequestWorld::Answer(const AnswerForInformation& command, const std::string& post) {
  return Say(Why(Holder(post)), COMMAND_NUMBER_ANSWER_FOR_INFORMATION, command);
}

Applied RequestWorld::Answer(const std::string& request_id, v1::InformationOutcome outcome,
                             const std::string& post) {
  AnswerForInformation command;
  command.set_information_request_id(request_id);
  command.set_outcome(outcome);
  return Answer(command, post);
}

Applied RequestWorld::AnswerBy(const std::string& request_id, const std::string& event_id,
                               const std::string& post) {
  AnswerForInformation command;
  command.set_information_request_id(request_id);
  command.set_outcome(v1::INFORMATION_OUTCOME_ANSWERED);
  command.set_answer_event_id(event_id);
  return Answer(command, post);
}

Applied RequestWorld::Refuse(const std::string& request_id, const std::string& post) {
  AnswerForInformation command;
  command.set_information_request_id(request_id);
  command.set_outcome(v1::INFORMATION_OUTCOME_REFUSED);
  command.set_refusal(v1::INFORMATION_REFUSAL_DANGER_TO_SOMEBODY);
  return Answer(command, post);
}

std::string RequestWorld::PublishFor(const std::string& reader, const std::string& about,
                                     const std::string& post) {
  const std::string id = NextEventId();
  stored::v1::Publish event = Event(about);
  if (!reader.empty()) event.mutable_label()->add_released_to_posts(reader);
  World::Publish(event, post);
  return id;
}

void RequestWorld::KeepOut(const std::string& nominal_id, const std::vector<std::string>& posts) {
  LimitAccess limit;
  limit.set_nominal_id(nominal_id);
  limit.mutable_excluded()->Add(posts.begin(), posts.end());
  Say(Why(System("police/coordinator")), COMMAND_NUMBER_LIMIT_ACCESS, limit);
}

InformationRequestRow RequestWorld::RowOf(const std::string& request_id) const {
  return *state.Find<InformationRequestRow>(InformationRequestKey(request_id));
}

std::vector<std::string> RequestWorld::Asked(const std::string& request_id) const {
  std::vector<std::string> all;
  const InformationRequestRow row = RowOf(request_id);
  for (const AskedForInformationRow& asked : row.asked()) {
    const std::string outcome =
        asked.outcome() == v1::INFORMATION_OUTCOME_UNSPECIFIED
            ? ""
            : " " + model::CodeOf(v1::InformationOutcome_Name(asked.outcome()),
                                  "INFORMATION_OUTCOME_");
    all.push_back(asked.post() + outcome);
  }
  return all;
}

std::map<std::string, std::string> RequestWorld::Open(v1::ObligationType type) const {
  std::map<std::string, std::string> open;
  for (const auto& [id, row] : OpenObligations()) {
    if (row.type() == type) open[row.debtor_post()] = id;
  }
  return open;
}

int RequestWorld::Said(const std::string& what, const std::string& other_name) const {
  const auto details = Details();
  return static_cast<int>(std::count_if(details.begin(), details.end(), [&](const Detail& each) {
    return each.changed().what() == what &&
           (other_name.empty() || each.changed().other() == other_name);
  }));
}

void RequestWorld::PutAbove(const std::string& above, const std::string& post) {
  SetPost command;
  *command.mutable_post() = state.Find<PostRow>(PostKey(post))->post();
  command.mutable_post()->set_escalates_to(above);
  Say(System("desk/operator"), COMMAND_NUMBER_SET_POST, command);
}

Applied RequestWorld::LookAtRefusal(const std::string& obligation_id, const std::string& post) {
  DischargeObligation command;
  command.set_obligation_id(obligation_id);
  command.set_method(DISCHARGE_METHOD_REVIEWED);
  return Say(System(post), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command);
}

int RequestWorld::TimesTold(const std::string& post, const std::string& obligation_id) const {
  int times = 0;
  for (const auto table : {state::Table::kWaiting, state::Table::kReleased}) {
    for (const auto& [key, bytes] : state.Scan(LaneRows(table, post, v1::URGENCY_URGENT), 10'000)) {
      ItemRow item;
      if (item.ParseFromString(bytes) && item.obligation_id() == obligation_id) ++times;
    }
  }
  return times;
}

void RequestWorld::PassStepByStep(std::int64_t milliseconds) {
  const std::int64_t until = now_ms + milliseconds;
  for (std::int64_t next = NextDeadlineMs(state); next <= until; next = NextDeadlineMs(state)) {
    PassAndPulse(std::max<std::int64_t>(next - now_ms, 0));
  }
  now_ms = until;
}

}  // namespace tearline::machine
