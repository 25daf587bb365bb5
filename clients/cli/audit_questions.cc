#include "clients/cli/audit_questions.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::AuditService;
using Stub = Service::StubInterface;

constexpr std::uint32_t kPageRows = 1000;

struct Options {
  std::string event, nominal, other, post, agency, at, from, to, area;
  bool panel = false;
  bool moved = false;
};

/// Asks page after page, and shows each.
template <typename Request, typename Response, typename Show>
void ForEachPage(const Invocation& invocation, Request request,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 Show show) {
  *request.mutable_acting() = invocation.Acting();
  request.set_page_size(kPageRows);
  do {
    const Response response = Ask<Service>(invocation, method, request);
    show(response);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
}

void WhoWasNotTold(const Invocation& invocation, const Options& options) {
  v1::WhoWasNotToldRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  const v1::WhoWasNotToldResponse response =
      Ask<Service>(invocation, &Stub::WhoWasNotTold, request);
  if (!invocation.json && response.rows().empty()) {
    std::cout << "everybody it was judged for was told what they were owed\n";
  }
  for (const v1::NotToldRow& row : response.rows()) {
    if (invocation.json) {
      PrintJson(row);
      continue;
    }
    std::cout << row.post() << "  "
              << (row.duty() != v1::LEVEL_UNSPECIFIED ? "owed"
                  : row.wished()                      ? "wished for, not owed"
                                                      : "neither owed nor wished for")
              << "  " << TimeText(row.decided_at()) << "  leaf " << row.leaf_index() << '\n';
    for (const std::string& sentence : row.sentences()) std::cout << "  " << sentence << '\n';
  }
}

void KnownAt(const Invocation& invocation, const Options& options) {
  v1::KnownAtRequest request;
  request.set_nominal_id(options.nominal);
  *request.mutable_at() = TimeFrom(options.at, "--at");
  if (options.panel) {
    request.set_panel(true);
  } else if (!options.post.empty()) {
    request.set_post(options.post);
  } else if (!options.agency.empty()) {
    request.set_agency(options.agency);
  } else {
    StopUsage("say who is asked about: --panel, --post or --agency");
  }
  bool first = true, any = false;
  ForEachPage(invocation, request, &Stub::KnownAt, [&](const v1::KnownAtResponse& response) {
    if (first && options.panel && !invocation.json) {
      std::cout << "the panel:";
      for (const std::string& post : response.panel_posts()) std::cout << ' ' << post;
      std::cout << (response.panel_posts().empty() ? " there was none\n" : "\n");
    }
    first = false;
    for (const v1::KnownEvent& event : response.events()) {
      any = true;
      if (invocation.json) {
        PrintJson(event);
        continue;
      }
      std::cout << event.event_id() << "  " << event.sentence() << '\n';
      for (const v1::KnownTo& known : event.known_to()) {
        std::cout << "  " << known.sentence() << '\n';
      }
    }
  });
  if (!any && !invocation.json) std::cout << "nothing about the nominal had occurred by then\n";
}

void ToldMeanwhile(const Invocation& invocation, const Options& options) {
  v1::ToldMeanwhileRequest request;
  if (options.moved) {
    request.set_moved_from_id(options.nominal);
    request.set_moved_to_id(options.other);
  } else {
    request.set_removed_id(options.nominal);
    request.set_other_id(options.other);
  }
  bool first = !options.moved, any = false;
  ForEachPage(
      invocation, request, &Stub::ToldMeanwhile, [&](const v1::ToldMeanwhileResponse& response) {
        if (first && !invocation.json) {
          std::cout << "taken for one person from " << TimeText(response.merged_at()) << " to "
                    << TimeText(response.parted_at()) << '\n';
        }
        first = false;
        for (const v1::ToldMeanwhileRow& row : response.rows()) {
          any = true;
          if (invocation.json) {
            PrintJson(row);
            continue;
          }
          std::cout << row.nominal_id() << "  " << row.event_id() << "  " << row.event_type()
                    << "  " << row.post() << "  " << Word(row.level()) << "  let go "
                    << TimeText(row.released_at())
                    << (row.has_read_at()           ? ", read " + TimeText(row.read_at())
                        : row.has_acknowledged_at() ? ", received"
                                                    : ", not received")
                    << (row.has_moved_at() ? "  moved " + TimeText(row.moved_at()) : "")
                    << (row.in_doubt() ? "  IN DOUBT: not by this person's own case\n" : "\n");
        }
      });
  if (!any && !invocation.json) std::cout << "nothing was told meanwhile\n";
}

void WhoLooked(const Invocation& invocation, const Options& options) {
  v1::WhoLookedRequest request;
  request.set_nominal_id(options.nominal);
  bool any = false;
  ForEachPage(invocation, request, &Stub::WhoLooked, [&](const v1::WhoLookedResponse& response) {
    for (const v1::LookedRow& row : response.rows()) {
      any = true;
      if (invocation.json) {
        PrintJson(row);
      } else {
        std::cout << row.sentence() << "  leaf " << row.leaf_index() << '\n';
      }
    }
  });
  if (!any && !invocation.json) std::cout << "nobody had looked\n";
}

void Obligations(const Invocation& invocation, const Options& options) {
  v1::ListOpenAtRequest request;
  *request.mutable_at() = TimeFrom(options.at, "--open-at");
  bool any = false;
  ForEachPage(invocation, request, &Stub::ListOpenAt, [&](const v1::ListOpenAtResponse& response) {
    for (const v1::OpenAtRow& row : response.rows()) {
      any = true;
      if (invocation.json) {
        PrintJson(row);
      } else {
        std::cout << row.obligation_id() << "  " << row.sentence() << '\n';
      }
    }
  });
  if (!any && !invocation.json) std::cout << "nothing was owed\n";
}

void Themes(const Invocation& invocation, const Options& options) {
  v1::CountThemesRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_from_month(options.from);
  request.set_to_month(options.to);
  request.set_area(options.area);
  const v1::CountThemesResponse response = Ask<Service>(invocation, &Stub::CountThemes, request);
  Table table({"AREA", "MONTH", "UNMET DUTIES", "LATE ACKNOWLEDGEMENTS", "NOT ACKNOWLEDGED",
               "WITHHELD PAST REVIEW", "UNREAD URGENT"});
  if (response.cut()) {
    std::cerr << "MORE IS OUT than one question looks at: what was not acknowledged is missing "
                 "for the posts that come last by name\n";
    if (invocation.json) PrintJson(nlohmann::json{{"cut", true}});
  }
  for (const v1::ThemeRow& row : response.rows()) {
    if (invocation.json) {
      PrintJson(row);
      continue;
    }
    table.Add({row.area().empty() ? "no case" : row.area(),
               row.month().empty() ? "all" : row.month(), CountText(row.unmet_duties()),
               CountText(row.late_acknowledgements()), CountText(row.never_acknowledged()),
               CountText(row.past_review()), CountText(row.unread_urgent())});
  }
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "nothing was counted\n";
  } else {
    table.Print();
  }
}

