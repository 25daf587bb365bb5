// What a panel agrees, and how its case is managed: Stage's words for actions, levels and exits.
#include <algorithm>
#include <optional>
#include <string>

#include "broker/policy/duration.h"
#include "tearline/stored/v1/command.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {

using machine::World;
using namespace stored::v1;

namespace {

std::int64_t Within(const Line& line, std::int64_t now_ms) {
  const std::optional<std::int64_t> duration = policy::ReadDuration(line.WordAfter("within"));
  if (!duration) Stop(line, "an action is due within s, m, h or d");
  return now_ms + *duration;
}

}  // namespace

void Stage::Action(const Line& line) {
  AddAction command;
  command.set_case_id(cases_.at(line.WordAfter("about")));
  command.set_kind(Value<v1::ActionKind>(line.WordAfter("kind"), line));
  command.set_owner_post(line.WordAfter("owner"));
  command.set_due_ms(Within(line, player_.NowMs()));
  const Said said =
      player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_ADD_ACTION, command);
  Must(said, line);
  const auto id = model::ActionId::Parse(said.made_id);
  if (id.ok()) actions_[line.words.at(0)] = {command.case_id(), id->Bytes()};
}

void Stage::Done(const Line& line) {
  const auto& [case_id, action_id] = actions_.at(line.words.at(0));
  EndAction command;
  command.set_case_id(case_id);
  command.set_action_id(action_id);
  command.set_end(v1::ACTION_END_DONE);
  command.set_evidence_digest(std::string(32, 'e'));
  if (line.Has("carried")) {
    command.set_end(v1::ACTION_END_CARRIED_OVER);
    command.clear_evidence_digest();
    command.set_due_ms(Within(line, player_.NowMs()));
  }
  Must(player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_END_ACTION, command), line);
}

/// The overrides a line names, each for the same reason.
template <typename Command>
void Stage::ReadOverrides(const Line& line, Command& command) const {
  for (const std::string& name : line.After("overriding", {"because", "by", "refused"})) {
    Override& each = *command.add_overrides();
    each.set_work_id(actions_.at(name).second);
    each.set_reason(Value<v1::WorkOverrideReason>(line.WordAfter("because"), line));
  }
}

void Stage::Expected(const Said& said, const Line& line) {
  if (!line.Has("refused")) return Must(said, line);
  if (said.reason != Value<v1::ErrorReason>(line.WordAfter("refused"), line)) {
    Complain(line, "it is " + Word(said.reason));
  }
}

void Stage::Level(const Line& line) {
  SetLevel command;
  command.set_case_id(cases_.at(line.words.at(0)));
  command.set_category(Value<v1::MappaCategory>(line.WordAfter("category"), line));
  command.set_level(Value<v1::MappaLevel>(line.words.at(4), line));
  command.set_as_fact(line.Has("as-fact"));
  ReadOverrides(line, command);
  Expected(player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_SET_LEVEL, command),
           line);
}

void Stage::Exit(const Line& line) {
  EndCase command;
  command.set_case_id(cases_.at(line.words.at(0)));
  command.set_reason(Value<v1::CaseExitReason>(line.words.at(1), line));
  command.set_as_fact(line.Has("as-fact"));
  ReadOverrides(line, command);
  Expected(player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_END_CASE, command),
           line);
}

/// What a post owes that no event is counted in.
void Stage::Owes(const Line& line) {
  const std::string& post = line.words.at(0);
  std::string words;
  for (const auto& [id, row] : player_.OpenObligations()) {
    if (row.debtor_post() != post || !row.event_ids().empty()) continue;
    words += (words.empty() ? "" : "; ") + Word(row.type()) + " told " + row.told_post() +
             " stage " + std::to_string(row.stage()) + " actions " +
             std::to_string(row.action_ids_size());
    const auto agrees = [&line](const char* name, const std::string& is) {
      return !line.Has(name) || line.WordAfter(name) == is;
    };
    if (line.words.at(1) != "nothing" &&
        row.type() == Value<v1::ObligationType>(line.words[1], line) &&
        agrees("told", row.told_post()) && agrees("stage", std::to_string(row.stage())) &&
        agrees("actions", std::to_string(row.action_ids_size()))) {
      return;
    }
  }
  if (line.words.at(1) == "nothing" && words.empty()) return;
  Complain(line, post + " owes " + (words.empty() ? "nothing" : words));
}

}  // namespace tearline::scenarios
