#include <google/protobuf/util/time_util.h>

#include <iostream>
#include <optional>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/each_obligation.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/owed_to.h"
#include "clients/cli/words.h"
#include "tearline/v1/case_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::CaseService;
using google::protobuf::util::TimeUtil;

struct Options {
  std::string obligation, how, review_at;
  bool ended = false, past_due = false;
};

void List(const Invocation& invocation, const Options& options) {
  v1::ListObligationsRequest request;
  request.set_ended(options.ended);
  request.set_past_due(options.past_due);
  Table table({"OBLIGATION", "WHAT", "WHY", "EVENTS", "DEBTOR", "OWED TO", "ACCOUNTABLE", "DUE",
               "STAGE", "TOLD", "ENDED"});
  ForEachObligation(invocation, std::move(request), [&](const v1::Obligation& each) {
    if (invocation.json) {
      PrintJson(each);
    } else {
      table.Add({each.obligation_id(), Word(each.type()), Word(each.reason()),
                 std::to_string(each.events()), each.debtor_post(), OwedTo(each),
                 each.accountable_post(), TimeText(each.due_at()), std::to_string(each.stage()),
                 each.told_post(), TimeText(each.ended_at())});
    }
    return true;
  });
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "nothing is owed\n";
  } else {
    table.Print();
  }
}

void Show(const Invocation& invocation, const Options& options) {
  v1::ListObligationsRequest request;
  request.set_ended(true);
  std::optional<v1::Obligation> found;
  ForEachObligation(invocation, std::move(request), [&](const v1::Obligation& each) {
    if (each.obligation_id() == options.obligation) found = each;
    return !found;
  });
  if (!found) {
    throw Stop{ExitCode::kRefused, "NOT_FOUND",
               "no such obligation that this post owes, was told of or oversees"};
  }
  if (invocation.json) return PrintJson(*found);
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) std::cout << "  " << name << value << '\n';
  };
  std::cout << found->obligation_id() << "  " << Word(found->type())
            << (found->has_ended_at() ? ", ended\n" : ", open\n");
  line("why          ", Word(found->reason()));
  line("nominal      ", found->nominal_id());
  line("case         ", found->case_id());
  line("events       ", std::to_string(found->events()));
  line("event        ", found->event_id());
  for (const std::string& action : found->action_ids()) line("action       ", action);
  line("proposal     ", found->proposal_id());
  line("request      ", found->information_request_id());
  line("meeting      ", found->meeting_id());
  line("debtor       ", found->debtor_post());
  for (const std::string& post : found->owed_posts()) line("owed to      ", post);
  if (found->owed_more() > 0) {
    line("owed to      ", std::to_string(found->owed_more()) + " more");
  }
  line("accountable  ", found->accountable_post());
  line("opened       ", TimeText(found->opened_at()));
  line("due          ", TimeText(found->due_at()));
  line("stage        ", std::to_string(found->stage()));
  line("told last    ", found->told_post());
  line("ended        ", TimeText(found->ended_at()));
}

void Discharge(const Invocation& invocation, const Options& options) {
  v1::DischargeObligationRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_obligation_id(options.obligation);
  request.set_discharge(FromWord<v1::Discharge>(options.how, "--how"));
  if (!options.review_at.empty() &&
      !TimeUtil::FromString(options.review_at, request.mutable_review_at())) {
    StopUsage("--review-at must be a time such as 2026-03-04T10:00:00Z");
  }
  const v1::DischargeObligationResponse response =
      Ask<Service>(invocation, &Service::StubInterface::DischargeObligation, request);
  PrintRecorded(invocation.json, response.recorded(), "discharge");
}

void EscalateNow(const Invocation& invocation, const Options& options) {
  v1::EscalateObligationRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_obligation_id(options.obligation);
  const v1::EscalateObligationResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EscalateObligation, request);
  PrintRecorded(invocation.json, response.recorded(), "escalation");
}

}  // namespace

void AddObligation(CLI::App& app, Invocation& invocation) {
  CLI::App* noun =
      app.add_subcommand("obligation", "What must now happen, by when, and who answers");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline obligation list --past-due --as police-ct/accountable
  tearline obligation show --obligation ob_… --as police-ct/accountable)");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("list", "What your post owes, was told of, or oversees");
  verb->add_flag("--ended", options->ended, "Ended ones too");
  verb->add_flag("--past-due", options->past_due, "Only those past their time");
  verb->footer(R"(
An auditor's post lists everybody's, and must say why: --purpose. That it looked is recorded.
Example:
  tearline obligation list --as police-ct/accountable
  tearline obligation list --past-due --as inspectorate/auditor --purpose inspection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });

  verb = noun->add_subcommand("show", "Show one whole, with everybody it is owed to");
  verb->add_option("--obligation", options->obligation, "Which")->type_name("ob_…")->required();
  verb->footer(
      "\nExample:\n  tearline obligation show --obligation ob_… --as police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });

  verb = noun->add_subcommand("discharge", "End one, or review it and set the next review");
  verb->add_option("--obligation", options->obligation, "Which")->type_name("ob_…")->required();
  verb->add_option("--how", options->how,
                   "upheld, told-otherwise or overtaken; after a withdrawal deleted, notified or "
                   "not-notifiable; of reviews reviewed; of a hand-over taken-over")
      ->required();
  verb->add_option("--review-at", options->review_at, "For upheld: when it is due again")
      ->type_name("TIME");
  verb->footer(R"(
Example:
  tearline obligation discharge --obligation ob_… --how upheld --review-at 2026-03-04T10:00:00Z)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Discharge(invocation, *options); };
  });

  verb = noun->add_subcommand("escalate", "Take one a step up now, without waiting for its time");
  verb->add_option("--obligation", options->obligation, "Which")->type_name("ob_…")->required();
  verb->footer(
      "\nExample:\n  tearline obligation escalate --obligation ob_… --as police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { EscalateNow(invocation, *options); };
  });
}

}  // namespace tearline::cli
