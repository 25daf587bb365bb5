#include <algorithm>
#include <optional>

#include "broker/machine/proposal.h"
#include "broker/policy/duration.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

// Whom a case names, what a panel is asked, and what it says.

namespace tearline::scenarios {
namespace {

using machine::World;
using namespace stored::v1;

Actor Protecting(Actor actor) {
  actor.set_purpose("public-protection");
  return actor;
}

std::string WordsOf(const AskedRow& asked) {
  if (asked.left_ms() != 0) return "left";
  if (asked.answer() == v1::PROPOSAL_ANSWER_UNSPECIFIED) return asked.silent() ? "silent" : "waits";
  return (asked.silent() ? "silent then " : "") + Word(asked.answer());
}

}  // namespace

void Stage::Function(const Line& line) {
  NamePost command;
  command.set_case_id(cases_.at(line.words.at(0)));
  command.mutable_named()->set_post(line.words.at(1));
  command.mutable_named()->set_function(Value<v1::CaseFunction>(line.words.at(2), line));
  Must(player_.Say(World::System(kClerk), COMMAND_NUMBER_NAME_POST, command), line);
}

void Stage::Commission(const Line& line) {
  const auto after = [&line](const char* word) {
    const std::optional<std::int64_t> time = policy::ReadDuration(line.WordAfter(word));
    if (!time) Stop(line, "a report is commissioned until s, m, h or d, and for a hearing");
    return *time;
  };
  CommissionReport command;
  command.set_case_id(cases_.at(line.words.at(0)));
  command.set_writer_post(line.WordAfter("writer"));
  command.set_end(line.Has("ended"));
  if (!command.end()) {
    command.set_until_ms(player_.NowMs() + after("until"));
    command.set_hearing_ms(player_.NowMs() + after("hearing"));
    command.set_occurred_from_ms(player_.NowMs() - DaysOf(line.WordAfter("last"), line));
  }
  Expected(player_.Say(Protecting(World::System(line.WordAfter("by"))),
                       COMMAND_NUMBER_COMMISSION_REPORT, command),
           line);
}

void Stage::Propose(const Line& line) {
  const std::optional<std::int64_t> within = policy::ReadDuration(line.WordAfter("within"));
  if (!within) Stop(line, "a proposal is to be answered within s, m, h or d");
  MakeProposal command;
  command.set_case_id(cases_.at(line.WordAfter("about")));
  command.set_kind(Value<v1::ProposalKind>(line.words.at(1), line));
  command.set_answer_by_ms(player_.NowMs() + *within);
  const Said said = player_.Say(Protecting(World::System(line.WordAfter("by"))),
                                COMMAND_NUMBER_MAKE_PROPOSAL, command);
  Must(said, line);
  proposals_[line.words[0]] = {command.case_id(), model::ProposalId::Parse(said.made_id)->Bytes()};
}

void Stage::Answer(const Line& line) {
  const auto& [case_id, proposal_id] = proposals_.at(line.words.at(0));
  AnswerProposal command;
  command.set_case_id(case_id);
  command.set_proposal_id(proposal_id);
  command.set_answer(Value<v1::ProposalAnswer>(line.words.at(1), line));
  Must(player_.Say(Protecting(World::Holder(line.WordAfter("by"))), COMMAND_NUMBER_ANSWER_PROPOSAL,
                   command),
       line);
}

std::size_t Stage::TimesTold(const std::string& post, const std::string& obligation_id) {
  const std::vector<HeldItem> held = player_.HeldBy(ListenerOf(post));
  return static_cast<std::size_t>(
      std::count_if(held.begin(), held.end(), [&obligation_id](const HeldItem& each) {
        return each.item.obligation_id() == obligation_id;
      }));
}

void Stage::Asked(const Line& line) {
  const auto& [case_id, proposal_id] = proposals_.at(line.words.at(0));
  const ProposalRow row = player_.Proposal(case_id, proposal_id);
  if (line.Has("unanswered") &&
      line.WordAfter("unanswered") != std::to_string(machine::Unanswered(row))) {
    Complain(line, std::to_string(machine::Unanswered(row)) + " have not answered");
  }
  for (const Line& each : line.under) {
    const std::string& post = each.verb;
    const auto asked = std::find_if(row.asked().begin(), row.asked().end(),
                                    [&post](const AskedRow& one) { return one.post() == post; });
    if (asked == row.asked().end()) {
      if (each.words.at(0) != "nothing") Complain(each, post + " is not asked");
      continue;
    }
    std::string expected;
    for (const std::string& word : each.words) {
      if (word == "told") break;
      expected += (expected.empty() ? "" : " ") + word;
    }
    if (WordsOf(*asked) != expected) Complain(each, post + ": " + WordsOf(*asked));
    const std::size_t times = TimesTold(post, asked->obligation_id());
    if (each.Has("told") && each.WordAfter("told") != std::to_string(times)) {
      Complain(each, post + " was told " + std::to_string(times) + " times");
    }
  }
}

}  // namespace tearline::scenarios
