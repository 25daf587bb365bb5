#include <google/protobuf/util/time_util.h>

#include <iostream>
#include <set>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/case_feed_verb.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/pack_verb.h"
#include "clients/cli/proposal_verbs.h"
#include "clients/cli/show_action.h"
#include "clients/cli/words.h"
#include "tearline/v1/case_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::CaseService;

struct Options {
  std::string case_id, nominal, category, level, lead, area, supervising, accountable, post,
      function;
  std::string kind = "member";
  std::string third_party, decision = "disclose";
  std::vector<std::string> matters, events;
  std::string history_from, substitute;
  bool leave = false;
  bool unsupervised = false;
};

void Open(const Invocation& invocation, const Options& options) {
  v1::OpenCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  v1::Case& opened = *request.mutable_case_();
  opened.set_nominal_id(options.nominal);
  opened.set_category(FromWord<v1::MappaCategory>(options.category, "--category"));
  opened.set_level(FromWord<v1::MappaLevel>(options.level, "--level"));
  opened.set_lead_agency(options.lead);
  opened.set_area(options.area);
  opened.set_supervising_post(options.supervising);
  opened.set_accountable_post(options.accountable);
  const v1::OpenCaseResponse response =
      Ask<Service>(invocation, &Service::StubInterface::OpenCase, request);
  PrintRecorded(invocation.json, response.recorded(), "case");
}

void SeatOne(const Invocation& invocation, const Options& options) {
  v1::SeatPostRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.mutable_seat()->set_post(options.post);
  request.mutable_seat()->set_kind(FromWord<v1::SeatKind>(options.kind, "--kind"));
  request.mutable_seat()->set_substitute_post(options.substitute);
  request.set_leave(options.leave);
  if (!options.history_from.empty() &&
      !google::protobuf::util::TimeUtil::FromString(
          options.history_from, request.mutable_seat()->mutable_history_from())) {
    StopUsage("--history-from must be a time such as 2026-03-04T10:00:00Z");
  }
  const v1::SeatPostResponse response =
      Ask<Service>(invocation, &Service::StubInterface::SeatPost, request);
  PrintRecorded(invocation.json, response.recorded(), options.leave ? "seat left" : "seat");
}

void Accountable(const Invocation& invocation, const Options& options) {
  v1::NameAccountableRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_post(options.post);
  const v1::NameAccountableResponse response =
      Ask<Service>(invocation, &Service::StubInterface::NameAccountable, request);
  PrintRecorded(invocation.json, response.recorded(), "accountable officer");
}

void Disclose(const Invocation& invocation, const Options& options) {
  v1::DecideDisclosureRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_third_party(FromWord<v1::ThirdParty>(options.third_party, "--to"));
  request.set_decision(FromWord<v1::DisclosureDecision>(options.decision, "--decision"));
  std::set<v1::DisclosedMatter> matters;
  for (const std::string& matter : options.matters) {
    matters.insert(FromWord<v1::DisclosedMatter>(matter, "--matter"));
  }
  for (const v1::DisclosedMatter matter : matters) request.add_matters(matter);
  for (const std::string& event : options.events) request.add_event_ids(event);
  const v1::DecideDisclosureResponse response =
      Ask<Service>(invocation, &Service::StubInterface::DecideDisclosure, request);
  PrintRecorded(invocation.json, response.recorded(), "disclosure");
}

void NameForFunction(const Invocation& invocation, const Options& options) {
  v1::NamePostRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.mutable_named()->set_post(options.post);
  request.mutable_named()->set_function(FromWord<v1::CaseFunction>(options.function, "--function"));
  request.set_leave(options.leave);
  const v1::NamePostResponse response =
      Ask<Service>(invocation, &Service::StubInterface::NamePost, request);
  PrintRecorded(invocation.json, response.recorded(), options.leave ? "function left" : "function");
}

