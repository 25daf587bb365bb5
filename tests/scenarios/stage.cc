#include "tests/scenarios/stage.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "broker/model/ids.h"
#include "broker/policy/duration.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"

namespace tearline::scenarios {

using machine::World;
using namespace stored::v1;

void Stage::Play(const Line& line) {
  static const std::map<std::string, Play1> kVerbs = {{"policy", &Stage::Policy},
                                                      {"agency", &Stage::Agency},
                                                      {"post", &Stage::Post},
                                                      {"nominal", &Stage::Nominal},
                                                      {"case", &Stage::Case},
                                                      {"seat", &Stage::Seat},
                                                      {"suspend", &Stage::Suspend},
                                                      {"lift", &Stage::Suspend},
                                                      {"function", &Stage::Function},
                                                      {"publish", &Stage::Publish},
                                                      {"expect", &Stage::Expect},
                                                      {"inbox", &Stage::Inbox},
                                                      {"owed", &Stage::Owed},
                                                      {"pass", &Stage::Pass},
                                                      {"read", &Stage::Read},
                                                      {"withdraw", &Stage::Withdraw},
                                                      {"amend", &Stage::Amend},
                                                      {"discharge", &Stage::Discharge},
                                                      {"glass", &Stage::Glass},
                                                      {"merge", &Stage::Merge},
                                                      {"composite", &Stage::Composite},
                                                      {"part", &Stage::Part},
                                                      {"move-booking", &Stage::MoveBooking},
                                                      {"owed-about", &Stage::OwedAbout},
                                                      {"action", &Stage::Action},
                                                      {"done", &Stage::Done},
                                                      {"level", &Stage::Level},
                                                      {"exit", &Stage::Exit},
                                                      {"owes", &Stage::Owes},
                                                      {"commission", &Stage::Commission},
                                                      {"propose", &Stage::Propose},
                                                      {"answer", &Stage::Answer},
                                                      {"asked", &Stage::Asked},
                                                      {"ask", &Stage::Ask},
                                                      {"reply", &Stage::Reply},
                                                      {"request", &Stage::Request},
                                                      {"plan", &Stage::Plan},
                                                      {"held", &Stage::Held},
                                                      {"minutes", &Stage::Minutes},
                                                      {"supervise", &Stage::Supervise},
                                                      {"holder", &Stage::Holder},
                                                      {"away", &Stage::Away},
                                                      {"back", &Stage::Away},
                                                      {"handed-over", &Stage::HandedOver},
                                                      {"take-over", &Stage::TakeOver},
                                                      {"moment", &Stage::Moment},
                                                      {"knew", &Stage::Knew},
                                                      {"not-told", &Stage::NotTold},
                                                      {"past-review", &Stage::PastReview},
                                                      {"meanwhile", &Stage::Meanwhile},
                                                      {"proved", &Stage::Proved}};
  const auto verb = kVerbs.find(line.verb);
  if (verb == kVerbs.end()) Stop(line, "no such verb: " + line.verb);
  const bool of_the_directory =
      line.verb == "policy" || line.verb == "agency" || line.verb == "post";
  if (!of_the_directory) Begin();
  (this->*verb->second)(line);
}

void Stage::Crash() {
  if (begun_) player_.Crash();
}

void Stage::Complain(const Line& line, const std::string& what) {
  complaints.push_back("line " + std::to_string(line.number) + ": " + what);
}

void Stage::Must(const Said& said, const Line& line) {
  if (!said.done) Complain(line, "is refused: " + said.sentence);
}

// -- The directory --------------------------------------------------------------------------------

void Stage::Policy(const Line& line) {
  std::ifstream file(std::string(TEARLINE_SOURCE_DIR) + "/" + line.words.at(0));
  std::stringstream text;
  text << file.rdbuf();
  genesis_ = machine::GenesisUnder(text.str());
  machine::AddAgency("desk", v1::AGENCY_KIND_BROKER, genesis_);
  v1::Post clerk;
  clerk.set_post(kClerk);
  clerk.add_roles(v1::POST_ROLE_COORDINATOR);
  clerk.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  machine::AddPost(clerk, genesis_);
  clerk.set_post(kOperator);
  clerk.set_roles(0, v1::POST_ROLE_OPERATOR);
  machine::AddPost(clerk, genesis_);
  clerk.set_post(kAuditor);
  clerk.set_roles(0, v1::POST_ROLE_AUDITOR);
  machine::AddPost(clerk, genesis_);
}

void Stage::Agency(const Line& line) {
  machine::AddAgency(line.words.at(0), Value<v1::AgencyKind>(line.words.at(1), line), genesis_);
  genesis_.mutable_agencies(genesis_.agencies_size() - 1)->set_area(line.WordAfter("in"));
}

void Stage::Post(const Line& line) {
  v1::Post post;
  post.set_post(line.words.at(0));
  post.add_roles(Value<v1::PostRole>(line.words.at(1), line));
  post.set_escalates_to(line.WordAfter("climbs-to"));
  *post.mutable_clearance() =
      MarkingOf(line.Has("cleared") ? line.WordAfter("cleared") : "OFFICIAL-SENSITIVE", line);
  for (const std::string& word : line.After("answers", {"climbs-to", "cleared"})) {
    post.add_capabilities(Value<v1::Capability>(word, line));
  }
  machine::AddPost(post, genesis_);
}

void Stage::Begin() {
  if (begun_) return;
  for (const v1::Post& post : genesis_.posts()) posts_[post.post()] = post;
  player_.Begin(genesis_);
  began_ms_ = player_.NowMs();
  begun_ = true;
}

// -- People and cases -----------------------------------------------------------------------------

void Stage::Case(const Line& line) {
  OpenCase command;
  v1::Case& asked = *command.mutable_case_();
  asked.set_nominal_id(model::NominalId::FromBytes(nominals_.at(line.words.at(0)))->Text());
  asked.set_category(Value<v1::MappaCategory>(line.WordAfter("category"), line));
  asked.set_level(Value<v1::MappaLevel>(line.WordAfter("level"), line));
  asked.set_lead_agency(line.WordAfter("led"));
  asked.set_area("north");
  asked.set_supervising_post(line.WordAfter("supervised"));
  asked.set_accountable_post(line.WordAfter("answerable"));
  const Said said = player_.Say(World::System(kClerk), COMMAND_NUMBER_OPEN_CASE, command);
  Must(said, line);
  cases_[line.words[0]] = model::CaseId::Parse(said.made_id)->Bytes();
}

void Stage::Seat(const Line& line) {
  SeatPost command;
  command.set_case_id(cases_.at(line.words.at(0)));
  command.mutable_seat()->set_post(line.words.at(1));
  command.mutable_seat()->set_kind(Value<v1::SeatKind>(line.words.at(2), line));
  if (line.Has("substitute")) {
    command.mutable_seat()->set_substitute_post(line.WordAfter("substitute"));
  }
  Must(player_.Say(World::System(kClerk), COMMAND_NUMBER_SEAT_POST, command), line);
}

// -- Events ---------------------------------------------------------------------------------------

void Stage::Publish(const Line& line) {
  stored::v1::Publish event;
  event.set_request_id(line.words.at(0));
  event.set_event_type(line.WordAfter("as"));
  event.set_occurred_ms(player_.NowMs() -
                        (line.Has("ago") ? DaysOf(line.WordAfter("ago"), line) : 60'000));
  event.set_urgency(line.Has("urgency") ? Value<v1::Urgency>(line.WordAfter("urgency"), line)
                                        : v1::URGENCY_ROUTINE);
  for (const std::string& nominal : line.After("about", {"urgency", "as", "by", "ago"})) {
    event.add_nominals()->set_nominal_id(nominals_.at(nominal));
  }
  for (const Line& part : line.under) AddPart(part, event);
  const Said said = player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_PUBLISH, event);
  Must(said, line);
  const auto id = model::EventId::Parse(said.made_id);
  if (id.ok()) events_[line.words[0]] = id->Bytes();
}

void Stage::Withdraw(const Line& line) {
  WithdrawEvent command;
  command.set_event_id(events_.at(line.words.at(0)));
  command.set_reason(Value<v1::WithdrawalReason>(line.WordAfter("because"), line));
  Actor actor = World::System(line.WordAfter("by"));
  actor.set_purpose("correction");
  Must(player_.Say(actor, COMMAND_NUMBER_WITHDRAW_EVENT, command), line);
}

void Stage::Amend(const Line& line) {
  AmendEvent command;
  command.set_event_id(events_.at(line.words.at(0)));
  for (const Line& part : line.under) {
    if (part.verb == "retire") {
      command.add_retired_tear_lines(static_cast<std::uint32_t>(std::stoul(part.words.at(0))));
      continue;
    }
    stored::v1::Publish parts;
    AddPart(part, parts);
    command.mutable_tear_lines()->MergeFrom(parts.tear_lines());
    if (!parts.has_label()) continue;
    v1::ReleaseTerms& terms = *command.mutable_terms();
    terms.set_originator_controlled(parts.label().originator_controlled());
    *terms.mutable_released_to_posts() = parts.label().released_to_posts();
    terms.set_existence_may_be_told(parts.label().existence_may_be_told());
    terms.set_pointer_post(parts.label().pointer_post());
  }
  Actor actor = World::System(line.WordAfter("by"));
  actor.set_purpose("public-protection");
  Must(player_.Say(actor, COMMAND_NUMBER_AMEND_EVENT, command), line);
}

std::optional<DecisionDetail> Stage::DecisionOf(const std::string& event, const std::string& post) {
  const std::vector<Detail>& log = player_.Log();
  const auto last = std::find_if(log.rbegin(), log.rend(), [&](const Detail& detail) {
    return detail.has_decision() && detail.decision().event_id() == events_.at(event) &&
           detail.decision().post() == post;
  });
  return last == log.rend() ? std::nullopt : std::optional(last->decision());
}

void Stage::Expect(const Line& line) {
  const std::string& event = line.words.at(0);
  const std::string post = line.WordAfter("for");
  const std::string& level = line.words.at(3);
  const std::optional<DecisionDetail> decision = DecisionOf(event, post);
  if (!decision) {
    if (level != "UNASKED") Complain(line, "nothing was decided for " + post);
    return;
  }
  if (level == "UNASKED" || decision->level() != Value<v1::Level>(level, line)) {
    return Complain(line, post + " is told " + Word(decision->level()));
  }
  if (line.Has("late") && !decision->late()) Complain(line, "it is not late");
  for (const std::string& rule : line.After("rules", {"because", "segments", "late"})) {
    const auto& cited = decision->rules();
    if (std::find(cited.begin(), cited.end(), rule) == cited.end()) {
      Complain(line, "rule " + rule + " is not cited");
    }
  }
  if (line.Has("because") &&
      decision->shortfall() != Value<v1::RuleReason>(line.WordAfter("because"), line)) {
    Complain(line, "it is because of " + Word(decision->shortfall()));
  }
  if (line.Has("segments")) {
    std::vector<std::string> left;
    for (const std::uint32_t segment : decision->segments()) {
      left.push_back(std::to_string(segment));
    }
    if (left != line.After("segments", {"rules", "because", "late"}))
      Complain(line, "others are left");
  }
}

// -- Inboxes --------------------------------------------------------------------------------------

std::string Stage::NameOf(const std::string& event_id) const {
  for (const auto& [name, id] : events_) {
    if (id == event_id) return name;
  }
  return "?";
}

Actor Stage::ListenerOf(const std::string& post) const {
  const v1::Post& held = posts_.at(post);
  Actor actor = World::System(post);
  if (held.services().empty()) actor.set_member(held.holder());
  return actor;
}

void Stage::Inbox(const Line& line) {
  const std::string& post = line.words.at(0);
  std::vector<std::string> held;
  for (const HeldItem& each : player_.HeldBy(ListenerOf(post))) {
    const ItemRow& item = each.item;
    if (item.kind() == ITEM_KIND_EVENT) {
      held.push_back(NameOf(item.event_id()) + " " + Word(item.level()) +
                     (item.superseding() ? " superseding" : ""));
      CheckWords(each, post, line);
    } else if (item.kind() == ITEM_KIND_ACCESS_WITHDRAWN) {
      held.push_back(NameOf(item.event_id()) + " withdrawn");
    }
  }
  std::vector<std::string> expected;
  for (const Line& each : line.under) {
    if (each.verb != "holds") Stop(each, "an inbox holds an event at a level, or nothing");
    if (each.words.at(0) == "nothing") continue;
    const bool withdrawn = each.words.at(1) == "withdrawn";
    expected.push_back(each.words[0] + " " +
                       (withdrawn ? "withdrawn" : Word(Value<v1::Level>(each.words[1], each))) +
                       (each.Has("superseding") ? " superseding" : ""));
  }
  if (held == expected) return;
  std::string words;
  for (const std::string& each : held) words += (words.empty() ? "" : ", ") + each;
  Complain(line, post + " holds " + (words.empty() ? "nothing" : words));
}

void Stage::Read(const Line& line) {
  const std::string post = line.WordAfter("by");
  for (const HeldItem& each : player_.HeldBy(ListenerOf(post))) {
    if (each.item.kind() != ITEM_KIND_EVENT ||
        each.item.event_id() != events_.at(line.words.at(0))) {
      continue;
    }
    ReadItem command;
    command.set_feed(post);
    command.set_lane(each.lane);
    command.set_sequence(each.sequence);
    return Must(player_.Say(World::Holder(post), COMMAND_NUMBER_READ, command), line);
  }
  Complain(line, post + " has nothing to read of it");
}

// -- What is owed ---------------------------------------------------------------------------------

void Stage::Owed(const Line& line) {
  const std::string& event = line.words.at(0);
  std::vector<ObligationRow> open;
  std::string words;
  for (const auto& [id, row] : player_.OpenObligations()) {
    if (std::find(row.event_ids().begin(), row.event_ids().end(), events_.at(event)) ==
        row.event_ids().end()) {
      continue;
    }
    open.push_back(row);
    words += "; " + Word(row.type()) + " debtor " + row.debtor_post() + " answerable " +
             row.accountable_post() + " told " + row.told_post() + " stage " +
             std::to_string(row.stage()) + " events " + std::to_string(row.count()) + " to " +
             (row.owed_posts().empty() ? "nobody" : row.owed_posts(0));
  }
  if (line.words.at(1) == "nothing") {
    if (!open.empty()) Complain(line, "something is owed" + words);
    return;
  }
  const auto type = Value<v1::ObligationType>(line.words[1], line);
  const auto agrees = [&line](const char* name, const std::string& is) {
    return !line.Has(name) || line.WordAfter(name) == is;
  };
  const bool found = std::any_of(open.begin(), open.end(), [&](const ObligationRow& row) {
    return row.type() == type && agrees("debtor", row.debtor_post()) &&
           agrees("answerable", row.accountable_post()) && agrees("told", row.told_post()) &&
           agrees("stage", std::to_string(row.stage())) &&
           agrees("events", std::to_string(row.count()));
  });
  if (found == line.Has("none")) Complain(line, "owed is" + (words.empty() ? " nothing" : words));
}

void Stage::Discharge(const Line& line) {
  const std::string& event = events_.at(line.words.at(0));
  const auto type = Value<v1::ObligationType>(line.words.at(1), line);
  const std::string post = line.WordAfter("by");
  for (const auto& [id, row] : player_.OpenObligations()) {
    const auto& counted = row.event_ids();
    if (row.type() != type || row.debtor_post() != post ||
        std::find(counted.begin(), counted.end(), event) == counted.end()) {
      continue;
    }
    DischargeObligation command;
    command.set_obligation_id(id);
    command.set_method(Value<DischargeMethod>(line.WordAfter("as"), line));
    return Must(player_.Say(World::System(post), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command),
                line);
  }
  Complain(line, post + " owes nothing of the sort");
}

void Stage::Glass(const Line& line) {
  const std::optional<std::int64_t> duration = policy::ReadDuration(line.WordAfter("for"));
  if (!duration) Stop(line, "the glass is broken for s, m, h or d");
  BreakGlass command;
  command.set_nominal_id(nominals_.at(line.words.at(0)));
  command.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
  command.set_because("as the story says");
  command.set_lasts_ms(*duration);
  Actor actor = World::Holder(line.WordAfter("by"));
  actor.set_purpose("public-protection");
  Must(player_.Say(actor, COMMAND_NUMBER_BREAK_GLASS, command), line);
}

void Stage::Pass(const Line& line) {
  const std::optional<std::int64_t> duration = policy::ReadDuration(line.words.at(0));
  if (!duration) Stop(line, "time passes in s, m, h or d");
  player_.Pass(*duration);
}

}  // namespace tearline::scenarios
