#include <chrono>
#include <memory>
#include <string>

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

struct Options {
  std::string case_id, writer, until, hearing;
  int months = 24;
  bool end = false;
};

/// The same day and time so many months ago; of a month that is shorter, its last day.
google::protobuf::Timestamp MonthsAgo(int months) {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now());
  const auto today = floor<days>(now);
  year_month_day day = year_month_day(today) - std::chrono::months(months);
  if (!day.ok()) day = day.year() / day.month() / last;
  google::protobuf::Timestamp time;
  time.set_seconds((sys_days(day) + (now - today)).time_since_epoch().count());
  return time;
}

void Commission(const Invocation& invocation, const Options& options) {
  v1::CommissionReportRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_writer_post(options.writer);
  request.set_end(options.end);
  if (!options.end) {
    if (options.until.empty() || options.hearing.empty()) StopUsage("give --until and --hearing");
    *request.mutable_occurred_from() = MonthsAgo(options.months);
    *request.mutable_until() = TimeFrom(options.until, "--until");
    *request.mutable_hearing_at() = TimeFrom(options.hearing, "--hearing");
  }
  const v1::CommissionReportResponse response =
      Ask<Service>(invocation, &Service::StubInterface::CommissionReport, request);
  PrintRecorded(invocation.json, response.recorded(),
                options.end ? "commission ended" : "commission");
}

}  // namespace

void AddCaseCommission(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand(
      "commission", "Commission a report for a hearing from a post without a seat, or end that");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--writer", options->writer, "The post that writes it")
      ->type_name("AGENCY/POST")
      ->required();
  verb->add_option("--until", options->until, "Until when it is told anything")->type_name("TIME");
  verb->add_option("--hearing", options->hearing, "When the hearing is: not before --until")
      ->type_name("TIME");
  verb->add_option("--months", options->months,
                   "How many months back it is told of what occurred (24)")
      ->check(CLI::Range(1, 240));
  verb->add_flag("--end", options->end, "End it now: it is told nothing more");
  verb->footer(R"(
Until then the policy judges the post as a report's writer, also of what was recorded before. What
it is owed and not told is asked of whoever answers for it, and chased before --until. `case show`
lists it. The chair's to say, or a co-ordinator's; a post of your own agency awaits a second hand.
Examples:
  tearline case commission --case case_… --writer prison/psychology --until 2026-05-01T00:00:00Z \
    --hearing 2026-05-14T09:00:00Z --as probation/chair --purpose risk-review
  tearline case commission --case case_… --writer prison/psychology --end --as probation/chair \
    --purpose risk-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Commission(invocation, *options); };
  });
}

}  // namespace tearline::cli
