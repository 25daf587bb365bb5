#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/audit_proof.h"
#include "clients/cli/audit_questions.h"
#include "clients/cli/audit_replay.h"
#include "clients/cli/audit_review.h"
#include "clients/cli/audit_tiles.h"
#include "clients/cli/audit_told.h"
#include "clients/cli/audit_verify.h"
#include "clients/cli/call.h"
#include "clients/cli/explain.h"
#include "clients/cli/log_export.h"
#include "clients/cli/log_source.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/owed_to.h"
#include "clients/cli/replay_decisions.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"
#include "clients/verifier/note.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::AuditService;

struct Options {
  VerifyOptions verify;
  ProveOptions prove;
  KeptOptions kept;
  ReplayOptions replay;
  ReviewOptions review;
  std::string review_file, exporter_key;
  std::uint64_t first = 0;
  bool past_review = false;
};

void Replay(const Invocation& invocation, const Options& options) {
  const std::string& out = options.replay.out;
  const bool of_decisions = options.replay.AnyGiven();
  const bool goes_on = options.replay.resume && !of_decisions && IsLogExport(out);
  if (of_decisions || (options.replay.resume && !goes_on)) {
    if (options.first != 0) StopUsage("--first is for leaves; --from is for decisions");
    return ReplayDecisions(invocation, options.replay);
  }
  if (!out.empty()) {
    if (options.first != 0) StopUsage("--out writes the whole log; leave --first out");
    return ExportLog(invocation, out, goes_on);
  }
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  const absl::StatusOr<verifier::Checkpoint> checkpoint =
      verifier::ReadCheckpoint(verifier::NoteText(newest.signed_note()));
  if (!checkpoint.ok()) StopUnverified(std::string(checkpoint.status().message()));
  const auto print = [&invocation](const verifier::LeafEntry& entry) {
    if (invocation.json) {
      PrintJson(ReplayJson(entry));
    } else {
      for (const std::string& line : ReplayLines(entry)) std::cout << line << '\n';
    }
    return absl::OkStatus();
  };
  ReadLeaves(invocation, options.first, checkpoint->tree_size, print);
}

void Withheld(const Invocation& invocation, const Options& options) {
  v1::ListWithheldRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_past_review(options.past_review);
  request.set_page_size(1000);
  Table table({"OBLIGATION", "WHAT", "EVENTS", "OWED TO", "WHY", "DEBTOR", "ACCOUNTABLE",
               "REVIEW DUE", "STAGE", "TOLD", "PAST REVIEW"});
  do {
    const v1::ListWithheldResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListWithheld, request);
    for (const v1::WithheldRow& row : response.rows()) {
      if (invocation.json) {
        PrintJson(row);
        continue;
      }
      table.Add({row.obligation_id(), Word(row.type()), std::to_string(row.events()), OwedTo(row),
                 Word(row.reason()), row.debtor_post(), row.accountable_post(),
                 TimeText(row.due_at()), std::to_string(row.stage()), row.told_post(),
                 row.past_review() ? "yes" : "no"});
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
  verb.add_option("--witness", options.verify.witnesses,
                  "A witness that must have cosigned; again for each")
      ->type_name("KEY|FILE")
      ->allow_extra_args(false);
  verb.add_option("--quorum", options.verify.quorum, "How many of them suffice; all if absent")
      ->type_name("N");
}

void AddCheckpoint(CLI::App& noun, Invocation& invocation,
                   const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("checkpoint", "Show the newest signed head of the log");
  AddTrust(*verb, *options);
  verb->footer("\nExample:\n  tearline audit checkpoint --trust log.trust");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { ShowCheckpoint(invocation, options->verify); };
  });
}