void Change(const Invocation& invocation, const Options& options) {
  if (options.unsupervised && !options.supervising.empty()) {
    StopUsage("give --supervising or --unsupervised, not both");
  }
  v1::ChangeCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_lead_agency(options.lead);
  request.set_area(options.area);
  if (options.unsupervised) request.set_unsupervised(true);
  if (!options.supervising.empty()) request.set_supervising_post(options.supervising);
  const v1::ChangeCaseResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ChangeCase, request);
  PrintRecorded(invocation.json, response.recorded(), "case changed");
}

std::string OrNobody(const std::string& post) { return post.empty() ? "nobody yet" : post; }

void Show(const Invocation& invocation, const Options& options) {
  if (options.case_id.empty() == options.nominal.empty()) StopUsage("give --case or --nominal");
  v1::GetCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (options.case_id.empty()) {
    request.set_nominal_id(options.nominal);
  } else {
    request.set_case_id(options.case_id);
  }
  const v1::GetCaseResponse response =
      Ask<Service>(invocation, &Service::StubInterface::GetCase, request);
  const v1::Case& shown = response.case_();
  if (invocation.json) {
    std::cout << CaseJson(response) << std::endl;
    return;
  }
  std::cout << shown.case_id() << '\n'
            << "  nominal      " << shown.nominal_id() << '\n'
            << "  category     " << Word(shown.category()) << "   level " << Word(shown.level())
            << '\n'
            << "  lead agency  " << shown.lead_agency() << "   area " << shown.area() << '\n'
            << "  supervising  " << OrNobody(shown.supervising_post()) << '\n'
            << "  accountable  " << OrNobody(shown.accountable_post()) << '\n';
  Table seats({"SEAT", "KIND", "HISTORY FROM"});
  for (const v1::Seat& seat : shown.seats()) {
    seats.Add({seat.post(), Word(seat.kind()),
               seat.has_history_from() ? TimeText(seat.history_from()) : ""});
  }
  if (!seats.Empty()) seats.Print(2);
  Table functions({"NAMED", "FOR", "UNTIL", "HEARING", "OF WHAT OCCURRED FROM"});
  for (const v1::CasePost& named : shown.named_posts()) {
    const auto time = [](bool given, const google::protobuf::Timestamp& at) {
      return given ? TimeText(at) : "";
    };
    functions.Add({named.post(), Word(named.function()), time(named.has_until(), named.until()),
                   time(named.has_hearing_at(), named.hearing_at()),
                   time(named.has_occurred_from(), named.occurred_from())});
  }
  if (!functions.Empty()) functions.Print(2);
  PrintManagement(response);
}

void AddFunction(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("function", "Name a post for what it does in the case");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--post", options->post, "The post")->type_name("AGENCY/POST")->required();
  verb->add_option("--function", options->function, "police-of-home or police-of-offence")
      ->required();
  verb->add_flag("--leave", options->leave, "Take it back");
  verb->footer(R"(
Example:
  tearline case function --case case_… --post police-north/desk --function police-of-home)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { NameForFunction(invocation, *options); };
  });
}

void AddChange(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb =
      noun.add_subcommand("change", "Change who leads a case, its area, or who supervises");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--lead", options->lead, "The agency that leads from now on")
      ->type_name("AGENCY");
  verb->add_option("--area", options->area, "The MAPPA area from now on")->type_name("AREA");
  verb->add_option("--supervising", options->supervising, "The post that supervises from now on")
      ->type_name("AGENCY/POST");
  verb->add_flag("--unsupervised", options->unsupervised, "The case names nobody who supervises");
  verb->footer(R"(
What is not given stays. The panel, its work and its history go on; what the case was is kept.
Example:
  tearline case change --case case_… --lead probation-south --area south --as probation/mappa)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Change(invocation, *options); };
  });
}

