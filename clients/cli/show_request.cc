#include "clients/cli/show_request.h"

#include <iostream>

#include "clients/cli/output.h"
#include "clients/cli/words.h"

namespace tearline::cli {

std::string OutcomeText(const v1::AskedForInformation& asked) {
  if (!asked.has_answered_at()) return asked.overdue() ? "overdue" : "not yet";
  // What it said is not shown to everybody.
  const bool is_shown = asked.outcome() != v1::INFORMATION_OUTCOME_UNSPECIFIED;
  std::string text = asked.overdue() ? "overdue, then " : "";
  text += is_shown ? Word(asked.outcome()) : "has answered";
  if (asked.refusal() != v1::INFORMATION_REFUSAL_UNSPECIFIED) {
    text += ": " + Word(asked.refusal());
  }
  return text;
}

void ShowRequest(const v1::InformationRequest& request) {
  std::cout << request.information_request_id() << "  " << Word(request.kind()) << " about "
            << request.nominal_id() << '\n'
            << "  asked by " << request.asked_by() << ' ' << TimeText(request.made_at())
            << "   for " << request.purpose() << ", " << request.legal_basis() << '\n'
            << "  answer by " << TimeText(request.answer_by())
            << (request.has_closed_at() ? "   closed " + TimeText(request.closed_at()) : "")
            << '\n';
  if (!request.case_id().empty()) std::cout << "  case " << request.case_id() << '\n';
  if (!request.event_id().empty()) std::cout << "  event " << request.event_id() << '\n';
  Table table({"ASKED", "SAYS", "AT", "BY EVENT"});
  for (const v1::AskedForInformation& asked : request.asked()) {
    table.Add(
        {asked.post(), OutcomeText(asked), TimeText(asked.answered_at()), asked.answer_event_id()});
  }
  if (!table.Empty()) table.Print(2);
}

}  // namespace tearline::cli
