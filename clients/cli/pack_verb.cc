#include "clients/cli/pack_verb.h"

#include <google/protobuf/util/time_util.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/case_feed_calls.h"
#include "clients/cli/case_pack.h"
#include "clients/cli/each_meeting.h"
#include "clients/cli/each_obligation.h"
#include "clients/cli/each_proposal.h"
#include "clients/cli/each_request.h"
#include "clients/cli/output.h"
#include "clients/cli/private_file.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;

struct Options {
  std::string case_id, since, html;
  bool overwrite = false;
};

/// What came to the post about the case's person, each event once, as it is now; and since when
/// what changed is new, unless it is given. As of the broker's time, of which every frame tells.
void ReadFeed(const Invocation& invocation, const Options& options, CasePack& pack) {
  v1::FollowCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_pack(true);
  FollowCase(invocation, request, [&](const v1::FollowCaseResponse& frame) {
    pack.now_ms = TimeUtil::TimestampToMilliseconds(frame.broker_time());
    pack.entries.insert(pack.entries.end(), frame.entries().begin(), frame.entries().end());
    if (frame.opened().has_last_pack_at() && pack.since_what.empty()) {
      pack.since_ms = TimeUtil::TimestampToMilliseconds(frame.opened().last_pack_at());
      pack.since_what = "the last pack of this post";
    }
  });
}

CasePack ReadPack(const Invocation& invocation, const Options& options) {
  constexpr std::int64_t kFourWeeksMs = 28LL * 24 * 60 * 60 * 1000;
  CasePack pack;
  pack.post = invocation.post;
  if (!options.since.empty()) {
    pack.since_ms = TimeUtil::TimestampToMilliseconds(TimeFrom(options.since, "--since"));
    pack.since_what = "the time given";
  }
  v1::GetCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  const v1::GetCaseResponse shown =
      Ask<v1::CaseService>(invocation, &v1::CaseService::StubInterface::GetCase, request);
  pack.about = shown.case_();
  pack.actions.assign(shown.open_actions().begin(), shown.open_actions().end());
  pack.managed_before.assign(shown.managed_before().begin(), shown.managed_before().end());
  ReadFeed(invocation, options, pack);
  if (pack.since_what.empty()) {
    pack.since_ms = pack.now_ms - kFourWeeksMs;
    pack.since_what = "four weeks ago";
  }
  pack.proposals = ProposalsOf(invocation, options.case_id, /*answered=*/true);
  ForEachObligation(invocation, {}, [&pack](const v1::Obligation& each) {
    if (each.case_id() == pack.about.case_id()) pack.obligations.push_back(each);
    return true;
  });
  pack.requests = RequestsOf(invocation, options.case_id, /*closed=*/false);
  pack.meetings = MeetingsOf(invocation, options.case_id);
  return pack;
}

nlohmann::json JsonOf(const CasePack& pack) {
  const auto all = [](const auto& messages) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& each : messages) list.push_back(nlohmann::json::parse(JsonText(each)));
    return list;
  };
  nlohmann::json sections = nlohmann::json::object();
  for (const PackSection& section : SectionsOf(pack)) {
    nlohmann::json rows = nlohmann::json::array();
    for (const PackRow& row : section.rows) {
      nlohmann::json cells = {{"pressing", row.pressing}};
      for (std::size_t i = 0; i < section.columns.size(); ++i) {
        cells[section.columns[i]] = row.cells[i];
      }
      rows.push_back(std::move(cells));
    }
    sections[section.key] = {{"head", section.head}, {"note", section.note}, {"rows", rows}};
  }
  return {{"case", nlohmann::json::parse(JsonText(pack.about))},
          {"marking", MarkingOf(pack)},
          {"since", TimeText(pack.since_ms)},
          {"since_what", pack.since_what},
          {"proposals", all(pack.proposals)},
          {"obligations", all(pack.obligations)},
          {"actions", all(pack.actions)},
          {"events", all(pack.entries)},
          {"requests", all(pack.requests)},
          {"meetings", all(pack.meetings)},
          {"sections", std::move(sections)}};
}

void Show(const Invocation& invocation, const Options& options) {
  if (invocation.json && !options.html.empty()) StopUsage("give --json or --html, not both");
  const CasePack pack = ReadPack(invocation, options);
  if (options.html == "-") {
    std::cout << PackHtml(pack) << std::flush;
  } else if (!options.html.empty()) {
    WritePrivately(options.html, "--html", PackHtml(pack), options.overwrite);
  } else if (invocation.json) {
    PrintJson(JsonOf(pack));
  } else {
    std::cout << PackText(pack) << std::flush;
  }
}

}  // namespace

void AddPackVerb(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand("pack",
                                       "Before a meeting: on one screen what is new, overdue, "
                                       "unanswered and withheld; then the rest");
  verb->add_option("case,--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--since", options->since,
                   "What is new since then (the post's last pack; else four weeks ago)")
      ->type_name("TIME");
  verb->add_option("--html", options->html, "Write a page to be printed instead; - for stdout")
      ->type_name("FILE");
  verb->add_flag("--overwrite", options->overwrite, "Replace the file if it is there");
  verb->footer(R"(
Made of what your post may see: the case, what came to the post about its person, its proposals and
actions, and obligations that your post owes or was told of. The first page is one screen; then the
events by pillar, actions, who is silent and who has no seat. Content comes by your feed. Looking is
recorded. A page of HTML needs no network, and only its owner may read the file.
Example:
  tearline case pack case_… --html pack.html --as probation/chair --purpose panel-meeting)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
