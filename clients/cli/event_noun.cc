#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/adapters/cloud_events.h"
#include "clients/adapters/hmpps.h"
#include "clients/adapters/message_batch.h"
#include "clients/cli/batch.h"
#include "clients/cli/event_calls.h"
#include "clients/cli/identity_changes.h"
#include "clients/cli/level_facts.h"
#include "clients/cli/nouns.h"
#include "clients/cli/read_items.h"
#include "clients/cli/signer.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string file, agency, pointer_post, request_id, key_file, keep_file;
  std::string format = "tearline";
  std::string quarantine = "quarantine";
  bool imported = false;
  bool merges = false;
  bool levels = false;
};

/// Who signs, if anybody does.
std::unique_ptr<Signer> SignerOf(const Invocation& invocation, const Options& options) {
  if (options.key_file.empty()) {
    if (!options.keep_file.empty()) StopUsage("--keep goes only with --sign-with");
    return nullptr;
  }
  auto signer = std::make_unique<Signer>(invocation, options.key_file, options.agency);
  if (!options.keep_file.empty()) signer->KeepIn(options.keep_file);
  return signer;
}

void PublishOwn(const Invocation& invocation, const Options& options) {
  absl::StatusOr<std::vector<v1::PublishItem>> items = ReadItems(ReadBytes(options.file));
  if (!items.ok()) StopUsage("--file: " + std::string(items.status().message()));
  if (!options.request_id.empty() && items->size() != 1) {
    StopUsage("--request-id is for one event; the file holds " + std::to_string(items->size()));
  }
  const std::unique_ptr<Signer> signer = SignerOf(invocation, options);
  Batch batch(invocation);
  batch.SayEach(true);
  for (v1::PublishItem& item : *items) {
    if (!options.request_id.empty()) item.set_request_id(options.request_id);
    if (!options.agency.empty()) item.set_originating_agency(options.agency);
    if (options.imported) item.set_imported(true);
    if (signer) signer->Sign(item);
    batch.Add(std::move(item));
  }
  batch.Flush();
  if (items->size() > 1) batch.Report({}, "");
  if (batch.Refused() > 0) throw Stop{ExitCode::kRefused, "", "see the reason above"};
}

adapters::Adapter AdapterFor(const Options& options) {
  if (options.format == "hmpps") return adapters::HmppsAdapter({options.pointer_post});
  return adapters::CloudEventsAdapter({options.pointer_post});
}

/// Messages of other systems.
void PublishAdapted(const Invocation& invocation, const Options& options) {
  const std::unique_ptr<Signer> signer = SignerOf(invocation, options);
  if (options.merges && invocation.purpose.empty()) {
    StopUsage("--merges asks who has a number, so it needs --purpose");
  }
  if (options.levels && invocation.purpose.empty()) {
    StopUsage("--levels asks who has a case and how it is managed, so it needs --purpose");
  }
  Batch batch(invocation);
  batch.SayEach(false);
  IdentityChanges changes(invocation, options.agency, options.merges);
  LevelFacts levels(invocation, options.levels);
  const auto receive = [&](const adapters::Adapted& adapted) {
    v1::PublishItem item;
    item.set_request_id(adapted.request_id);
    *item.mutable_event() = adapted.event;
    item.set_originating_agency(options.agency);
    item.set_imported(options.imported);
    if (signer) signer->Sign(item);
    if (levels.ActsOn(adapted)) batch.KeepEventOf(adapted.request_id);
    batch.Add(std::move(item));
    if (changes.ActsOn(adapted)) batch.Flush();
    changes.Take(adapted);
    levels.Take(adapted);
    return true;
  };
  auto messages = adapters::MessageBatch::Open(options.quarantine, AdapterFor(options), receive);
  if (!messages.ok()) StopUsage("--quarantine: " + std::string(messages.status().message()));
  const std::filesystem::path path(options.file);
  absl::Status status;
  if (options.file == "-") {
    status = messages->AddLines(std::cin, "stdin");
  } else if (std::error_code error; std::filesystem::is_directory(path, error)) {
    status = messages->AddDirectory(path);
  } else {
    status = messages->AddFile(path);
  }
  if (!status.ok()) StopUsage("--file: " + std::string(status.message()));
  batch.Flush();
  levels.Act([&batch](const std::string& request_id) { return batch.EventOf(request_id); });
  std::map<std::string, std::uint64_t> set_aside;
  for (const auto& [reason, count] : messages->report().reasons) {
    set_aside[adapters::NameOf(reason)] = count;
  }
  batch.Report(set_aside, options.quarantine);
  changes.Report();
  levels.Report();
  if (batch.Refused() + changes.Refused() + levels.Refused() > 0) {
    throw Stop{ExitCode::kRefused, "", "see the reasons above"};
  }
}

}  // namespace

