#include <google/protobuf/util/time_util.h>

#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::NominalService;
using google::protobuf::util::TimeUtil;

struct Options {
  std::string nominal, reason, because, use, finding;
  unsigned minutes = 240;
  bool all = false;
};

void Break(const Invocation& invocation, const Options& options) {
  v1::BreakGlassRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  request.set_reason(FromWord<v1::BreakGlassReason>(options.reason, "--reason"));
  request.set_because(options.because);
  request.mutable_lasts()->set_seconds(60 * static_cast<std::int64_t>(options.minutes));
  const v1::BreakGlassResponse response =
      Ask<Service>(invocation, &Service::StubInterface::BreakGlass, request);
  PrintRecorded(invocation.json, response.recorded(), "break-glass");
}

void Review(const Invocation& invocation, const Options& options) {
  v1::ReviewBreakGlassRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_break_glass_id(options.use);
  request.set_finding(FromWord<v1::BreakGlassFinding>(options.finding, "--finding"));
  const v1::ReviewBreakGlassResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ReviewBreakGlass, request);
  PrintRecorded(invocation.json, response.recorded(), "review");
}

void Print(const v1::BreakGlassUse& use) {
  std::cout << use.break_glass_id() << "  " << use.post() << " (" << use.person() << ") for "
            << use.nominal_id() << '\n'
            << "  " << TimeUtil::ToString(use.from()) << " to " << TimeUtil::ToString(use.until())
            << ", " << Word(use.reason()) << ": " << use.because() << '\n';
  if (use.has_reviewed_at()) {
    std::cout << "  " << Word(use.finding()) << ", found by " << use.reviewed_by() << " at "
              << TimeUtil::ToString(use.reviewed_at()) << '\n';
  } else {
    std::cout << "  not reviewed\n";
  }
}

void List(const Invocation& invocation, const Options& options) {
  v1::ListBreakGlassRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_reviewed_too(options.all);
  do {
    const v1::ListBreakGlassResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListBreakGlass, request);
    if (invocation.json) PrintJson(response);
    for (const v1::BreakGlassUse& use : response.uses()) {
      if (!invocation.json) Print(use);
    }
    request.set_after_break_glass_id(response.after_break_glass_id());
  } while (!request.after_break_glass_id().empty());
}

void AddReview(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("review", "Say what the review of a use found");
  verb->add_option("--use", options->use, "Which use")->type_name("brk_…")->required();
  verb->add_option("--finding", options->finding, "justified or not-justified")
      ->type_name("FINDING")
      ->required();
  verb->footer(R"(
For information governance and auditors outside the line of the post that broke it: another post,
neither above nor below it, held by none of its people; once the use has ended.
Example:
  tearline glass review --use brk_… --finding justified --as desk/governance \
    --purpose break-glass-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Review(invocation, *options); };
  });

  verb = noun.add_subcommand("list", "List the uses that nobody has reviewed yet");
  verb->add_flag("--all", options->all, "Those reviewed, too");
  verb->footer(R"(
For information governance and auditors. Looking is recorded.
Example:
  tearline glass list --as desk/governance --purpose break-glass-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace

void AddGlass(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("glass", "Break the glass in an emergency, and review it");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline glass list --as desk/governance --purpose break-glass-review)");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("break", "See in full what is held about one person");
  verb->add_option("--nominal", options->nominal, "About whom")->type_name("nom_…")->required();
  verb->add_option("--reason", options->reason,
                   "threat-to-life, safeguarding, victim-or-witness-at-risk, at-large or "
                   "nobody-reachable")
      ->type_name("REASON")
      ->required();
  verb->add_option("--because", options->because,
                   "Why, in at most 200 bytes; kept for ever, so say nothing about the person")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--minutes", options->minutes, "How long it lasts: 1 to 240; 240 if not given")
      ->type_name("MINUTES");
  verb->footer(R"(
Originators are told at once, and the first post above yours where somebody is, else a strategic board;
it is refused where there is neither. Somebody outside your line reviews it within 72 hours; until then
you and your post cannot again. It lifts no absolute cap.
Example:
  tearline glass break --nominal nom_… --reason threat-to-life --because "log 1234, tonight" \
    --minutes 60 --as police/desk --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Break(invocation, *options); };
  });
  AddReview(*noun, invocation, options);
}

}  // namespace tearline::cli
