#include <google/protobuf/util/time_util.h>

#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
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
  *request.mutable_acting() = invocation.Acting();
  request.set_ended(options.ended);
  request.set_past_due(options.past_due);
  request.set_page_size(1000);
  Table table({"OBLIGATION", "WHAT", "WHY", "EVENTS", "DEBTOR", "OWED TO", "ACCOUNTABLE", "DUE",
               "STAGE", "TOLD", "ENDED"});
  do {
    const v1::ListObligationsResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListObligations, request);
    for (const v1::Obligation& each : response.obligations()) {
      if (invocation.json) {
        PrintJson(each);
        continue;
      }
      table.Add({each.obligation_id(), Word(each.type()), Word(each.reason()),
                 std::to_string(each.events()), each.debtor_post(), each.owed_post(),
                 each.accountable_post(), TimeText(each.due_at()), std::to_string(each.stage()),
                 each.told_post(), TimeText(each.ended_at())});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "nothing is owed\n";
  } else {
    table.Print();
  }
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
  noun->footer("\nExample:\n  tearline obligation list --past-due --as police-ct/accountable");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("list", "What your post owes, was told of, or oversees");
  verb->add_flag("--ended", options->ended, "Ended ones too");
  verb->add_flag("--past-due", options->past_due, "Only those past their time");
  verb->footer("\nExample:\n  tearline obligation list --as police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });

  verb = noun->add_subcommand("discharge", "End one, or review it and set the next review");
  verb->add_option("--obligation", options->obligation, "Which")->type_name("ob_…")->required();
  verb->add_option("--how", options->how, "upheld, told-otherwise or overtaken")->required();
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
