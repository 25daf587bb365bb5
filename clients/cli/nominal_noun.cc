#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::NominalService;

struct Options {
  std::vector<std::string> identifiers;
  std::string nominal;
};

void Register(const Invocation& invocation, const Options& options) {
  v1::RegisterNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  for (const std::string& text : options.identifiers) {
    *request.add_identifiers() = IdentifierFrom(text);
  }
  const v1::RegisterNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::RegisterNominal, request);
  PrintRecorded(invocation.json, response.recorded(), "nominal");
}

void Resolve(const Invocation& invocation, const Options& options) {
  v1::ResolveNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  *request.mutable_identifier() = IdentifierFrom(options.identifiers.front());
  const v1::ResolveNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ResolveNominal, request);
  if (invocation.json) return PrintJson(response);
  const std::string& nominal = response.recorded().made_id();
  std::cout << (nominal.empty() ? "nobody here has that number" : nominal) << '\n';
  if (!response.verified()) std::cout << "  the number does not verify as its type\n";
  std::cout << "  your asking is recorded, with its purpose\n";
}

void Link(const Invocation& invocation, const Options& options) {
  v1::LinkIdentifierRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  *request.mutable_identifier() = IdentifierFrom(options.identifiers.front());
  const v1::LinkIdentifierResponse response =
      Ask<Service>(invocation, &Service::StubInterface::LinkIdentifier, request);
  PrintRecorded(invocation.json, response.recorded(), "link");
}

void Erase(const Invocation& invocation, const Options& options) {
  v1::EraseNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  const v1::EraseNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EraseNominal, request);
  PrintRecorded(invocation.json, response.recorded(), "erasure");
}

}  // namespace

void AddNominal(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("nominal", "Shared people and the numbers they are known by");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline nominal register --identifier noms:A1111AA --identifier crn:X111111 \
    --as probation/mappa --purpose public-protection)");
  auto options = std::make_shared<Options>();

  CLI::App* verb =
      noun->add_subcommand("register", "Register a person under numbers nobody has yet");
  verb->add_option("--identifier", options->identifiers, "A number; may be given again")
      ->type_name("TYPE:VALUE")
      ->required();
  verb->footer(R"(
Example:
  tearline nominal register --identifier noms:A1111AA --as probation/mappa \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Register(invocation, *options); };
  });

  verb = noun->add_subcommand("resolve", "Ask who has a number: recorded, with purpose and quota");
  verb->add_option("--identifier", options->identifiers, "The number")
      ->type_name("TYPE:VALUE")
      ->expected(1)
      ->required();
  verb->footer(R"(
Example:
  tearline nominal resolve --identifier pnc:2003/0012345L --as police/offender-management \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Resolve(invocation, *options); };
  });

  verb = noun->add_subcommand("link", "Say that a number is this person's");
  verb->add_option("--nominal", options->nominal, "Whose")->type_name("nom_…")->required();
  verb->add_option("--identifier", options->identifiers, "The number")
      ->type_name("TYPE:VALUE")
      ->expected(1)
      ->required();
  verb->footer(R"(
Where your own agency has a part in the person's case, it awaits a second hand.
Example:
  tearline nominal link --nominal nom_… --identifier nhs:9434765919 --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Link(invocation, *options); };
  });

  verb = noun->add_subcommand("erase", "Destroy the content held about a person, for good");
  verb->add_option("--nominal", options->nominal, "Whose")->type_name("nom_…")->required();
  verb->footer(R"(
Asked by information governance or an operator, and always awaits the second hand of another. The keys
are destroyed; records, ids and the audit log stay. Whoever told something about the person hears of
it. Backups of the vault must not outlive an erasure.
Example:
  tearline nominal erase --nominal nom_… --as desk/governance --purpose data-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Erase(invocation, *options); };
  });
}

}  // namespace tearline::cli
