#include <algorithm>
#include <optional>

#include "broker/policy/duration.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

// What posts are asked about a person, and what they say; and when a panel meets.

namespace tearline::scenarios {
namespace {

using machine::World;
using namespace stored::v1;

Actor Protecting(Actor actor) {
  actor.set_purpose("public-protection");
  actor.set_legal_basis("CJA2003-325-4");
  return actor;
}

std::int64_t Within(const Line& line) {
  const std::optional<std::int64_t> within = policy::ReadDuration(line.WordAfter("within"));
  if (!within) Stop(line, "within s, m, h or d");
  return *within;
}

/// "police/checks", "police", "housing".
v1::Addressee AddresseeOf(const std::string& word, const Genesis& genesis, const Line& line) {
  v1::Addressee addressee;
  const auto& agencies = genesis.agencies();
  if (word.find('/') != std::string::npos) {
    addressee.set_post(word);
  } else if (std::any_of(agencies.begin(), agencies.end(),
                         [&word](const v1::Agency& each) { return each.agency() == word; })) {
    addressee.set_agency(word);
  } else {
    addressee.set_capability(Value<v1::Capability>(word, line));
  }
  return addressee;
}

}  // namespace

void Stage::Ask(const Line& line) {
  AskForInformation command;
  command.set_kind(Value<v1::InformationRequestKind>(line.words.at(1), line));
  const std::string& nominal = line.WordAfter("about");
  command.set_nominal_id(nominals_.at(nominal));
  if (line.Has("for-its-case")) command.set_case_id(cases_.at(nominal));
  command.set_answer_by_ms(player_.NowMs() + Within(line));
  command.set_area(line.WordAfter("area"));
  for (const std::string& word :
       line.After("of", {"by", "within", "area", "words", "refused", "about", "for-its-case"})) {
    *command.add_ask() = AddresseeOf(word, genesis_, line);
  }
  if (line.Has("words")) command.set_event_id(events_.at(line.WordAfter("words")));
  const Said said = player_.Say(Protecting(World::System(line.WordAfter("by"))),
                                COMMAND_NUMBER_ASK_FOR_INFORMATION, command);
  Expected(said, line);
  if (said.made_id.empty()) return;
  requests_[line.words[0]] = model::InformationRequestId::Parse(said.made_id)->Bytes();
}

void Stage::Reply(const Line& line) {
  AnswerForInformation command;
  command.set_information_request_id(requests_.at(line.words.at(0)));
  command.set_outcome(Value<v1::InformationOutcome>(line.words.at(1), line));
  if (line.Has("with")) command.set_answer_event_id(events_.at(line.WordAfter("with")));
  if (line.Has("because")) {
    command.set_refusal(Value<v1::InformationRefusal>(line.WordAfter("because"), line));
  }
  // The outcome may be the word "refused": a refusal that is expected stands at the end.
  const Said said = player_.Say(Protecting(World::Holder(line.WordAfter("by"))),
                                COMMAND_NUMBER_ANSWER_FOR_INFORMATION, command);
  const bool expected = std::count(line.words.begin() + 2, line.words.end(), "refused") > 0;
  if (!expected) return Must(said, line);
  if (said.reason != Value<v1::ErrorReason>(line.words.back(), line)) {
    Complain(line, "it is " + Word(said.reason));
  }
}

void Stage::Request(const Line& line) {
  const InformationRequestRow row = player_.InformationRequest(requests_.at(line.words.at(0)));
  for (const Line& each : line.under) {
    const std::string& post = each.verb;
    const auto asked = std::find_if(row.asked().begin(), row.asked().end(),
                                    [&post](const auto& one) { return one.post() == post; });
    if (asked == row.asked().end()) {
      if (each.words.at(0) != "nothing") Complain(each, post + " is not asked");
      continue;
    }
    const std::string said =
        asked->outcome() == v1::INFORMATION_OUTCOME_UNSPECIFIED ? "waits" : Word(asked->outcome());
    if (said != each.words.at(0)) Complain(each, post + ": " + said);
    const std::size_t times = TimesTold(post, asked->obligation_id());
    if (each.Has("told") && each.WordAfter("told") != std::to_string(times)) {
      Complain(each, post + " was told " + std::to_string(times) + " times");
    }
  }
}

void Stage::Plan(const Line& line) {
  PlanMeeting command;
  command.set_case_id(cases_.at(line.WordAfter("of")));
  command.set_kind(Value<v1::MeetingKind>(line.words.at(1), line));
  command.set_planned_for_ms(player_.NowMs() + Within(line));
  const Said said =
      player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_PLAN_MEETING, command);
  Must(said, line);
  meetings_[line.words[0]] = {command.case_id(), model::MeetingId::Parse(said.made_id)->Bytes()};
}

void Stage::Held(const Line& line) {
  const auto& [case_id, meeting_id] = meetings_.at(line.words.at(0));
  EndMeeting command;
  command.set_case_id(case_id);
  command.set_meeting_id(meeting_id);
  command.set_outcome(v1::MEETING_OUTCOME_HELD);
  for (const std::string& post : line.After("present", {"by"})) command.add_present(post);
  Must(player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_END_MEETING, command), line);
}

void Stage::Minutes(const Line& line) {
  const auto& [case_id, meeting_id] = meetings_.at(line.words.at(0));
  RecordMinutes command;
  command.set_case_id(case_id);
  command.set_meeting_id(meeting_id);
  command.set_kind(v1::DOCUMENT_KIND_MINUTES);
  command.set_digest(std::string(32, 'd'));
  Must(player_.Say(World::System(line.WordAfter("by")), COMMAND_NUMBER_RECORD_MINUTES, command),
       line);
}

}  // namespace tearline::scenarios