void AddEvent(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("event", "Facts an agency shares");
  noun->require_subcommand(1);
  noun->footer(
      "\nExample:\n  tearline event publish --file report.textproto --as police/intelligence");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("publish", "Publish events; answered when safely recorded");
  verb->add_option("--file", options->file, "A file; with hmpps and cloudevents also a directory")
      ->type_name("FILE|-")
      ->required();
  verb->add_option("--format", options->format, "tearline (the default), hmpps or cloudevents")
      ->check(CLI::IsMember({"tearline", "hmpps", "cloudevents"}));
  verb->add_option("--for", options->agency, "The agency it originates from, if not yours")
      ->type_name("AGENCY");
  verb->add_flag("--imported", options->imported,
                 "History: judged and indexed, opens no deadlines");
  verb->add_option("--request-id", options->request_id, "Your id for it; the same again is safe")
      ->type_name("ID");
  verb->add_option("--quarantine", options->quarantine,
                   "Where messages go that cannot be adapted (quarantine)")
      ->type_name("DIR");
  verb->add_option("--pointer-post", options->pointer_post,
                   "hmpps, cloudevents: whom a pointer names")
      ->type_name("AGENCY/POST");
  verb->add_flag(
      "--merges", options->merges,
      "hmpps: do here, too, what messages say was merged, parted or moved; needs --purpose");
  verb->add_flag("--levels", options->levels,
                 "hmpps: set cases to the category and level that messages say is so already; by a "
                 "post that feeds from another system; needs --purpose");
  verb->add_option("--sign-with", options->key_file,
                   "Sign with your agency's key: Ed25519, PEM; the broker never sees it")
      ->type_name("FILE");
  verb->add_option("--keep", options->keep_file, "Keep what was signed, to hold a receipt against")
      ->type_name("FILE");
  verb->footer(R"(
A file in our own format is protobuf text or JSON of a tearline.v1.PublishItem or Event:
    event_type: "intelligence.report.submitted"  urgency: URGENCY_URGENT
    occurred_at { seconds: 1772600000 }
    label { marking { tier: TIER_OFFICIAL sensitive: true } }
    nominals { identifier { type: IDENTIFIER_TYPE_NOMS value: "A1111AA" } }
    segments { nominal_indexes: 0  media_type: "text/plain; charset=utf-8"  content: "…" }

--levels acts when all are published: of each person the newest statement holds, and it gives way to
whoever has said since how the case is managed. What is left to a person is said and counted, and
ends with 0; what is refused ends with 1. Said again it goes on where it was, and changes nothing
else.

Examples:
  tearline event publish --file report.textproto --as police/intelligence
  tearline event publish --file report.textproto --sign-with signing.key --keep signed.jsonl --as police/intelligence
  tearline event publish --file messages/ --format hmpps --as prison/intake --imported
  tearline event publish --file messages/ --format hmpps --as prison/intake --merges --purpose correction
  tearline event publish --file messages/ --format hmpps --as probation/intake --levels --purpose risk-review
  tearline event publish --file batch.json --format cloudevents --as health/intake)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      options->format == "tearline" ? PublishOwn(invocation, *options)
                                    : PublishAdapted(invocation, *options);
    };
  });
  AddEventCalls(*noun, invocation);
}

}  // namespace tearline::cli
