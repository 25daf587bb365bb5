#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/each_request.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/show_request.h"
#include "clients/cli/words.h"
#include "tearline/v1/request_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::RequestService;

struct Options {
  std::string nominal, case_id, kind, event, answer_by, area;
  std::vector<std::string> posts, agencies, capabilities;
  std::string request, outcome, because;
  bool closed = false;
};

/// CAPABILITY, or CAPABILITY@AGENCY for one agency's.
v1::Addressee CapabilityFrom(const std::string& text) {
  const std::size_t at = text.find('@');
  v1::Addressee addressee;
  addressee.set_capability(FromWord<v1::Capability>(text.substr(0, at), "--capability"));
  if (at != std::string::npos) addressee.set_agency(text.substr(at + 1));
  return addressee;
}

void Make(const Invocation& invocation, const Options& options) {
  v1::AskForInformationRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  request.set_case_id(options.case_id);
  request.set_kind(FromWord<v1::InformationRequestKind>(options.kind, "--kind"));
  request.set_event_id(options.event);
  *request.mutable_answer_by() = TimeFrom(options.answer_by, "--answer-by");
  request.set_area(options.area);
  for (const std::string& post : options.posts) request.add_ask()->set_post(post);
  for (const std::string& agency : options.agencies) request.add_ask()->set_agency(agency);
  for (const std::string& each : options.capabilities) *request.add_ask() = CapabilityFrom(each);
  const v1::AskForInformationResponse response =
      Ask<Service>(invocation, &Service::StubInterface::AskForInformation, request);
  PrintRecorded(invocation.json, response.recorded(), "request");
}

void Answer(const Invocation& invocation, const Options& options) {
  v1::AnswerForInformationRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_information_request_id(options.request);
  request.set_outcome(FromWord<v1::InformationOutcome>(options.outcome, "--outcome"));
  request.set_answer_event_id(options.event);
  if (!options.because.empty()) {
    request.set_refusal(FromWord<v1::InformationRefusal>(options.because, "--because"));
  }
  const v1::AnswerForInformationResponse response =
      Ask<Service>(invocation, &Service::StubInterface::AnswerForInformation, request);
  PrintRecorded(invocation.json, response.recorded(), "answer");
}

void List(const Invocation& invocation, const Options& options) {
  const auto requests = RequestsOf(invocation, options.case_id, options.closed);
  for (const v1::InformationRequest& each : requests) {
    if (invocation.json) {
      PrintJson(each);
    } else {
      ShowRequest(each);
    }
  }
  if (requests.empty() && !invocation.json) {
    std::cout << (options.closed ? "no requests are closed\n" : "no requests are open\n");
  }
}

void AddMake(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("make", "Ask others about a person, by a time");
  verb->add_option("--kind", options->kind,
                   "domestic-abuse-check, child-safeguarding-check, intelligence-check, "
                   "address-check, accommodation, health, custody-conduct, employment-or-benefits, "
                   "immigration or other")
      ->type_name("KIND")
      ->required();
  verb->add_option("--nominal", options->nominal, "About whom")->type_name("nom_…");
  verb->add_option("--case", options->case_id, "Or for which case: its panel sees it, too")
      ->type_name("case_…");
  verb->add_option("--answer-by", options->answer_by, "By when, at most 366 days away")
      ->type_name("TIME")
      ->required();
  verb->add_option("--post", options->posts, "Ask this post; may be given again")
      ->type_name("AGENCY/POST");
  verb->add_option("--agency", options->agencies,
                   "Ask whoever answers enquiries there; may be given again")
      ->type_name("AGENCY");
  verb->add_option("--capability", options->capabilities,
                   "Ask whoever does this in the area, or in one agency; may be given again")
      ->type_name("WORD[@AGENCY]");
  verb->add_option("--area", options->area, "Which area (the case's, else your agency's)")
      ->type_name("AREA");
  verb->add_option("--event", options->event, "An event that says more; for other, say it there")
      ->type_name("ev_…");
  verb->footer(R"(
Whoever is asked sees your post, purpose and legal basis; both are required. A domestic-abuse check that
names nobody goes to whoever does such checks in the area. Who has not answered is reminded before
the time, and chased up its line after it. What answers comes by your feed, as policy lets it.
Example:
  tearline request make --kind domestic-abuse-check --case case_… --answer-by 2026-03-04T10:00:00Z \
    --as probation/officer --purpose public-protection --legal-basis CJA2003-325-4)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Make(invocation, *options); };
  });
}

void AddAnswer(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("answer", "Say what your post knows, or that it declines");
  verb->add_option("--request", options->request, "Which")->type_name("rfi_…")->required();
  verb->add_option("--outcome", options->outcome, "answered, nothing-known or refused")
      ->type_name("OUTCOME")
      ->required();
  verb->add_option("--event", options->event, "For answered: your agency's event that answers")
      ->type_name("ev_…");
  verb->add_option(
          "--because", options->because,
          "For refused: no-legal-basis, not-proportionate, danger-to-somebody, proceedings, "
          "health-confidentiality or anothers-to-tell")
      ->type_name("WHY");
  verb->footer(R"(
For the person who holds or deputises a post that was asked; once. To answer, publish the event first,
released to the post that asked; policy must tell it. Why a post declines is not told to who asked: the
post above looks at it.
Example:
  tearline event publish --file answer.textproto --as police/checks
  tearline request answer --request rfi_… --outcome answered --event ev_… --as police/checks \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Answer(invocation, *options); };
  });
}

}  // namespace

void AddRequest(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("request", "Ask other agencies about a person, and answer");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline request list --as police/checks --purpose public-protection)");
  auto options = std::make_shared<Options>();
  AddMake(*noun, invocation, options);
  AddAnswer(*noun, invocation, options);

  CLI::App* verb = noun->add_subcommand("list", "List requests your post made or was asked");
  verb->add_option("--case", options->case_id, "Those of a case instead")->type_name("case_…");
  verb->add_flag("--closed", options->closed, "Those that are answered instead of those open");
  verb->footer(R"(
Your own, with what came of each; refusals below your post are among them. Those of a case are for
whoever may see it, and for auditors. Looking is recorded.
Example:
  tearline request list --case case_… --as probation/chair --purpose panel-meeting)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace tearline::cli
