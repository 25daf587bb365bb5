#include <iostream>
#include <memory>
#include <string>
#include <vector>

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
  std::string nominal;
  std::string status, because;
};

void Resolve(const Invocation& invocation, const Options& options) {
  v1::ResolveNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  *request.mutable_identifier() = IdentifierFrom(options.identifiers.front());
  for (std::size_t i = 1; i < options.identifiers.size(); ++i) {
    *request.add_also_known_by() = IdentifierFrom(options.identifiers[i]);
  }
  const v1::ResolveNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ResolveNominal, request);
  if (invocation.json) return PrintJson(response);
  std::cout << ResolutionText(response) << "  your asking is recorded, with its purpose\n";
}

std::string Span(const v1::ShownIdentifier& number) {
  if (!number.has_valid_from() && !number.has_valid_until()) return "";
  return TimeText(number.valid_from()) + " to " + TimeText(number.valid_until());
}

std::string StatusText(const v1::ShownIdentifier& number) {
  std::string text = Word(number.status());
  if (number.has_corrected_at()) {
    text += " (" + Word(number.because()) + ", " + TimeText(number.corrected_at()) + ")";
  }
  return text;
}

void PrintNominal(const v1::ShowNominalResponse& response) {
  std::cout << response.nominal_id() << (response.provisional() ? "  provisional" : "") << '\n';
  Table table({"type", "as written", "compared as", "status", "asserted by", "valid", "read in",
               "done to it", "recorded of"});
  for (const v1::ShownIdentifier& number : response.identifiers()) {
    const bool another = number.nominal_id() != response.nominal_id();
    table.Add({Word(number.type()), number.erased() ? "erased" : number.value(),
               number.canonical() == number.value() ? "" : number.canonical(), StatusText(number),
               number.asserted_by(), Span(number), TimeText(number.read_at()),
               NotesText(number.notes()), another ? number.nominal_id() : ""});
  }
  if (!table.Empty()) table.Print(2);
  for (const std::string& other : response.disagreeing_with()) {
    std::cout << "  numbers given for one person led here and to " << other
              << ": find out which is wrong, or whether the two are one\n";
  }
  std::cout << "  your looking is recorded, with its purpose\n";
}

void Show(const Invocation& invocation, const Options& options) {
  v1::ShowNominalRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  const v1::ShowNominalResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ShowNominal, request);
  if (invocation.json) return PrintJson(response);
  PrintNominal(response);
}

void Correct(const Invocation& invocation, const Options& options) {
  v1::CorrectIdentifierRequest request;
  *request.mutable_acting() = invocation.Acting();
  *request.mutable_identifier() = IdentifierFrom(options.identifiers.front());
  request.set_status(FromWord<v1::IdentifierStatus>(options.status, "--status"));
  request.set_because(FromWord<v1::IdentifierCorrection>(options.because, "--because"));
  const v1::CorrectIdentifierResponse response =
      Ask<Service>(invocation, &Service::StubInterface::CorrectIdentifier, request);
  PrintRecorded(invocation.json, response.recorded(), "correction");
}

void AddResolve(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb =
      noun.add_subcommand("resolve", "Ask who has a number: recorded, with purpose and quota");
  verb->add_option("--identifier", options->identifiers,
                   "The number; again for others that are said to be the same person's")
      ->type_name("TYPE:VALUE")
      ->expected(1, 9)
      ->required();
  verb->footer(R"(
match: a verified number is known here, and all that are known lead to one person. possible: what
is known was not verified or is superseded, or the numbers lead to different people. It is an answer
all the same, as is that nobody has them: each ends with 0. Agencies that asserted a number are
named as far as your post may know them.
Example:
  tearline nominal resolve --identifier pnc:2003/0012345N --identifier noms:A1111AA \
    --as police/offender-management --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Resolve(invocation, *options); };
  });
}

}  // namespace

void AddNominalNumbers(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  AddResolve(noun, invocation, options);

  CLI::App* verb = noun.add_subcommand("show", "Show the numbers a person is known by: recorded");
  verb->add_option("--nominal,nominal", options->nominal, "Whose")
      ->type_name("nom_…")
      ->required();
  verb->footer(R"(
All numbers for posts that the person's case, a supervision or broken glass brings in; for others
those that their own agency asserted.
Example:
  tearline nominal show nom_… --as probation/mappa --purpose public-protection)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Show(invocation, *options); };
  });

  verb = noun.add_subcommand("identifier", "Say how a number that your agency asserted stands");
  verb->add_option("--identifier", options->identifiers, "The number")
      ->type_name("TYPE:VALUE")
      ->expected(1)
      ->required();
  verb->add_option("--status", options->status, "in-error, superseded, verified or unverified")
      ->required();
  verb->add_option("--because", options->because,
                   "mistyped, another-persons, replaced, withdrawn-at-source or corrected-wrongly")
      ->required();
  verb->footer(R"(
In error it is nobody's from then on: what is told under it afterwards is not about this person, and
it may be linked to another. What was told under it before stays where it is: withdraw it, or move
the booking. Superseded it still leads to the person.
Example:
  tearline nominal identifier --identifier crn:X111111 --status in-error --because mistyped \
    --as probation/mappa --purpose correction)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Correct(invocation, *options); };
  });
}

}  // namespace tearline::cli
