#include "broker/machine/hand_over.h"
#include "broker/machine/leave.h"
#include "broker/machine/rows.h"
#include "broker/policy/duration.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {
namespace {

using machine::World;
using namespace stored::v1;

/// Whoever has charge of a post now, in person.
Actor PersonOf(const std::string& post, const state::Reader& reader) {
  Actor actor = World::Holder(post);
  actor.set_member(machine::InCharge(*reader.Find<PostRow>(machine::PostKey(post))));
  actor.set_purpose("hand-over");
  return actor;
}

}  // namespace

void Stage::Supervise(const Line& line) {
  SetSupervisor command;
  command.set_nominal_id(nominals_.at(line.words.at(0)));
  command.set_post(line.words.at(1) == "nobody" ? "" : line.words[1]);
  Actor clerk = World::System(kClerk);
  clerk.set_purpose("allocation");
  Must(world_->Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, command), line);
}

void Stage::Holder(const Line& line) {
  SetPost command;
  *command.mutable_post() = world_->state.Find<PostRow>(machine::PostKey(line.words.at(0)))->post();
  const bool nobody = line.words.at(1) == "nobody";
  command.mutable_post()->set_holder(nobody ? "" : line.words[1]);
  if (line.Has("alone")) {
    command.mutable_post()->clear_deputy();
    command.mutable_post()->clear_services();
  }
  Must(world_->Say(World::System(kOperator), COMMAND_NUMBER_SET_POST, command), line);
}

void Stage::Away(const Line& line) {
  SetLeave command;
  command.set_post(line.words.at(0));
  if (line.verb == "away") {
    const std::optional<std::int64_t> duration = policy::ReadDuration(line.WordAfter("for"));
    if (!duration) return Complain(line, "for how long?");
    command.set_until_ms(world_->now_ms + *duration);
  }
  Must(world_->Say(World::Holder(line.words[0]), COMMAND_NUMBER_SET_LEAVE, command), line);
}

void Stage::Suspend(const Line& line) {
  SetSuspension command;
  const std::string& who = line.words.at(0);
  command.set_agency(who.substr(0, who.find('/')));
  if (who.find('/') != std::string::npos) command.set_member(who.substr(who.find('/') + 1));
  command.set_suspended(line.verb == "suspend");
  Must(world_->Say(World::System(kOperator), COMMAND_NUMBER_SET_SUSPENSION, command), line);
}

void Stage::HandedOver(const Line& line) {
  const auto open = machine::HandOverOf(line.words.at(0), world_->state);
  if (line.words.at(1) == "nothing") {
    if (open) Complain(line, "something waits to be taken over");
    return;
  }
  if (!open) return Complain(line, "nothing waits to be taken over");
  const auto agrees = [&line](const char* name, const std::string& is) {
    return !line.Has(name) || line.WordAfter(name) == is;
  };
  const std::string stage = std::to_string(open->row.stage());
  const std::string holders = std::to_string(open->row.count());
  if (agrees("stage", stage) && agrees("told", open->row.told_post()) &&
      agrees("holders", holders)) {
    return;
  }
  Complain(line, "it waits at stage " + stage + ", told " + open->row.told_post() + ", holders " +
                     holders);
}

void Stage::TakeOver(const Line& line) {
  const std::string& post = line.words.at(0);
  const auto open = machine::HandOverOf(post, world_->state);
  if (!open) return Complain(line, "nothing waits to be taken over");
  const Actor person = PersonOf(post, world_->state);
  DischargeObligation command;
  command.set_obligation_id(open->id);
  command.set_method(DISCHARGE_METHOD_TAKEN_OVER);
  if (world_->Say(person, COMMAND_NUMBER_DISCHARGE_OBLIGATION, command).reason !=
      v1::ERROR_REASON_WRONG_STATE) {
    Complain(line, "it is taken over by whoever has not asked for it");
  }
  Consult ask;
  ask.set_kind(CONSULTATION_KIND_HAND_OVER);
  Must(world_->Say(person, COMMAND_NUMBER_CONSULT, ask), line);
  Must(world_->Say(person, COMMAND_NUMBER_DISCHARGE_OBLIGATION, command), line);
}

}  // namespace tearline::scenarios
