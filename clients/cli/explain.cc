#include "clients/cli/explain.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string event, post;
};

template <typename Sentences>
void Say(const Sentences& sentences) {
  for (const std::string& sentence : sentences) std::cout << sentence << '\n';
}

void Decision(const Invocation& invocation, const Options& options) {
  v1::ExplainDecisionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  request.set_post(options.post);
  const v1::ExplainDecisionResponse response =
      Ask<v1::AuditService>(invocation, &v1::AuditService::StubInterface::ExplainDecision, request);
  if (invocation.json) return PrintJson(response);
  for (const v1::ExplainedDecision& decision : response.decisions()) {
    const std::string& correlation = decision.correlation_id();
    std::cout << TimeText(decision.decided_at()) << "  leaf " << decision.leaf_index()
              << "  policy " << ShortHex(decision.policy_digest())
              << (decision.again() ? "  judged again" : "")
              << (correlation.empty() ? "" : "  asked as " + correlation)
              << '\n';
    Say(decision.sentences());
  }
  Say(response.sentences());
}

void Item(const Invocation& invocation, const Options& options) {
  if (invocation.post.empty()) StopUsage("say whose feed: --as AGENCY/POST");
  v1::ExplainItemRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  const v1::ExplainItemResponse response = Ask<v1::SubscriberService>(
      invocation, &v1::SubscriberService::StubInterface::ExplainItem, request);
  if (invocation.json) return PrintJson(response);
  std::cout << TimeText(response.released_at()) << "  " << Word(response.lane()) << ' '
            << response.sequence() << "  policy " << ShortHex(response.policy_digest()) << '\n';
  Say(response.sentences());
}

CLI::App* AddVerb(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options,
                  const char* what, void (*run)(const Invocation&, const Options&)) {
  CLI::App* verb = noun.add_subcommand("explain", what);
  verb->add_option("--event", options->event, "The event")->type_name("ev_…")->required();
  verb->callback([&invocation, options, run] {
    invocation.verb = [&invocation, options, run] { run(invocation, *options); };
  });
  return verb;
}

}  // namespace

void AddExplainDecision(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(noun, invocation, options,
                           "Why a post was told of an event as it was, or was not", Decision);
  verb->add_option("--post", options->post, "The post asked about")
      ->type_name("AGENCY/POST")
      ->required();
  verb->footer(R"(
For auditors, and for the post that answers for the event.
Example:
  tearline audit explain --event ev_… --post probation/chair --as inspectorate/auditor --purpose audit)");
}

void AddExplainItem(CLI::App& noun, Invocation& invocation) {
  CLI::App* verb = AddVerb(noun, invocation, std::make_shared<Options>(),
                           "By which rules an event was let go to this post", Item);
  verb->footer(R"(
Of any event that was not let go to it, whether there is one or not, the answer is the same.
Example:
  tearline feed explain --event ev_… --as probation/chair --purpose public-protection)");
}

}  // namespace tearline::cli
