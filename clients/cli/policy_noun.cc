#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/each_obligation.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/owed_to.h"
#include "clients/cli/policy_texts.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "tearline/v1/policy_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::PolicyService;

struct Options {
  std::string file, digest, report;
};

std::string DigestFrom(const std::string& text, const std::string& option) {
  const std::optional<std::string> bytes = verifier::FromHex(text);
  if (!bytes || bytes->size() != 32) StopUsage(option + " must be 64 hexadecimal digits");
  return *bytes;
}

void Propose(const Invocation& invocation, const Options& options) {
  v1::ProposePolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_text(ReadBytes(options.file));
  const v1::ProposePolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ProposePolicy, request);
  if (invocation.json) return PrintJson(response);
  PrintRecorded(false, response.recorded(), "policy proposed");
  const std::string digest = verifier::Hex(response.policy_digest());
  std::cout << "  digest   " << digest << "\n  next     tearline policy simulate --candidate "
            << options.file << " --as POST --purpose PURPOSE\n"
            << "           tearline policy approve --digest " << digest
            << " --as POST   (another post, information governance)\n";
}

void Approve(const Invocation& invocation, const Options& options) {
  v1::ApprovePolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_digest(DigestFrom(options.digest, "--digest"));
  if (!options.report.empty()) {
    request.set_acknowledged_report(DigestFrom(options.report, "--sign-off"));
  }
  const v1::ApprovePolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ApprovePolicy, request);
  PrintRecorded(invocation.json, response.recorded(), "policy approved");
}

void Show(const Invocation& invocation, const Options& options) {
  v1::GetPolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (!options.digest.empty()) request.set_policy_digest(DigestFrom(options.digest, "--digest"));
  const v1::GetPolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::GetPolicy, request);
  if (invocation.json) return PrintJson(response);
  std::cout << "# digest " << verifier::Hex(response.policy_digest())
            << (response.in_force() ? ", in force\n" : ", not in force\n")
            << response.policy_text();
}

/// What was owed and is not met, by whoever may see it: open reviews of withholding.
void Unmet(const Invocation& invocation) {
  Table table({"OBLIGATION", "WHY", "NOMINAL", "EVENTS", "DEBTOR", "OWED TO", "ACCOUNTABLE", "DUE",
               "STAGE", "TOLD"});
  ForEachObligation(invocation, {}, [&](const v1::Obligation& each) {
    if (each.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW &&
        each.type() != v1::OBLIGATION_TYPE_JUDGING_FAILED) {
      return true;
    }
    if (invocation.json) {
      PrintJson(each);
    } else {
      table.Add({each.obligation_id(), Word(each.reason()), each.nominal_id(),
                 std::to_string(each.events()), each.debtor_post(), OwedTo(each),
                 each.accountable_post(), TimeText(each.due_at()), std::to_string(each.stage()),
                 each.told_post()});
    }
    return true;
  });
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "no duty is unmet\n";
  } else {
    table.Print();
  }
}

