#include "clients/cli/case_feed_verb.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/case_feed_calls.h"
#include "clients/cli/output.h"
#include "clients/cli/show_case_feed.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string case_id, since;
  bool follow = false;
};

void Show(const Invocation& invocation, const Options& options) {
  v1::FollowCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_follow(options.follow);
  if (!options.since.empty()) *request.mutable_since() = TimeFrom(options.since, "--since");
  const bool colours = StdoutIsTerminal() && std::getenv("NO_COLOR") == nullptr;
  FollowCase(invocation, request, [&](const v1::FollowCaseResponse& frame) {
    for (const v1::CaseFeedEntry& entry : frame.entries()) {
      if (invocation.json) {
        PrintJson(entry);
      } else {
        std::cout << EntryLine(entry, colours) << '\n';
      }
    }
    std::cout.flush();
    if (options.follow && frame.caught_up() && StderrIsTerminal()) {
      std::cerr << "-- all there is; what comes now is new --\n";
    }
  });
}

}  // namespace

void AddCaseFeedVerb(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand(
      "feed", "What came about a case's person to your post, and what became of it");
  verb->add_option("case,--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--since", options->since, "Only what changed since then")->type_name("TIME");
  verb->add_flag("--follow", options->follow, "Go on with what comes, until interrupted");
  verb->footer(R"(
One line for each event, in the order of the ledger, as your post has it now; an event of which
something changes comes again. The chair sees, too, who of the panel received and read it; of a post
that is not named nothing is known here. The content comes by your feed. Looking is recorded.
Cut, it goes on with --since the newest go_on_from, which --json shows, and leaves nothing out.
Example:
  tearline case feed case_… --follow --as probation/chair --purpose panel-meeting --json)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
