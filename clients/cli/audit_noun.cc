#include <fstream>
#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/audit_replay.h"
#include "clients/cli/audit_verify.h"
#include "clients/cli/call.h"
#include "clients/cli/explain.h"
#include "clients/cli/log_source.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/owed_to.h"
#include "clients/cli/words.h"
#include "clients/verifier/export_file.h"
#include "clients/verifier/note.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::AuditService;

struct Options {
  VerifyOptions verify;
  std::string out, event;
  std::uint64_t first = 0;
  bool past_review = false;
};

void Replay(const Invocation& invocation, const Options& options) {
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  const std::string text = newest.signed_note().substr(0, newest.signed_note().rfind("\n\n") + 1);
  const absl::StatusOr<verifier::Checkpoint> checkpoint = verifier::ReadCheckpoint(text);
  if (!checkpoint.ok()) StopUnverified(std::string(checkpoint.status().message()));
  if (options.out.empty()) {
    const auto print = [&invocation](const verifier::LeafEntry& entry) {
      if (invocation.json) {
        PrintJson(ReplayJson(entry));
      } else {
        for (const std::string& line : ReplayLines(entry)) std::cout << line << '\n';
      }
      return absl::OkStatus();
    };
    return ReadLeaves(invocation, options.first, checkpoint->tree_size, print);
  }
  if (options.first != 0) StopUsage("--out writes the whole log; leave --first out");
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  file << verifier::HeadLine({newest.signed_note(), newest.verifier_key()});
  ReadLeaves(invocation, 0, checkpoint->tree_size, [&file](const verifier::LeafEntry& entry) {
    file << verifier::LeafLine(entry);
    return absl::OkStatus();
  });
  file.flush();
  if (!file) StopUsage("--out cannot be written");
  if (invocation.json) {
    PrintJson(nlohmann::json{{"exported", checkpoint->tree_size}});
  } else {
    std::cout << "exported " << checkpoint->tree_size
              << " leaves\n  next  tearline audit verify --offline FILE --verifier-key KEY\n";
  }
}

void WhoWasTold(const Invocation& invocation, const Options& options) {
  v1::WhoWasToldRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  const v1::WhoWasToldResponse response =
      Ask<Service>(invocation, &Service::StubInterface::WhoWasTold, request);
  Table table({"POST", "LEVEL", "OWED", "WHY NOT", "RULES", "DECIDED", "RELEASED", "ACKNOWLEDGED",
               "READ", "POLICY", "LEAF"});
  for (const v1::ToldRow& row : response.rows()) {
    if (invocation.json) {
      PrintJson(row);
      continue;
    }
    std::string rules;
    for (const std::string& rule : row.rules()) rules += (rules.empty() ? "" : " ") + rule;
    table.Add({row.post(), Word(row.level()), Word(row.duty()), Word(row.shortfall()), rules,
               TimeText(row.decided_at()), TimeText(row.released_at()),
               TimeText(row.acknowledged_at()), TimeText(row.read_at()),
               ShortHex(row.policy_digest()), std::to_string(row.leaf_index())});
  }
  if (!invocation.json) table.Print();
}

void Withheld(const Invocation& invocation, const Options& options) {
  v1::ListWithheldRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_past_review(options.past_review);
  request.set_page_size(1000);
  Table table({"OBLIGATION", "EVENTS", "OWED TO", "WHY", "DEBTOR", "ACCOUNTABLE", "REVIEW DUE",
               "STAGE", "TOLD", "PAST REVIEW"});
  do {
    const v1::ListWithheldResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListWithheld, request);
    for (const v1::WithheldRow& row : response.rows()) {
      if (invocation.json) {
        PrintJson(row);
        continue;
      }
      table.Add({row.obligation_id(), std::to_string(row.events()), OwedTo(row), Word(row.reason()),
                 row.debtor_post(), row.accountable_post(), TimeText(row.due_at()),
                 std::to_string(row.stage()), row.told_post(), row.past_review() ? "yes" : "no"});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "nothing that was owed is withheld\n";
  } else {
    table.Print();
  }
}

void AddTrust(CLI::App& verb, Options& options) {
  verb.add_option("--verifier-key", options.verify.verifier_key,
                  "The log's public key, as its owner publishes it")
      ->type_name("KEY|FILE");
  verb.add_option("--trust", options.verify.trust_file,
                  "Remember the key met first, and the newest checkpoint")
      ->type_name("FILE");
}

}  // namespace

void AddAudit(CLI::App& app, Invocation& invocation) {
  CLI::App* noun =
      app.add_subcommand("audit", "What was shared, with whom, when, under which rule");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline audit verify --trust log.trust --as inspectorate/auditor --purpose audit
  tearline audit who-was-told --event ev_… --as inspectorate/auditor --purpose audit)");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("checkpoint", "Show the newest signed head of the log");
  AddTrust(*verb, *options);
  verb->footer("\nExample:\n  tearline audit checkpoint --trust log.trust");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { ShowCheckpoint(invocation, options->verify); };
  });

  verb = noun->add_subcommand("verify", "Verify the whole log, trusting nobody who keeps it");
  AddTrust(*verb, *options);
  verb->add_option("--offline", options->verify.offline_file, "An export instead of the broker")
      ->type_name("FILE");
  verb->footer(R"(
Recomputes every hash from the details up to the root, checks the signature, and that nothing was let
go that was not decided first. Exit code 4 if anything is not as it should be.
Examples:
  tearline audit verify --trust log.trust --as inspectorate/auditor --purpose audit
  tearline audit verify --offline log.jsonl --verifier-key example.org/audit+1a2b3c4d+AQ…)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { VerifyLog(invocation, options->verify); };
  });

  verb = noun->add_subcommand("replay", "Replay the log: each record and what it did");
  verb->add_option("--out", options->out, "Write the log to a file that `verify --offline` reads")
      ->type_name("FILE");
  verb->add_option("--first", options->first, "From this leaf on")->type_name("INDEX");
  verb->footer(
      "\nExample:\n  tearline audit replay --out log.jsonl --as inspectorate/auditor --purpose "
      "audit");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Replay(invocation, *options); };
  });

  verb = noun->add_subcommand("who-was-told", "Who was told of an event, and who was not, and why");
  verb->add_option("--event", options->event, "The event")->type_name("ev_…")->required();
  verb->footer(
      "\nExample:\n  tearline audit who-was-told --event ev_… --as inspectorate/auditor --purpose "
      "audit");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { WhoWasTold(invocation, *options); };
  });

  AddExplainDecision(*noun, invocation);

  verb = noun->add_subcommand("withheld", "What is withheld although owed, and what became of it");
  verb->add_flag("--past-review", options->past_review, "Only those whose review time has passed");
  verb->footer(
      "\nExample:\n  tearline audit withheld --past-review --as inspectorate/auditor --purpose "
      "audit");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Withheld(invocation, *options); };
  });
}

}  // namespace tearline::cli
