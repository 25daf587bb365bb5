#include "clients/cli/pack_verb.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/case_pack.h"
#include "clients/cli/each_obligation.h"
#include "clients/cli/each_proposal.h"
#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;

struct Options {
  std::string case_id, since;
};

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t SinceMs(const Options& options, std::int64_t now_ms) {
  constexpr std::int64_t kFourWeeksMs = 28LL * 24 * 60 * 60 * 1000;
  if (options.since.empty()) return now_ms - kFourWeeksMs;
  google::protobuf::Timestamp since;
  if (!TimeUtil::FromString(options.since, &since)) {
    StopUsage("--since must be a time such as 2026-03-04T10:00:00Z");
  }
  return TimeUtil::TimestampToMilliseconds(since);
}

nlohmann::json JsonOf(const CasePack& pack) {
  const auto all = [](const auto& messages) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& each : messages) list.push_back(nlohmann::json::parse(JsonText(each)));
    return list;
  };
  return {{"case", nlohmann::json::parse(JsonText(pack.about))},
          {"since", TimeText(pack.since_ms)},
          {"proposals", all(pack.proposals)},
          {"obligations", all(pack.obligations)}};
}

void Show(const Invocation& invocation, const Options& options) {
  CasePack pack;
  pack.now_ms = NowMs();
  pack.since_ms = SinceMs(options, pack.now_ms);
  v1::GetCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  pack.about =
      Ask<v1::CaseService>(invocation, &v1::CaseService::StubInterface::GetCase, request).case_();
  pack.proposals = ProposalsOf(invocation, options.case_id, /*answered=*/true);
  ForEachObligation(invocation, {}, [&pack](const v1::Obligation& each) {
    if (each.case_id() == pack.about.case_id()) pack.obligations.push_back(each);
    return true;
  });
  if (invocation.json) {
    PrintJson(JsonOf(pack));
  } else {
    std::cout << PackText(pack) << std::flush;
  }
}

}  // namespace

void AddPackVerb(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand(
      "pack",
      "Before a meeting, on one screen: who has not answered, what is overdue, what is new");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--since", options->since, "What is new since then (four weeks ago)")
      ->type_name("TIME");
  verb->footer(R"(
Made of what your post may see: the case, its proposals, and obligations that your post owes or was
told of. What came by your feed is in your feed. Looking is recorded.
Example:
  tearline case pack --case case_… --since 2026-02-04T10:00:00Z --as probation/chair \
    --purpose panel-meeting)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
