#include "clients/cli/proposal_verbs.h"

#include <google/protobuf/util/time_util.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/each_proposal.h"
#include "clients/cli/output.h"
#include "clients/cli/show_proposal.h"
#include "clients/cli/words.h"
#include "tearline/v1/proposal_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::ProposalService;

struct Options {
  std::string case_id, kind, event, answer_by, proposal, answer;
  bool all = false;
};

void Propose(const Invocation& invocation, const Options& options) {
  v1::MakeProposalRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_kind(FromWord<v1::ProposalKind>(options.kind, "--kind"));
  request.set_event_id(options.event);
  if (!google::protobuf::util::TimeUtil::FromString(options.answer_by,
                                                    request.mutable_answer_by())) {
    StopUsage("--answer-by must be a time such as 2026-03-04T10:00:00Z");
  }
  const v1::MakeProposalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::MakeProposal, request);
  PrintRecorded(invocation.json, response.recorded(), "proposal");
}

void Answer(const Invocation& invocation, const Options& options) {
  v1::AnswerProposalRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_proposal_id(options.proposal);
  request.set_answer(FromWord<v1::ProposalAnswer>(options.answer, "--answer"));
  const v1::AnswerProposalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::AnswerProposal, request);
  PrintRecorded(invocation.json, response.recorded(), "answer");
}

void List(const Invocation& invocation, const Options& options) {
  const std::vector<v1::Proposal> proposals = ProposalsOf(invocation, options.case_id, options.all);
  for (const v1::Proposal& each : proposals) {
    if (invocation.json) {
      PrintJson(each);
    } else {
      ShowProposal(each);
    }
  }
  if (proposals.empty() && !invocation.json) {
    std::cout << (options.all ? "nothing was proposed\n" : "nothing waits for an answer\n");
  }
}

void AddPropose(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("propose", "Ask every seat of the panel, by a time");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--kind", options->kind,
                   "attend-event, residence, travel, employment-or-education, contact, "
                   "licence-variation, level-change or other")
      ->type_name("KIND")
      ->required();
  verb->add_option("--answer-by", options->answer_by, "By when, at most 366 days away")
      ->type_name("TIME")
      ->required();
  verb->add_option("--event", options->event, "An event that says more; for other, say it there")
      ->type_name("ev_…");
  verb->footer(R"(
Every seat and the accountable officer owe an answer, but not the post that proposes. Who has not
answered is reminded before the time; at the time silence is recorded as silence, and chased further.
Example:
  tearline case propose --case case_… --kind attend-event --answer-by 2026-03-04T10:00:00Z \
    --as trust/events --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Propose(invocation, *options); };
  });
}

void AddAnswer(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("answer", "Say what your post knows about a proposal");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--proposal", options->proposal, "Which")->type_name("prop_…")->required();
  verb->add_option("--answer", options->answer, "no-objection, objection or nothing-known")
      ->type_name("ANSWER")
      ->required();
  verb->footer(R"(
For the person who holds or deputises a post that was asked. May be changed until the proposal's time,
and what was said before is kept; afterwards a post that was silent may still answer, once. The
obligation tells the case and the proposal: tearline obligation show --obligation ob_…
Example:
  tearline case answer --case case_… --proposal prop_… --answer nothing-known --as police/manager \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Answer(invocation, *options); };
  });
}

}  // namespace

void AddProposalVerbs(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  AddPropose(noun, invocation, options);
  AddAnswer(noun, invocation, options);

  CLI::App* verb = noun.add_subcommand("proposals", "Who has answered what the panel is asked");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_flag("--all", options->all, "Those that everybody has answered, too");
  verb->footer(R"(
For whoever may see the case, and for auditors. Looking is recorded.
Example:
  tearline case proposals --case case_… --as probation/chair --purpose panel-meeting)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace tearline::cli
