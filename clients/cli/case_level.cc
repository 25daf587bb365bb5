#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/action_service.grpc.pb.h"
#include "tearline/v1/rpc_status.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::ActionService;

constexpr char kOpenWork[] = "type.googleapis.com/tearline.v1.OpenWork";

struct Options {
  std::string case_id, category, level, reason, joined_into;
  std::vector<std::string> overrides;
  bool as_fact = false;
};

/// What stands in the way, if the refusal says so.
v1::OpenWork OpenWorkIn(const grpc::Status& status) {
  v1::OpenWork open;
  v1::RpcStatus details;
  if (!details.ParseFromString(status.error_details())) return open;
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.type_url() == kOpenWork && open.ParseFromString(detail.value())) return open;
  }
  return {};
}

/// Asks, and shows what stands in the way where that is why it is refused.
template <typename Request, typename Response>
Response AskGated(const Invocation& invocation,
                  grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                  const Request& request) {
  const std::unique_ptr<Service::StubInterface> stub = Service::NewStub(invocation.Channel());
  grpc::ClientContext context;
  context.set_deadline(invocation.Deadline());
  Response response;
  const grpc::Status status = (stub.get()->*method)(&context, request, &response);
  if (status.ok()) return response;
  try {
    StopFor(client::RefusalFrom(status));
  } catch (Stop& stop) {
    stop.open_work = OpenWorkIn(status);
    throw;
  }
}

/// Reads each ID=REASON into the request.
template <typename Request>
void ReadOverrides(const std::vector<std::string>& overrides, Request& request) {
  for (const std::string& text : overrides) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) StopUsage("--override must be ID=REASON");
    v1::WorkOverride& each = *request.add_overrides();
    each.set_work_id(text.substr(0, equals));
    each.set_reason(FromWord<v1::WorkOverrideReason>(text.substr(equals + 1), "--override"));
  }
}

void SetLevel(const Invocation& invocation, const Options& options) {
  v1::SetLevelRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_category(FromWord<v1::MappaCategory>(options.category, "--category"));
  request.set_level(FromWord<v1::MappaLevel>(options.level, "--level"));
  request.set_as_fact(options.as_fact);
  ReadOverrides(options.overrides, request);
  const v1::SetLevelResponse response =
      AskGated(invocation, &Service::StubInterface::SetLevel, request);
  PrintRecorded(invocation.json, response.recorded(), "level");
}

void Exit(const Invocation& invocation, const Options& options) {
  v1::EndCaseRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_reason(FromWord<v1::CaseExitReason>(options.reason, "--reason"));
  request.set_as_fact(options.as_fact);
  request.set_joined_into(options.joined_into);
  ReadOverrides(options.overrides, request);
  const v1::EndCaseResponse response =
      AskGated(invocation, &Service::StubInterface::EndCase, request);
  PrintRecorded(invocation.json, response.recorded(),
                options.joined_into.empty() ? "exit" : "agreed");
}

void AddGateOptions(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--override", options->overrides,
                  "Open work that does not stand in the way, and why: agency-goes-on, other-area, "
                  "not-needed or cannot-be-done; by the chair; may be given again")
      ->type_name("ID=REASON");
  verb.add_flag("--as-fact", options->as_fact,
                "It is so already, by another system: recorded whatever is open. For posts that "
                "feed from one, and only for them");
}

}  // namespace

void AddCaseLevel(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand("set-level", "Manage a case at another category or level");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--category", options->category, "1, 2, 3, 4 or unknown")->required();
  verb->add_option("--level", options->level, "1, 2 or 3; category 3 has no level 1")->required();
  AddGateOptions(*verb, options);
  verb->footer(R"(
To manage it at less (a lower level, out of category 4, or unknown) is the chair's to ask (at level 1,
where there is none, a co-ordinator's), and refused while actions, obligations or unread urgent items
are open: each is listed. End it, or override it with a reason; the strategic board is told. More than a lower level awaits a second hand where your agency
has to do with the case.
Example:
  tearline case set-level --case case_… --category 2 --level 1 --override act_…=agency-goes-on \
    --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SetLevel(invocation, *options); };
  });

  verb = noun.add_subcommand("exit", "End a case");
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  verb->add_option("--reason", options->reason,
                   "category-ended, adds-nothing, other-area, died, opened-in-error or joined")
      ->type_name("REASON")
      ->required();
  verb->add_option(
          "--joined-into", options->joined_into,
          "With the reason joined: the person's other case, which goes on; this one ends as "
          "the two nominals are merged. Its own id takes that back")
      ->type_name("case_…");
  AddGateOptions(*verb, options);
  verb->footer(R"(
Its posts are told no more about the person by it; what is owed stays owed. Refused while work is open,
as `case set-level` is. The case stays readable to its co-ordinators and to auditors; one that was
joined, also to the chair of the other, who seats whoever of its panel is needed.
Examples:
  tearline case exit --case case_… --reason category-ended --as probation/chair
  tearline case exit --case case_… --reason joined --joined-into case_… --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Exit(invocation, *options); };
  });
}

}  // namespace tearline::cli