struct Verb {
  const char* name;
  const char* what;
  void (*run)(const Invocation&, const Options&);
  const char* footer;
};

CLI::App& AddVerb(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options,
                  const Verb& verb) {
  CLI::App* app = noun.add_subcommand(verb.name, verb.what);
  app->footer(verb.footer);
  app->callback([&invocation, options, run = verb.run] {
    invocation.verb = [&invocation, options, run] { run(invocation, *options); };
  });
  return *app;
}

void AddKnownAt(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App& known =
      AddVerb(noun, invocation, options,
              {"known-at", "What a panel, post or agency had been given about a nominal by then",
               KnownAt, R"(
For each event: when it occurred, was published and was recorded; for each post what it had been
given by that time, and when that was let go, acknowledged and read: where it had been let go anew,
at another level, in the place of what was let go before or after that was taken back, both times,
and what was read of which.
What was recorded later does not count.
Example:
  tearline audit known-at --panel --nominal nom_… --at 2026-03-04T10:00:00Z \
      --as inspectorate/auditor --purpose audit)"});
  known.add_option("--nominal", options->nominal, "The nominal")->type_name("nom_…")->required();
  known.add_option("--at", options->at, "As of when, UTC")->type_name("TIME")->required();
  CLI::Option* panel =
      known.add_flag("--panel", options->panel, "The panel of its case, as it sat then");
  CLI::Option* post = known.add_option("--post", options->post, "A post")
                          ->type_name("AGENCY/POST")
                          ->excludes(panel);
  known.add_option("--agency", options->agency, "All posts of an agency that it was judged for")
      ->type_name("AGENCY")
      ->excludes(panel, post);
}

}  // namespace

