#include <iostream>
#include <set>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/show_reading.h"
#include "clients/cli/words.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::NominalService;

struct Options {
  std::vector<std::string> identifiers;
  std::string valid_from, valid_until;
  std::string nominal;
  std::string into;
  std::vector<std::string> excluded, only;
  std::string post;
  bool withdrawn = false;
};

/// A number, and for when it holds if that was said.
v1::Identifier Asserted(const std::string& text, const Options& options) {
  v1::Identifier identifier = IdentifierFrom(text);
  if (!options.valid_from.empty()) {
    *identifier.mutable_valid_from() = TimeFrom(options.valid_from, "--valid-from");
  }
  if (!options.valid_until.empty()) {
    *identifier.mutable_valid_until() = TimeFrom(options.valid_until, "--valid-until");
  }
  return identifier;
}

void AddValidity(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("--valid-from", options->valid_from, "From when on it is the person's")
      ->type_name("TIME");
  verb.add_option("--valid-until", options->valid_until, "Until when")->type_name("TIME");
}

void Register(const Invocation& invocation, const Options& options) {
  v1::RegisterNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  for (const std::string& text : options.identifiers) {
    *request.add_identifiers() = Asserted(text, options);
  }
  const v1::RegisterNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::RegisterNominal, request);
  if (invocation.json) return PrintJson(response);
  PrintRecorded(false, response.recorded(), "nominal");
  std::cout << OddText(response.readings());
}

void Link(const Invocation& invocation, const Options& options) {
  v1::LinkIdentifierRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  *request.mutable_identifier() = Asserted(options.identifiers.front(), options);
  const v1::LinkIdentifierResponse response =
      Ask<Service>(invocation, &Service::StubInterface::LinkIdentifier, request);
  if (invocation.json) return PrintJson(response);
  PrintRecorded(false, response.recorded(), "link");
  google::protobuf::RepeatedPtrField<v1::IdentifierReading> readings;
  *readings.Add() = response.reading();
  std::cout << OddText(readings);
}

void Limit(const Invocation& invocation, const Options& options) {
  v1::LimitAccessRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  for (const std::string& name :
       std::set<std::string>(options.excluded.begin(), options.excluded.end())) {
    request.add_excluded(name);
  }
  for (const std::string& name : std::set<std::string>(options.only.begin(), options.only.end())) {
    request.add_only(name);
  }
  const v1::LimitAccessResponse response =
      Ask<Service>(invocation, &Service::StubInterface::LimitAccess, request);
  PrintRecorded(invocation.json, response.recorded(), "access limits");
}

void Conflict(const Invocation& invocation, const Options& options) {
  v1::DeclareConflictRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  request.set_post(options.post.empty() ? invocation.post : options.post);
  request.set_withdrawn(options.withdrawn);
  const v1::DeclareConflictResponse response =
      Ask<Service>(invocation, &Service::StubInterface::DeclareConflict, request);
  PrintRecorded(invocation.json, response.recorded(),
                options.withdrawn ? "conflict taken back" : "conflict");
}

void AddLimits(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(
      "limit", "Set who is kept out of a person's information, in place of what was set before");
  verb->add_option("--nominal", options->nominal, "Whose")->type_name("nom_…")->required();
  verb->add_option("--exclude", options->excluded, "A post or agency kept out; may be given again")
      ->type_name("AGENCY[/POST]");
  verb->add_option("--only", options->only,
                   "A post or agency let see it, all others kept out; may be given again")
      ->type_name("AGENCY[/POST]");
  verb->footer(R"(
Without --exclude and --only the limits are lifted; lifting one on your own agency awaits a second
hand. What a limit means for each event, the policy says.
Example:
  tearline nominal limit --nominal nom_… --exclude police/desk --as probation/mappa \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Limit(invocation, *options); };
  });

  verb = noun.add_subcommand("conflict", "Declare that a post is in conflict with a person");
  verb->add_option("--nominal", options->nominal, "With whom")->type_name("nom_…")->required();
  verb->add_option("--post", options->post, "Which post; your own if not given")
      ->type_name("AGENCY/POST");
  verb->add_flag("--withdraw", options->withdrawn, "Take the declaration back");
  verb->footer(R"(
Example:
  tearline nominal conflict --nominal nom_… --as police/desk --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Conflict(invocation, *options); };
  });
}

void Erase(const Invocation& invocation, const Options& options) {
  v1::EraseNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  const v1::EraseNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EraseNominal, request);
  PrintRecorded(invocation.json, response.recorded(), "erasure");
}

void Merge(const Invocation& invocation, const Options& options) {
  v1::MergeNominalsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_removed_id(options.nominal);
  request.set_surviving_id(options.into);
  const v1::MergeNominalsResponse response =
      Ask<Service>(invocation, &Service::StubInterface::MergeNominals, request);
  PrintRecorded(invocation.json, response.recorded(), "merge");
}

void Unmerge(const Invocation& invocation, const Options& options) {
  v1::UnmergeNominalsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_removed_id(options.nominal);
  const v1::UnmergeNominalsResponse response =
      Ask<Service>(invocation, &Service::StubInterface::UnmergeNominals, request);
  PrintRecorded(invocation.json, response.recorded(), "unmerge");
}

void AddMerges(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("merge", "Say that two nominals are one person");
  verb->add_option("--nominal", options->nominal, "The one removed")
      ->type_name("nom_…")
      ->required();
  verb->add_option("--into", options->into, "The one that stays")->type_name("nom_…")->required();
  verb->footer(R"(
Nothing is rewritten: either id means the person, and who is kept out of one is kept out of both.
Example:
  tearline nominal merge --nominal nom_… --into nom_… --as probation/mappa \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Merge(invocation, *options); };
  });

  verb = noun.add_subcommand("unmerge", "Say that two nominals were wrongly taken for one person");
  verb->add_option("--nominal", options->nominal, "The one that was removed")
      ->type_name("nom_…")
      ->required();
  verb->footer(R"(
The two are never merged again, and somebody must look at what was told meanwhile, to whom:
tearline audit told-meanwhile lists it.
Example:
  tearline nominal unmerge --nominal nom_… --as probation/mappa --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Unmerge(invocation, *options); };
  });
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
  AddValidity(*verb, options);
  verb->footer(R"(
Example:
  tearline nominal register --identifier noms:A1111AA --as probation/mappa \
    --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Register(invocation, *options); };
  });

  AddNominalNumbers(*noun, invocation);
  AddMerges(*noun, invocation, options);
  AddMoveBooking(*noun, invocation);
  AddLimits(*noun, invocation, options);

  verb = noun->add_subcommand("link", "Say that a number is this person's");
  verb->add_option("--nominal", options->nominal, "Whose")->type_name("nom_…")->required();
  verb->add_option("--identifier", options->identifiers, "The number")
      ->type_name("TYPE:VALUE")
      ->expected(1)
      ->required();
  AddValidity(*verb, options);
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
