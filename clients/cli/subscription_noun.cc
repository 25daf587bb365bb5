#include <google/protobuf/util/time_util.h>

#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::SubscriberService;

struct Options {
  std::vector<std::string> nominals, types, agencies, areas;
  std::string from = "now";
  std::string subscription;
};

v1::Start StartOf(const std::string& word) {
  v1::Start start;
  if (word == "now") {
    start.set_from(v1::START_FROM_NOW);
  } else if (word == "beginning") {
    start.set_from(v1::START_FROM_BEGINNING);
  } else if (google::protobuf::util::TimeUtil::FromString(word, start.mutable_time())) {
    start.set_from(v1::START_FROM_TIME);
  } else {
    StopUsage("--from must be now, beginning or a time such as 2026-03-04T10:00:00Z");
  }
  return start;
}

void Create(const Invocation& invocation, const Options& options) {
  v1::CreateSubscriptionRequest request;
  *request.mutable_acting() = invocation.Acting();
  v1::Selector& selector = *request.mutable_selector();
  selector.mutable_nominal_ids()->Add(options.nominals.begin(), options.nominals.end());
  selector.mutable_event_type_prefixes()->Add(options.types.begin(), options.types.end());
  selector.mutable_agencies()->Add(options.agencies.begin(), options.agencies.end());
  selector.mutable_areas()->Add(options.areas.begin(), options.areas.end());
  *request.mutable_start() = StartOf(options.from);
  const v1::CreateSubscriptionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::CreateSubscription, request);
  PrintRecorded(invocation.json, response.recorded(), "subscription");
}

template <typename Values>
void ShowPart(const char* part, const Values& values) {
  if (values.empty()) return;
  std::cout << "    " << part;
  for (const std::string& value : values) std::cout << ' ' << value;
  std::cout << '\n';
}

void List(const Invocation& invocation) {
  v1::ListSubscriptionsRequest request;
  *request.mutable_acting() = invocation.Acting();
  const v1::ListSubscriptionsResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ListSubscriptions, request);
  for (const v1::Subscription& subscription : response.subscriptions()) {
    if (invocation.json) {
      PrintJson(subscription);
      continue;
    }
    const v1::Selector& selector = subscription.selector();
    std::cout << subscription.subscription_id() << "  since " << TimeText(subscription.created_at())
              << '\n';
    ShowPart("about    ", selector.nominal_ids());
    ShowPart("types    ", selector.event_type_prefixes());
    ShowPart("agencies ", selector.agencies());
    ShowPart("areas    ", selector.areas());
    if (selector.ByteSizeLong() == 0) std::cout << "    everything that policy lets it see\n";
  }
  if (!invocation.json && response.subscriptions().empty()) std::cout << "no subscriptions\n";
}

void Seek(const Invocation& invocation, const Options& options) {
  v1::SeekSubscriptionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_subscription_id(options.subscription);
  *request.mutable_start() = StartOf(options.from);
  const v1::SeekSubscriptionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::SeekSubscription, request);
  PrintRecorded(invocation.json, response.recorded(), "subscription moved");
}

void Delete(const Invocation& invocation, const Options& options) {
  v1::DeleteSubscriptionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_subscription_id(options.subscription);
  const v1::DeleteSubscriptionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::DeleteSubscription, request);
  PrintRecorded(invocation.json, response.recorded(), "subscription deleted");
}

void AddFrom(CLI::App& verb, Options& options) {
  verb.add_option("--from", options.from, "now, beginning, or a time")->type_name("WHEN");
}

void AddWhich(CLI::App& verb, Options& options) {
  verb.add_option("--subscription", options.subscription, "Which one")
      ->type_name("sub_…")
      ->required();
}

}  // namespace

void AddSubscription(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("subscription", "What a post wishes for beside its inbox");
  noun->require_subcommand(1);
  noun->footer(R"(
A subscription only asks. Policy judges each event for the post as ever, what duties owe comes into
the inbox, and no event comes to a post twice.
Example:
  tearline subscription create --type custody --area north --as police/desk
  tearline feed follow --subscription sub_… --as police/desk)");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("create", "Wish for events, by what they are about");
  verb->add_option("--nominal", options->nominals, "About one of these people; up to 16")
      ->type_name("nom_…");
  verb->add_option("--type", options->types, "Of a type that is one of these or lies below it")
      ->type_name("TYPE");
  verb->add_option("--agency", options->agencies, "Originated by one of these")
      ->type_name("AGENCY");
  verb->add_option("--area", options->areas, "About people managed in one of these MAPPA areas")
      ->type_name("AREA");
  AddFrom(*verb, *options);
  verb->footer(R"(
An event must fit every option that is given, by one of its values. Without any it is a wish for
everything that policy lets the post see. It begins with what is recorded from now on; --from
beginning catches up with all that was recorded, --from TIME with what was recorded since.
Example:
  tearline subscription create --nominal nom_… --from beginning --as police/desk)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Create(invocation, *options); };
  });

  verb = noun->add_subcommand("list", "The post's subscriptions, the oldest first");
  verb->footer("\nExample:\n  tearline subscription list --as police/desk --json");
  verb->callback([&invocation, options] { invocation.verb = [&invocation] { List(invocation); }; });

  verb = noun->add_subcommand("seek", "Have one go on from elsewhere");
  AddWhich(*verb, *options);
  AddFrom(*verb, *options);
  verb->footer(R"(
What waits in it is given up; what is out stays out. Numbers go on: what it had before comes again
under new ones.
Example:
  tearline subscription seek --subscription sub_… --from 2026-03-04T10:00:00Z --as police/desk)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Seek(invocation, *options); };
  });

  verb = noun->add_subcommand("delete", "End one; what waits or is out in it is given up");
  AddWhich(*verb, *options);
  verb->footer("\nExample:\n  tearline subscription delete --subscription sub_… --as police/desk");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Delete(invocation, *options); };
  });
}

}  // namespace tearline::cli
