#include "clients/cli/show_proposal.h"

#include <algorithm>
#include <iostream>

#include "clients/cli/output.h"
#include "clients/cli/words.h"

namespace tearline::cli {

std::string AnswerText(const v1::AskedPost& asked) {
  const bool answered = asked.answer() != v1::PROPOSAL_ANSWER_UNSPECIFIED;
  if (!answered) return asked.silent() ? "silent" : asked.has_left_at() ? "" : "not yet";
  std::string text = (asked.silent() ? "silent, then " : "") + Word(asked.answer());
  for (auto earlier = asked.earlier().rbegin(); earlier != asked.earlier().rend(); ++earlier) {
    text += ", before that " + Word(earlier->answer());
  }
  return text;
}

std::string HowManyText(const v1::Proposal& proposal) {
  const auto asked = std::count_if(proposal.asked().begin(), proposal.asked().end(),
                                   [](const v1::AskedPost& each) { return !each.has_left_at(); });
  if (proposal.unanswered() == 0) {
    return asked == 0 ? "nobody who was asked is on the panel"
                      : "all " + std::to_string(asked) + " have answered";
  }
  return std::to_string(proposal.unanswered()) + " of " + std::to_string(asked) +
         (proposal.unanswered() == 1 ? " has not answered" : " have not answered");
}

void ShowProposal(const v1::Proposal& proposal) {
  std::cout << proposal.proposal_id() << "  " << Word(proposal.kind()) << ", proposed by "
            << proposal.proposed_by() << ' ' << TimeText(proposal.made_at()) << '\n'
            << "  " << HowManyText(proposal) << "   answer by " << TimeText(proposal.answer_by())
            << (proposal.has_closed_at() ? "   closed " + TimeText(proposal.closed_at()) : "")
            << '\n';
  if (!proposal.event_id().empty()) std::cout << "  event " << proposal.event_id() << '\n';
  Table table({"ASKED", "SAYS", "AT", "LEFT"});
  for (const v1::AskedPost& asked : proposal.asked()) {
    table.Add({asked.post(), AnswerText(asked), TimeText(asked.answered_at()),
               TimeText(asked.left_at())});
  }
  table.Print(2);
}

}  // namespace tearline::cli