void AddVerify(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb =
      noun.add_subcommand("verify", "Verify the whole log, trusting nobody who keeps it");
  AddTrust(*verb, *options);
  verb->add_option("--offline", options->verify.offline_file, "An export instead of the broker")
      ->type_name("FILE");
  verb->add_option("--tiles", options->verify.tiles_directory,
                   "A directory of tiles instead of the broker")
      ->type_name("DIR")
      ->excludes("--offline");
  verb->add_option("--proof", options->verify.receipt_file, "One receipt instead of the whole log")
      ->type_name("FILE")
      ->excludes("--offline", "--tiles");
  verb->add_option("--signed", options->kept.signed_file,
                   "With --proof: what `event … --keep` wrote; that it is what was accepted")
      ->type_name("FILE")
      ->needs("--proof");
  AddSigningKeysOption(
      *verb, options->kept.keys_file,
      "With --signed: its originator's keys, as `directory keys --json` prints them");
  CLI::Option* review =
      verb->add_option("--review", options->review_file, "A review instead of the whole log")
          ->type_name("FILE")
          ->excludes("--offline", "--tiles", "--proof");
  verb->add_option("--exporter-key", options->exporter_key,
                   "Who must have signed the review: their public key")
      ->type_name("KEY|FILE")
      ->needs(review);
  verb->footer(R"(
Recomputes every hash from the details up to the root, checks the signature, and that nothing was let
go that was not decided first. Exit code 4 if anything is not as it should be; an export that is
older than the checkpoint --trust remembers is not verified either, and says so.
Examples:
  tearline audit verify --trust log.trust --as inspectorate/auditor --purpose audit
  tearline audit verify --offline log.jsonl --verifier-key example.org/audit+1a2b3c4d+AQ…
  tearline audit verify --tiles log --verifier-key example.org/audit+1a2b3c4d+AQ…)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      const VerifyOptions& verify = options->verify;
      if (!options->review_file.empty()) {
        return VerifyReview(invocation, verify, options->review_file, options->exporter_key);
      }
      if (!verify.receipt_file.empty()) {
        return VerifyReceipt(invocation, verify, verify.receipt_file, options->kept);
      }
      if (verify.tiles_directory.empty()) return VerifyLog(invocation, verify);
      VerifyTiles(invocation, verify, verify.tiles_directory);
    };
  });
}

void AddProve(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("prove", "Fetch receipts that verify without the broker");
  AddTrust(*verb, *options);
  CLI::Option* event = verb->add_option("--event", options->prove.event, "What concerns you of it")
                           ->type_name("ev_…");
  CLI::Option* leaf =
      verb->add_option("--leaf", options->prove.leaf, "The leaf hash a publisher was answered with")
          ->type_name("HEX")
          ->excludes(event);
  verb->add_option("--obligation", options->prove.obligation,
                   "Every record that opened, changed or ended it; auditors only")
      ->type_name("ob_…")
      ->excludes(event)
      ->excludes(leaf);
  verb->add_option("--out", options->prove.out_file, "Where to; a second receipt goes to FILE-2")
      ->type_name("FILE")
      ->required();
  verb->add_flag("--overwrite", options->prove.overwrite, "Replace files that are there");
  verb->add_option("--after", options->prove.after,
                   "Only records after this leaf: where an answer could not hold all")
      ->type_name("INDEX")
      ->excludes(leaf);
  verb->footer(R"(
A receipt is a C2SP tlog-proof. It opens what concerns you: that you asked, what was let go to you and
by which decision, to an auditor the whole leaf. Nothing else can be read from it.
Example:
  tearline audit prove --event ev_… --out e.tlog-proof --trust log.trust --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      ProveReceipts(invocation, options->verify, options->prove);
    };
  });
}

