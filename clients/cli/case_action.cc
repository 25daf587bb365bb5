#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/show_action.h"
#include "clients/cli/words.h"
#include "tearline/v1/action_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::ActionService;

struct Options {
  std::string case_id, action, kind, owner, due, about, how, evidence_event, evidence_digest,
      meeting;
  bool ended = false;
};

void Add(const Invocation& invocation, const Options& options) {
  v1::AddActionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_kind(FromWord<v1::ActionKind>(options.kind, "--kind"));
  request.set_owner_post(options.owner);
  *request.mutable_due_at() = TimeFrom(options.due, "--due");
  request.set_about_event_id(options.about);
  request.set_meeting_id(options.meeting);
  const v1::AddActionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::AddAction, request);
  PrintRecorded(invocation.json, response.recorded(), "action");
}

void End(const Invocation& invocation, const Options& options) {
  if (!options.evidence_event.empty() && !options.evidence_digest.empty()) {
    StopUsage("give --evidence-event or --evidence-digest, not both");
  }
  v1::EndActionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_action_id(options.action);
  request.set_end(FromWord<v1::ActionEnd>(options.how, "--how"));
  request.set_meeting_id(options.meeting);
  if (!options.evidence_event.empty()) request.set_evidence_event_id(options.evidence_event);
  if (!options.evidence_digest.empty()) {
    request.set_evidence_digest(DigestFrom(options.evidence_digest, "--evidence-digest"));
  }
  if (!options.due.empty()) *request.mutable_due_at() = TimeFrom(options.due, "--due");
  request.set_owner_post(options.owner);
  const v1::EndActionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EndAction, request);
  PrintRecorded(invocation.json, response.recorded(), "action " + options.how);
}

/// Calls `visit(action)` for each, page by page, until it says false.
template <typename Visit>
void ForEachAction(const Invocation& invocation, const Options& options, bool ended, Visit visit) {
  v1::ListActionsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_ended(ended);
  do {
    const v1::ListActionsResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListActions, request);
    for (const v1::Action& action : response.actions()) {
      if (!visit(action)) return;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
}

void List(const Invocation& invocation, const Options& options) {
  Table table = ActionTable();
  ForEachAction(invocation, options, options.ended, [&](const v1::Action& action) {
    if (invocation.json) {
      PrintJson(action);
    } else {
      AddAction(action, table);
    }
    return true;
  });
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << (options.ended ? "no actions\n" : "no open actions\n");
  } else {
    table.Print();
  }
}

void Show(const Invocation& invocation, const Options& options) {
  std::optional<v1::Action> found;
  ForEachAction(invocation, options, /*ended=*/true, [&](const v1::Action& action) {
    if (action.action_id() == options.action) found = action;
    return !found;
  });
  if (!found) {
    throw Stop{ExitCode::kRefused, "NOT_FOUND", "no such action of this case"};
  }
  if (invocation.json) return PrintJson(*found);
  PrintAction(*found);
}

CLI::App* Verb(CLI::App& noun, const char* name, const char* what,
               const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(name, what);
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  return verb;
}

void AddChanges(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = Verb(noun, "add", "Record what a panel agreed that a post does", options);
  verb->add_option("--kind", options->kind,
                   "home-visit, marac-referral, disclosure, licence-variation-request, "
                   "intelligence-check, accommodation, safeguarding-referral, victim-contact, "
                   "assessment, monitoring, intervention, enforcement or other")
      ->type_name("KIND")
      ->required();
  verb->add_option("--owner", options->owner, "Who does it: a post the case brings in")
      ->type_name("AGENCY/POST")
      ->required();
  verb->add_option("--due", options->due, "By when")->type_name("TIME")->required();
  verb->add_option("--about", options->about, "An event that tells more")->type_name("ev_…");
  verb->add_option("--meeting", options->meeting, "The meeting that agreed it")
      ->type_name("meet_…");
  verb->footer(R"(
For the panel's chair and co-ordinators. Its owner owes it from now on: chased when it is due, and up
the line from there. The words stay in the minutes.
Example:
  tearline case action add --case case_… --kind home-visit --owner police/offender-management \
    --due 2026-03-04T17:00:00Z --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Add(invocation, *options); };
  });

  verb = Verb(noun, "end", "Say what became of an action", options);
  verb->add_option("--action", options->action, "Which")->type_name("act_…")->required();
  verb->add_option("--how", options->how, "done, overtaken or carried-over")->required();
  verb->add_option("--evidence-event", options->evidence_event, "For done: the event that shows it")
      ->type_name("ev_…");
  verb->add_option("--evidence-digest", options->evidence_digest,
                   "For done: or the SHA-256 of the document that shows it")
      ->type_name("HEX");
  verb->add_option("--due", options->due, "For carried-over: when it is due now")
      ->type_name("TIME");
  verb->add_option("--owner", options->owner, "For carried-over: who does it now (whoever did)")
      ->type_name("AGENCY/POST");
  verb->add_option("--meeting", options->meeting, "The meeting that went through it")
      ->type_name("meet_…");
  verb->footer(R"(
Its owner says that it is done, with evidence; that it is overtaken or carried over, the panel's chair or
a co-ordinator.
Example:
  tearline case action end --case case_… --action act_… --how done \
    --evidence-digest 64-HEX-DIGITS --as police/offender-management)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { End(invocation, *options); };
  });
}

}  // namespace

void AddCaseActions(CLI::App& noun, Invocation& invocation) {
  CLI::App* actions = noun.add_subcommand("action", "What the panel agreed that somebody does");
  actions->require_subcommand(1);
  actions->footer(R"(
Example:
  tearline case action list --case case_… --as probation/chair --purpose risk-review)");
  auto options = std::make_shared<Options>();
  AddChanges(*actions, invocation, options);

  CLI::App* verb = Verb(*actions, "list", "List a case's open actions", options);
  verb->add_flag("--ended", options->ended, "Ended ones too");
  verb->footer(R"(
For whoever may be shown the case. Looking is recorded.
Example:
  tearline case action list --case case_… --ended --as probation/chair --purpose risk-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });

  verb = Verb(*actions, "show", "Show one whole", options);
  verb->add_option("--action", options->action, "Which")->type_name("act_…")->required();
  verb->footer(R"(
Example:
  tearline case action show --case case_… --action act_… --as probation/chair --purpose risk-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