void AddDisclose(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(
      "disclose", "Decide whether a third party outside MAPPA is told; telling needs approval");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option(
          "--to", options->third_party,
          "Whom: employer, partner, school, landlord, carer, faith-body, club, victim, other")
      ->required();
  verb->add_option("--decision", options->decision, "disclose (the default) or decline");
  verb->add_option(
      "--matter", options->matters,
      "What: risk, convictions, conditions, identity, whereabouts; may be given again");
  verb->add_option("--event", options->events, "An event it rests on; may be given again")
      ->type_name("ev_…");
  verb->footer(R"(
To disclose awaits a second hand, which is its approval; to decline is recorded at once. Nothing is
sent: whoever decided says the words.
Example:
  tearline case disclose --case case_… --to school --matter risk --as probation/chair \
    --purpose public-protection --legal-basis CJA2003-327A)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Disclose(invocation, *options); };
  });
}

void AddOpen(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("open", "Open a case for a person who has none open");
  verb->add_option("--nominal", options->nominal, "Whom it is about")
      ->type_name("nom_…")
      ->required();
  verb->add_option("--category", options->category, "1, 2, 3, 4 or unknown")->required();
  verb->add_option("--level", options->level, "1, 2 or 3")->required();
  verb->add_option("--lead", options->lead, "The agency that leads")
      ->type_name("AGENCY")
      ->required();
  verb->add_option("--area", options->area, "The MAPPA area")->type_name("AREA");
  verb->add_option("--supervising", options->supervising, "The post that supervises")
      ->type_name("AGENCY/POST");
  verb->add_option("--accountable", options->accountable,
                   "The post answerable that intelligence reaches the panel")
      ->type_name("AGENCY/POST");
  verb->footer(
      "\nExample:\n  tearline case open --nominal nom_… --category 4 --level 3 --lead probation "
      "--area north");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Open(invocation, *options); };
  });
}

}  // namespace

void AddCase(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("case", "A person's MAPPA management: who leads, who sits");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline case open --nominal nom_… --category 4 --level 3 --lead probation --area north \
    --as probation/mappa
  tearline case seat --case case_… --post probation/chair --kind chair --as probation/mappa)");
  auto options = std::make_shared<Options>();

  AddOpen(*noun, invocation, options);

  CLI::App* verb = noun->add_subcommand("seat", "Seat a post on the panel, or take its seat");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--post", options->post, "The post")->type_name("AGENCY/POST")->required();
  verb->add_option("--kind", options->kind, "chair, member (the default) or guest");
  verb->add_option("--history-from", options->history_from,
                   "From when on recorded history is visible to it (from the beginning)")
      ->type_name("TIME");
  verb->add_option("--substitute", options->substitute,
                   "Who holds the seat while the post is suspended, or its agency's authority has "
                   "expired (nobody)")
      ->type_name("AGENCY/POST");
  verb->add_flag("--leave", options->leave, "Take the seat away");
  verb->footer(
      "\nExample:\n  tearline case seat --case case_… --post college/safeguarding --kind guest");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SeatOne(invocation, *options); };
  });

  AddFunction(*noun, invocation, options);

  verb =
      noun->add_subcommand("accountable", "Name who answers that intelligence reaches the panel");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--post", options->post, "The post")->type_name("AGENCY/POST")->required();
  verb->footer(
      "\nExample:\n  tearline case accountable --case case_… --post police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Accountable(invocation, *options); };
  });

  AddChange(*noun, invocation, options);
  AddDisclose(*noun, invocation, options);
  AddCaseCommission(*noun, invocation);
  AddCaseLevel(*noun, invocation);
  AddCaseActions(*noun, invocation);
  AddCaseMeetings(*noun, invocation);
  AddProposalVerbs(*noun, invocation);
  AddCaseFeedVerb(*noun, invocation);
  AddPackVerb(*noun, invocation);

  verb = noun->add_subcommand("show", "Show a case to those who have to do with it");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…");
  verb->add_option("--nominal", options->nominal, "Or whom it is about")->type_name("nom_…");
  verb->footer(
      "\nExample:\n  tearline case show --nominal nom_… --as probation/chair --purpose "
      "risk-review");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
