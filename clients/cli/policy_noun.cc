#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "tearline/v1/policy_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::PolicyService;

struct Options {
  std::string file, digest;
};

std::string DigestFrom(const std::string& text) {
  const std::optional<std::string> bytes = verifier::FromHex(text);
  if (!bytes || bytes->size() != 32) StopUsage("--digest must be 64 hexadecimal digits");
  return *bytes;
}

void Check(const Invocation& invocation, const Options& options) {
  v1::CheckPolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_text(ReadBytes(options.file));
  const v1::CheckPolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::CheckPolicy, request);
  if (invocation.json) return PrintJson(response);
  std::cout << "right: " << response.rules() << " rules\n  digest  "
            << verifier::Hex(response.policy_digest()) << '\n';
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
  std::cout << "  digest   " << digest << "\n  next     tearline policy approve --digest " << digest
            << " --as POST   (another post, information governance)\n";
}

void Approve(const Invocation& invocation, const Options& options) {
  v1::ApprovePolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_digest(DigestFrom(options.digest));
  const v1::ApprovePolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ApprovePolicy, request);
  PrintRecorded(invocation.json, response.recorded(), "policy approved");
}

void Show(const Invocation& invocation, const Options& options) {
  v1::GetPolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (!options.digest.empty()) request.set_policy_digest(DigestFrom(options.digest));
  const v1::GetPolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::GetPolicy, request);
  if (invocation.json) return PrintJson(response);
  std::cout << "# digest " << verifier::Hex(response.policy_digest())
            << (response.in_force() ? ", in force\n" : ", not in force\n")
            << response.policy_text();
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

  CLI::App* verb = noun->add_subcommand("check", "Read and check a policy; changes nothing");
  verb->add_option("--file", options->file, "The policy")->type_name("FILE|-")->required();
  verb->footer(
      "\nExample:\n  tearline policy check --file policy.textproto --as governance/author");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Check(invocation, *options); };
  });

  verb = noun->add_subcommand("propose", "Propose a policy; another hand approves it");
  verb->add_option("--file", options->file, "The policy")->type_name("FILE|-")->required();
  verb->footer(
      "\nExample:\n  tearline policy propose --file policy.textproto --as governance/author");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Propose(invocation, *options); };
  });

  verb =
      noun->add_subcommand("approve", "Approve a proposed policy: in force from the next record");
  verb->add_option("--digest", options->digest, "Its SHA-256")->type_name("HEX")->required();
  verb->footer("\nExample:\n  tearline policy approve --digest 3f… --as governance/information");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Approve(invocation, *options); };
  });

  verb = noun->add_subcommand("show", "Show a policy's text: the one in force, or one by digest");
  verb->add_option("--digest", options->digest, "Its SHA-256")->type_name("HEX");
  verb->footer("\nExample:\n  tearline policy show --as governance/information");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });
}

}  // namespace tearline::cli
