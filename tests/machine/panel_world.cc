#include "tests/machine/panel_world.h"

#include <algorithm>

#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Actor Why(Actor actor) {
  actor.set_purpose("public-protection");
  return actor;
}

std::string WordOf(v1::ProposalAnswer answer) {
  switch (answer) {
    case v1::PROPOSAL_ANSWER_NO_OBJECTION:
      return "no objection";
    case v1::PROPOSAL_ANSWER_OBJECTION:
      return "objection";
    case v1::PROPOSAL_ANSWER_NOTHING_KNOWN:
      return "nothing known";
    default:
      return "";
  }
}

}  // namespace

MakeProposal PanelWorld::Proposing(std::int64_t in_ms) const {
  MakeProposal command;
  command.set_case_id(case_id);
  command.set_kind(v1::PROPOSAL_KIND_ATTEND_EVENT);
  command.set_answer_by_ms(now_ms + in_ms);
  return command;
}

Applied PanelWorld::Propose(const MakeProposal& command, const std::string& post) {
  return Say(Why(System(post)), COMMAND_NUMBER_MAKE_PROPOSAL, command);
}

std::string PanelWorld::Propose(std::int64_t in_ms) {
  return model::ProposalId::Parse(Propose(Proposing(in_ms)).made_id)->Bytes();
}

Applied PanelWorld::Answer(const std::string& proposal_id, const std::string& post,
                           v1::ProposalAnswer answer) {
  AnswerProposal command;
  command.set_case_id(case_id);
  command.set_proposal_id(proposal_id);
  command.set_answer(answer);
  return Say(Why(Holder(post)), COMMAND_NUMBER_ANSWER_PROPOSAL, command);
}

Applied PanelWorld::Seat(const std::string& post, bool leave) {
  SeatPost command;
  command.set_case_id(case_id);
  command.mutable_seat()->set_post(post);
  command.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  command.set_leave(leave);
  // By the other agency's co-ordinator: no second hand is needed.
  const bool police = post.starts_with("police/");
  return Say(System(police ? "probation/coordinator" : "police/coordinator"),
             COMMAND_NUMBER_SEAT_POST, command);
}

ProposalRow PanelWorld::RowOf(const std::string& proposal_id) const {
  return *state.Find<ProposalRow>(ProposalKey(case_id, proposal_id));
}

std::map<std::string, std::string> PanelWorld::Answers(const std::string& proposal_id) const {
  std::map<std::string, std::string> answers;
  const ProposalRow row = RowOf(proposal_id);
  for (const AskedRow& asked : row.asked()) {
    if (asked.left_ms() != 0) continue;
    const std::string word = WordOf(asked.answer());
    std::string& said = answers[asked.post()];
    said = asked.silent() ? (word.empty() ? "silent" : "silent, " + word)
                          : (word.empty() ? "waits" : word);
  }
  return answers;
}

int PanelWorld::Said(const std::string& what, const std::string& other) const {
  const auto details = Details();
  return static_cast<int>(std::count_if(details.begin(), details.end(), [&](const Detail& each) {
    return each.changed().what() == what && (other.empty() || each.changed().other() == other);
  }));
}

void PanelWorld::PassStepByStep(std::int64_t milliseconds) {
  const std::int64_t until = now_ms + milliseconds;
  for (std::int64_t next = NextDeadlineMs(state); next <= until; next = NextDeadlineMs(state)) {
    PassAndPulse(std::max<std::int64_t>(next - now_ms, 0));
  }
  now_ms = until;
}

}  // namespace tearline::machine