void AddTextVerbs(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<PolicyTextOptions>();
  for (const bool tests_only : {false, true}) {
    CLI::App* verb = noun.add_subcommand(
        tests_only ? "test" : "check",
        tests_only ? "Run a policy's own tests and matrix; are its rules covered"
                   : "Read, test and analyse a policy; changes nothing");
    verb->add_option("--file", options->file, "The policy")->type_name("FILE|-")->required();
    verb->footer(std::string("\n`tearlined --check-policy FILE` does the same without a broker.") +
                 "\nExample:\n  tearline policy " + (tests_only ? "test" : "check") +
                 " --file policy.textproto --as governance/author");
    verb->callback([&invocation, options, tests_only] {
      invocation.verb = [&invocation, options, tests_only] {
        CheckPolicyText(invocation, *options, tests_only);
      };
    });
  }

  CLI::App* verb = noun.add_subcommand(
      "explain", "Say what a policy decides for an event and a post of its samples, and why");
  verb->add_option("--file", options->file, "The policy; the one in force without it")
      ->type_name("FILE|-");
  verb->add_option("--given", options->given,
                   "An invented world in place of the policy's samples: agencies, posts, cases and "
                   "events as `samples` has them, without `samples { }` around them")
      ->type_name("FILE|-");
  verb->add_option("--event", options->event, "An event of the samples")->required();
  verb->add_option("--post", options->post, "A post of the samples")
      ->type_name("AGENCY/POST")
      ->required();
  verb->footer(R"(
Examples:
  tearline policy explain --event silent --post probation/chair --as governance/author
  tearline policy explain --given what_if.textproto --event e1 --post police/panel --as governance/author)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { ExplainPolicyText(invocation, *options); };
  });

  verb = noun.add_subcommand("diff", "Say how two policies differ, rule by rule");
  verb->add_option("texts", options->texts,
                   "The earlier and the later; one alone is compared with "
                   "the one in force")
      ->type_name("FILE")
      ->expected(1, 2)
      ->required();
  verb->footer(
      "\nExample:\n  tearline policy diff old.textproto new.textproto --as governance/author");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { DiffPolicyTexts(invocation, *options); };
  });

  verb = noun.add_subcommand("simulate", "Judge again what was judged, under a candidate");
  verb->add_option("--candidate", options->file, "The candidate")->type_name("FILE|-")->required();
  verb->add_option("--from", options->from, "Decisions from then on")->type_name("TIME");
  verb->add_option("--to", options->to, "Decisions before then")->type_name("TIME");
  verb->footer(R"(
Prints every decision that would tell more, every duty newly unmet, what is masked and obliged
otherwise, and what could not be replayed. Recorded: it tells who was told of what, so say why. It
replays the whole ledger on the broker's machine, and two are never run at once. What leaves
decisions out by --from or --to is a look, and counts for no approval.
Example:
  tearline policy simulate --candidate new.textproto --as governance/author --purpose policy-review)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SimulatePolicyText(invocation, *options); };
  });
}

}  // namespace

void AddPolicy(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("policy", "The written policy that judges");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline policy check --file public_protection.textproto --as governance/author
  tearline policy propose --file public_protection.textproto --as governance/author
  tearline policy approve --digest 3f… --as governance/information)");
  auto options = std::make_shared<Options>();

  AddTextVerbs(*noun, invocation);

  CLI::App* verb = noun->add_subcommand("propose", "Propose a policy; another hand approves it");
  verb->add_option("--file", options->file, "The policy")->type_name("FILE|-")->required();
  verb->footer(
      "\nExample:\n  tearline policy propose --file policy.textproto --as governance/author");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Propose(invocation, *options); };
  });

  verb =
      noun->add_subcommand("approve", "Approve a proposed policy: in force from the next record");
  verb->add_option("--digest", options->digest, "Its SHA-256")->type_name("HEX")->required();
  verb->add_option("--sign-off", options->report, "The report whose raises are accepted")
      ->type_name("HEX");
  verb->footer(R"(
A policy is approved after `policy simulate` of all decisions; if that shows raises, sign off its
report.
Example:
  tearline policy approve --digest 3f… --sign-off 9a… --as governance/information)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Approve(invocation, *options); };
  });

  verb = noun->add_subcommand("show", "Show a policy's text: the one in force, or one by digest");
  verb->add_option("--digest", options->digest, "Its SHA-256")->type_name("HEX");
  verb->footer("\nExample:\n  tearline policy show --as governance/information");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });

  verb = noun->add_subcommand("unmet", "Duties that are not met, and who is chased");
  verb->footer(R"(
Those that your post owes, was told of or oversees; an auditor's post lists everybody's, and must
say why: --purpose.
Example:
  tearline policy unmet --as inspectorate/auditor --purpose inspection)");
  verb->callback([&invocation] { invocation.verb = [&invocation] { Unmet(invocation); }; });
}

}  // namespace tearline::cli
