#include "clients/cli/event_calls.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/invocation.h"
#include "clients/cli/output.h"
#include "clients/cli/parse_text.h"
#include "clients/cli/read_items.h"
#include "clients/cli/signer.h"
#include "clients/cli/words.h"
#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::PublisherService;
using Receivers = google::protobuf::RepeatedPtrField<v1::EventReceiver>;

struct Options {
  std::string event, reason, file, agency, key_file, keep_file, published_file;
};

/// Who signs a change of an event of `agency`, if anybody does.
std::unique_ptr<Signer> SignerOf(const Invocation& invocation, const Options& options,
                                 const std::string& agency) {
  if (options.key_file.empty()) {
    if (!options.keep_file.empty()) StopUsage("--keep goes only with --sign-with");
    return nullptr;
  }
  auto signer = std::make_unique<Signer>(invocation, options.key_file, agency);
  if (!options.keep_file.empty()) signer->KeepIn(options.keep_file);
  return signer;
}

void PrintReceivers(const Receivers& receivers) {
  Table table({"POST", "LEVEL", "LET GO", "ACKNOWLEDGED", "READ", "DELETED"});
  for (const v1::EventReceiver& each : receivers) {
    table.Add({each.post(), Word(each.level()), TimeText(each.released_at()),
               TimeText(each.acknowledged_at()), TimeText(each.read_at()),
               TimeText(each.deletion_confirmed_at())});
  }
  if (table.Empty()) {
    std::cout << "nobody received it\n";
  } else {
    table.Print();
  }
}

void Withdraw(const Invocation& invocation, const Options& options) {
  v1::WithdrawEventRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  request.set_reason(FromWord<v1::WithdrawalReason>(options.reason, "--reason"));
  if (auto signer = SignerOf(invocation, options, options.agency)) signer->Sign(request);
  const v1::WithdrawEventResponse response =
      Ask<Service>(invocation, &Service::StubInterface::WithdrawEvent, request);
  if (invocation.json) return PrintJson(response);
  PrintRecorded(false, response.recorded(), "withdrawal");
  PrintReceivers(response.receivers());
}

/// An amendment as a file holds it, protobuf text or JSON.
v1::EventAmendment ReadAmendment(const std::string& path) {
  const std::string text = ReadBytes(path);
  v1::EventAmendment amendment;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    if (google::protobuf::util::JsonStringToMessage(text, &amendment).ok()) return amendment;
    StopUsage("--file: it must be one JSON object with the fields of an EventAmendment");
  }
  Place furthest;
  if (ParseText(text, amendment, furthest)) return amendment;
  StopUsage("--file: " + PlaceText(furthest) +
            ": no field of an amendment, or no value for it, stands there");
}

/// The event as it was published: a tear-line's statement says what its event is.
v1::PublishItem ReadPublished(const Options& options) {
  if (options.published_file.empty()) {
    StopUsage(
        "--sign-with needs --published FILE, the event as it was published, to sign a "
        "tear-line");
  }
  const auto published = ReadItems(ReadBytes(options.published_file));
  if (!published.ok() || published->size() != 1) {
    StopUsage("--published must hold one event as `tearline event publish` reads it");
  }
  return published->front();
}

void Sign(const Invocation& invocation, const Options& options, v1::AmendEventRequest& request) {
  if (options.key_file.empty() || request.amendment().tear_lines().empty()) {
    if (auto signer = SignerOf(invocation, options, options.agency)) signer->Sign(nullptr, request);
    return;
  }
  const v1::PublishItem published = ReadPublished(options);
  const std::string& agency =
      options.agency.empty() ? published.originating_agency() : options.agency;
  SignerOf(invocation, options, agency)->Sign(&published.event(), request);
}

void Amend(const Invocation& invocation, const Options& options) {
  v1::AmendEventRequest request;
  *request.mutable_amendment() = ReadAmendment(options.file);
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  Sign(invocation, options, request);
  const v1::AmendEventResponse response =
      Ask<Service>(invocation, &Service::StubInterface::AmendEvent, request);
  PrintRecorded(invocation.json, response.recorded(), "amendment");
}

void List(const Invocation& invocation, const Options& options) {
  v1::ListReceiversRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  const v1::ListReceiversResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ListReceivers, request);
  if (invocation.json) return PrintJson(response);
  if (response.has_withdrawn_at()) {
    std::cout << "withdrawn " << TimeText(response.withdrawn_at()) << "  "
              << Word(response.withdrawn()) << '\n';
  }
  PrintReceivers(response.receivers());
}

void AddSigning(CLI::App& verb, Options& options) {
  verb.add_option("--for", options.agency,
                  "With --sign-with: the agency it originates from, if "
                  "not yours")
      ->type_name("AGENCY");
  verb.add_option("--sign-with", options.key_file,
                  "Sign with the originating agency's key: Ed25519, PEM; the broker never sees it")
      ->type_name("FILE");
  verb.add_option("--keep", options.keep_file, "Keep what was signed, to hold a receipt against")
      ->type_name("FILE");
}

}  // namespace

void AddEventCalls(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun.add_subcommand("withdraw", "Take an event back, for good");
  verb->add_option("--event", options->event, "Which")->type_name("ev_…")->required();
  verb->add_option("--reason", options->reason,
                   "wrong-person, spillage, inaccurate or sent-in-error")
      ->required();
  AddSigning(*verb, *options);
  verb->footer(R"(
Nobody is told of it any more. Who received it is listed, hears so, and owes that it be deleted. A
spillage destroys at once what it says. --purpose is required; --sign-with, where the directory says
that what the agency originates is signed.

Example:
  tearline event withdraw --event ev_… --reason wrong-person --as police/intelligence --purpose correction)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Withdraw(invocation, *options); };
  });

  verb = noun.add_subcommand("amend", "Change who may have an event, or write its tear-line later");
  verb->add_option("--event", options->event, "Which")->type_name("ev_…")->required();
  verb->add_option("--file", options->file, "What changes")->type_name("FILE|-")->required();
  AddSigning(*verb, *options);
  verb->add_option("--published", options->published_file,
                   "With --sign-with, to write tear-lines: the event as it was published")
      ->type_name("FILE");
  verb->footer(R"(
The file is protobuf text or JSON of a tearline.v1.EventAmendment:
    terms { originator_controlled: true  released_to_posts: "police/manager" }
    retired_tear_lines: 0
    tear_lines { text: "…"  marking { tier: TIER_OFFICIAL }  audience { panels: true } }
With --sign-with the terms, whom tear-lines are for, and each tear-line are signed.

Example:
  tearline event amend --event ev_… --file tear-line.textproto --as police/intelligence --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Amend(invocation, *options); };
  });

  verb = noun.add_subcommand("receivers", "Who received an event, who read it, who deleted it");
  verb->add_option("--event", options->event, "Which")->type_name("ev_…")->required();
  verb->footer(R"(
Your asking is recorded, with its purpose.

Example:
  tearline event receivers --event ev_… --as police/intelligence --purpose correction)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace tearline::cli
