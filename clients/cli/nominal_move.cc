#include <memory>
#include <string>

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
  std::string from, to;
  std::string since, until;
  std::string agency;
  std::string reason;
};

bool IsId(const std::string& text) { return text.starts_with("nom_"); }

void Move(const Invocation& invocation, const Options& options) {
  v1::MoveBookingRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (IsId(options.from) != IsId(options.to)) {
    StopUsage("--from and --to must both be ids, or both be numbers");
  }
  if (IsId(options.from)) {
    request.set_from_id(options.from);
    request.set_to_id(options.to);
  } else {
    *request.mutable_from() = IdentifierFrom(options.from);
    *request.mutable_to() = IdentifierFrom(options.to);
  }
  if (!options.since.empty()) *request.mutable_occurred_from() = TimeFrom(options.since, "--since");
  *request.mutable_occurred_until() = TimeFrom(options.until, "--until");
  request.set_agency(options.agency);
  request.set_reason(FromWord<v1::BookingMoveReason>(options.reason, "--reason"));
  const v1::MoveBookingResponse response =
      Ask<Service>(invocation, &Service::StubInterface::MoveBooking, request);
  PrintRecorded(invocation.json, response.recorded(), "moved booking");
}

}  // namespace

void AddMoveBooking(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = noun.add_subcommand(
      "move-booking", "Say that an agency's events of a range of time are another person's");
  verb->add_option("--from", options->from, "Whom they were recorded of")
      ->type_name("nom_…|TYPE:VALUE")
      ->required();
  verb->add_option("--to", options->to, "Whose they are")
      ->type_name("nom_…|TYPE:VALUE")
      ->required();
  verb->add_option("--since", options->since,
                   "What occurred not before; from the beginning if not given")
      ->type_name("TIME");
  verb->add_option("--until", options->until, "And before")->type_name("TIME")->required();
  verb->add_option("--for", options->agency, "The agency that published them, if not yours");
  verb->add_option("--reason", options->reason,
                   "wrong-number, second-record, moved-wrongly or not-said")
      ->required();
  verb->footer(R"(
Records and times stay as they were; from now on the events are about the other. Whoever the other
brings in gets them late; from whoever it does not, they are taken back, and somebody must look at what
was told before, to whom: tearline audit told-meanwhile --moved lists it. Where a merge of the two
would await a second hand, this does. To take it back, move it back.
Example:
  tearline nominal move-booking --from noms:A1111AA --to noms:A2222AA --since 2026-01-05T09:00:00Z \
    --until 2026-02-17T15:20:00Z --reason wrong-number --as prison/records --purpose correction)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Move(invocation, *options); };
  });
}

}  // namespace tearline::cli