void AddExport(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(
      "export", "Write the log as C2SP tiles, or one person's part of it for review");
  AddTrust(*verb, *options);
  CLI::Option* tiles = verb->add_option("--tiles", options->verify.tiles_directory,
                                        "Where to; one begun before is continued")
                           ->type_name("DIR");
  CLI::Option* review = verb->add_option("--for-review", options->review.nominal_id,
                                         "Everything the log holds about a person, as one page")
                            ->type_name("nom_…")
                            ->excludes(tiles);
  verb->add_option("--out", options->review.out_file, "Where the page goes")
      ->type_name("FILE")
      ->needs(review);
  verb->add_flag("--overwrite", options->review.overwrite, "Replace the page if it is there")
      ->needs(review);
  CLI::Option* key = verb->add_option("--signing-key", options->review.signing_key_file,
                                      "Sign the page: an Ed25519 key, PEM, mode 0600")
                         ->type_name("FILE")
                         ->needs(review);
  verb->add_option("--sign-as", options->review.sign_as,
                   "The name in the signature; the acting post if absent")
      ->type_name("NAME")
      ->needs(key);
  verb->footer(R"(
The directory of tiles can be served as it is and checked by any tlog-tiles client. It holds the
leaves, not their details. A review is one HTML file that opens without a network: who was told what
about a person, who was not, what was owed, with the data, its proofs, and how to verify.
Examples:
  tearline audit export --tiles log --trust log.trust --as inspectorate/auditor --purpose audit
  tearline audit export --for-review nom_… --out review.html --trust log.trust --as
    inspectorate/auditor --purpose inquiry)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      if (!options->review.nominal_id.empty()) {
        return ExportReview(invocation, options->verify, options->review);
      }
      if (options->verify.tiles_directory.empty()) {
        StopUsage("say what to export: --tiles DIR, or --for-review nom_… --out FILE");
      }
      ExportTiles(invocation, options->verify, options->verify.tiles_directory);
    };
  });
}

void AddReplay(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(
      "replay", "Replay the log: each record and what it did, or decisions, judged again");
  ReplayOptions& replay = options->replay;
  verb->add_option("--out", replay.out,
                   "Write to a file: the whole log, which `verify --offline` reads, or decisions")
      ->type_name("FILE");
  verb->add_option("--first", options->first, "Records from this leaf on")->type_name("INDEX");
  verb->add_option("--from", replay.from, "Decisions from then on, UTC")->type_name("TIME");
  verb->add_option("--to", replay.to, "Decisions before then, UTC")->type_name("TIME");
  verb->add_option("--nominal", replay.nominal_id, "Of events about this person")
      ->type_name("nom_…");
  verb->add_option("--agency", replay.agency, "Of events from this agency, or for posts of it")
      ->type_name("AGENCY");
  verb->add_option("--type", replay.event_type, "Of events of this type, or below it")
      ->type_name("TYPE");
  CLI::Option* then =
      verb->add_flag("--as-policy-then", replay.as_then,
                     "Judge each again by the policy of its time: it must come out the same");
  verb->add_flag("--as-policy-now", replay.as_now,
                 "Judge each again by today's policy, on the facts of its time")
      ->excludes(then);
  verb->add_flag("--resume", replay.resume,
                 "Go on where --out FILE was broken off, with the log or with decisions");
  verb->footer(R"(
With any of --from, --to, --nominal, --agency, --type and --as-policy-… decisions are replayed, else
whole records; --out then ends at the newest checkpoint that witnesses cosigned, if there is one.
Exit code 4 if by the policy of then one comes out otherwise than it was recorded.
Examples:
  tearline audit replay --out log.jsonl --as inspectorate/auditor --purpose audit
  tearline audit replay --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z --nominal nom_… \
      --as-policy-now --as inspectorate/auditor --purpose audit)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Replay(invocation, *options); };
  });
}

void AddWithheld(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb =
      noun.add_subcommand("withheld", "What is withheld although owed, and what became of it");
  verb->add_flag("--past-review", options->past_review, "Only those whose review time has passed");
  verb->footer(
      "\nExample:\n  tearline audit withheld --past-review --as inspectorate/auditor --purpose "
      "audit");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Withheld(invocation, *options); };
  });
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
  const auto options = std::make_shared<Options>();
  for (const auto add :
       {AddCheckpoint, AddVerify, AddProve, AddExport, AddReplay, AddWithheld}) {
    add(*noun, invocation, options);
  }
  AddWhoWasTold(*noun, invocation);
  AddAuditQuestions(*noun, invocation);
  AddExplainDecision(*noun, invocation);
}

}  // namespace tearline::cli
