#include "broker/policy/duration.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {

using machine::World;
using namespace stored::v1;

/// Whoever has charge of a post now, in person: its holder, or its deputy while the holder is away.
Actor Stage::PersonOf(const std::string& post) const {
  const auto away = away_until_ms_.find(post);
  const bool is_away = away != away_until_ms_.end() && player_.NowMs() < away->second;
  Actor actor = World::Holder(post);
  actor.set_member(is_away ? posts_.at(post).deputy() : posts_.at(post).holder());
  actor.set_purpose("hand-over");
  return actor;
}

void Stage::Supervise(const Line& line) {
  SetSupervisor command;
  command.set_nominal_id(nominals_.at(line.words.at(0)));
  command.set_post(line.words.at(1) == "nobody" ? "" : line.words[1]);
  Actor clerk = World::System(kClerk);
  clerk.set_purpose("allocation");
  Must(player_.Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, command), line);
}

void Stage::Holder(const Line& line) {
  v1::Post& post = posts_.at(line.words.at(0));
  post.set_holder(line.words.at(1) == "nobody" ? "" : line.words[1]);
  if (line.Has("alone")) {
    post.clear_deputy();
    post.clear_services();
  }
  SetPost command;
  *command.mutable_post() = post;
  Must(player_.Say(World::System(kOperator), COMMAND_NUMBER_SET_POST, command), line);
}

void Stage::Away(const Line& line) {
  SetLeave command;
  command.set_post(line.words.at(0));
  if (line.verb == "away") {
    const std::optional<std::int64_t> duration = policy::ReadDuration(line.WordAfter("for"));
    if (!duration) return Complain(line, "for how long?");
    command.set_until_ms(player_.NowMs() + *duration);
  }
  away_until_ms_[line.words[0]] = command.until_ms();
  Must(player_.Say(World::Holder(line.words[0]), COMMAND_NUMBER_SET_LEAVE, command), line);
}

void Stage::Suspend(const Line& line) {
  SetSuspension command;
  const std::string& who = line.words.at(0);
  command.set_agency(who.substr(0, who.find('/')));
  if (who.find('/') != std::string::npos) command.set_member(who.substr(who.find('/') + 1));
  command.set_suspended(line.verb == "suspend");
  Must(player_.Say(World::System(kOperator), COMMAND_NUMBER_SET_SUSPENSION, command), line);
}

std::optional<std::pair<std::string, ObligationRow>> Stage::HandOverOf(const std::string& post) {
  for (const auto& [id, row] : player_.OpenObligations()) {
    if (row.type() == v1::OBLIGATION_TYPE_TAKE_OVER && row.debtor_post() == post)
      return {{id, row}};
  }
  return std::nullopt;
}

void Stage::HandedOver(const Line& line) {
  const auto open = HandOverOf(line.words.at(0));
  if (line.words.at(1) == "nothing") {
    if (open) Complain(line, "something waits to be taken over");
    return;
  }
  if (!open) return Complain(line, "nothing waits to be taken over");
  const auto agrees = [&line](const char* name, const std::string& is) {
    return !line.Has(name) || line.WordAfter(name) == is;
  };
  const std::string stage = std::to_string(open->second.stage());
  const std::string holders = std::to_string(open->second.count());
  if (agrees("stage", stage) && agrees("told", open->second.told_post()) &&
      agrees("holders", holders)) {
    return;
  }
  Complain(line, "it waits at stage " + stage + ", told " + open->second.told_post() +
                     ", holders " + holders);
}

void Stage::TakeOver(const Line& line) {
  const std::string& post = line.words.at(0);
  const auto open = HandOverOf(post);
  if (!open) return Complain(line, "nothing waits to be taken over");
  const Actor person = PersonOf(post);
  DischargeObligation command;
  command.set_obligation_id(open->first);
  command.set_method(DISCHARGE_METHOD_TAKEN_OVER);
  if (player_.Say(person, COMMAND_NUMBER_DISCHARGE_OBLIGATION, command).reason !=
      v1::ERROR_REASON_WRONG_STATE) {
    Complain(line, "it is taken over by whoever has not asked for it");
  }
  Consult ask;
  ask.set_kind(CONSULTATION_KIND_HAND_OVER);
  Must(player_.Say(person, COMMAND_NUMBER_CONSULT, ask), line);
  Must(player_.Say(person, COMMAND_NUMBER_DISCHARGE_OBLIGATION, command), line);
}

}  // namespace tearline::scenarios