std::string CountText(const v1::ThemeCount& count) {
  if (count.few()) return "<5";
  return count.hidden() ? "hidden" : std::to_string(count.count());
}

void AddAuditQuestions(CLI::App& noun, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  AddVerb(noun, invocation, options,
          {"who-was-not-told", "Who was told nothing of an event, or less than was owed, and why",
           WhoWasNotTold, R"(
Owed by a duty, or wished for by a subscription; by which rule it is less, and how the obligation
that was opened about it stands. Told is let go: what is owed and waits in a feed was not told yet.
Whoever had it, and is owed nothing any more since it was withdrawn, is not among them.
Example:
  tearline audit who-was-not-told --event ev_… --as inspectorate/auditor --purpose audit)"})
      .add_option("--event", options->event, "The event")
      ->type_name("ev_…")
      ->required();
  AddKnownAt(noun, invocation, options);
  CLI::App& meanwhile =
      AddVerb(noun, invocation, options,
              {"told-meanwhile", "Who was given what while two people were taken for one",
               ToldMeanwhile, R"(
For auditors, and for the post that must review it. What the case of the person an event is about
did not bring its receiver in for is in doubt: look whether only the wrong merge did.
Example:
  tearline audit told-meanwhile --nominal nom_… --other nom_… --as inspectorate/auditor \
      --purpose audit
  tearline audit told-meanwhile --moved --nominal nom_… --other nom_… --as inspectorate/auditor \
      --purpose audit)"});
  meanwhile.add_flag("--moved", options->moved,
                     "Not of a merge: of events that were moved from the one to the other");
  meanwhile.add_option("--nominal", options->nominal, "The one that was removed, or moved from")
      ->type_name("nom_…")
      ->required();
  meanwhile.add_option("--other", options->other, "What it had been merged into, or moved to")
      ->type_name("nom_…")
      ->required();
  AddVerb(noun, invocation, options,
          {"who-looked", "Who looked at what is held about a nominal, for whom and why", WhoLooked,
           R"(
Questions to the log, cases read, numbers resolved; also what was about everybody. Looks at another
nominal count for as long as the two were taken for one person.
Example:
  tearline audit who-looked --nominal nom_… --as inspectorate/auditor --purpose audit)"})
      .add_option("--nominal", options->nominal, "The nominal")
      ->type_name("nom_…")
      ->required();
  AddVerb(noun, invocation, options,
          {"obligations", "Obligations that were open at some time, as they stood then",
           Obligations, R"(
Example:
  tearline audit obligations --open-at 2026-03-04T10:00:00Z \
      --as inspectorate/auditor --purpose audit)"})
      .add_option("--open-at", options->at, "As of when, UTC")
      ->type_name("TIME")
      ->required();
  CLI::App& themes =
      AddVerb(noun, invocation, options,
              {"themes", "What goes wrong where: counts by area and month, nobody named", Themes,
               R"(
Counts of 1 to 4 are shown as <5; a total that would tell one of them is hidden. Only months that
are over are counted, and a month's counts never change. What was not acknowledged is what was out
past its time when the month ended; acknowledged later, it is late in that later month, too.
Example:
  tearline audit themes --from 2026-01 --to 2026-03 --as inspectorate/auditor --purpose audit)"});
  themes.add_option("--from", options->from, "The first month")->type_name("YYYY-MM")->required();
  themes.add_option("--to", options->to, "The last month")->type_name("YYYY-MM")->required();
  themes.add_option("--area", options->area, "One MAPPA area")->type_name("AREA");
}

}  // namespace tearline::cli
