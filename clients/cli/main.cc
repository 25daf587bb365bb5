#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/invocation.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

constexpr char kExitCodes[] =
    "\nExit codes: 0 done, 1 refused with a reason, 2 usage, 3 unreachable, 4 verification failed.";

constexpr char kFooter[] = R"( What is
left to a person is no refusal: it is said, and ends with 0.

Settings come from the command line, then from TEARLINE_SERVER, TEARLINE_CA, TEARLINE_CERT and
TEARLINE_KEY, then from --profile FILE (lines of KEY=VALUE; keys server ca cert key as purpose …).

Try:
  tearline event publish --file item.textproto --as police/intelligence --profile police.profile
  tearline feed follow --as probation/chair --profile chair.profile
  tearline audit verify --trust log.trust --as inspectorate/auditor --purpose audit
)";

void AddShared(CLI::App& app, Invocation& invocation) {
  const char* group = "Connection (every verb)";
  client::ConnectionSettings& connection = invocation.connection;
  app.add_option("--server", connection.server, "Where the broker is")
      ->type_name("HOST:PORT")
      ->group(group);
  app.add_option("--ca", connection.authority_file, "The broker's authority, PEM")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--cert", connection.certificate_file, "Your certificate, PEM")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--key", connection.key_file, "Its key, PEM")->type_name("FILE")->group(group);
  app.add_option("--server-name", connection.server_name, "The name to demand of the broker")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--profile", invocation.profile_file, "All of these from a file")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--timeout", invocation.timeout_seconds, "Seconds to wait for an answer (30)")
      ->type_name("S")
      ->check(CLI::Range(0.1, 86400.0))
      ->group(group);
  const char* who = "For whom and why (every verb)";
  app.add_option("--as", invocation.post, "The post you act for")
      ->type_name("AGENCY/POST")
      ->group(who);
  app.add_option("--purpose", invocation.purpose, "Why you ask; consultations require it")
      ->type_name("CODE")
      ->group(who);
  app.add_option("--legal-basis", invocation.legal_basis, "For example CJA2003-325-4")
      ->type_name("CODE")
      ->group(who);
  app.add_option("--on-behalf-of", invocation.on_behalf_of, "The user a system acts for")
      ->type_name("USER")
      ->group(who);
  app.add_option("--issuer", invocation.issuer, "Who vouches for that user")
      ->type_name("NAME")
      ->group(who);
  app.add_option("--correlation", invocation.correlation,
                 "Your own name for what you do, recorded with it: A-Z a-z 0-9 . _ -, at most 64")
      ->type_name("ID")
      ->group(who);
  app.add_flag("--json", invocation.json, "One JSON object, or one a line, with stable keys");
}

/// What each verb's exit codes mean, below what its help says.
void TeachExitCodes(CLI::App& app) {
  const std::vector<CLI::App*> below = app.get_subcommands({});
  for (CLI::App* each : below) TeachExitCodes(*each);
  if (below.empty()) app.footer(app.get_footer() + '\n' + kExitCodes);
}

/// What a wrong command line is answered with: the fault, and where help is.
std::string FaultAndWayOut(const CLI::App* app, const CLI::Error& error) {
  std::string command = app->get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    command += " " + app->get_name();
  }
  return std::string("tearline: ") + error.what() + "\nTry: " + command + " --help\n";
}

/// Says how it ended: to programs on stdout, to people on stderr.
void Say(const Invocation& invocation, const Stop& stop) {
  if (invocation.json) {
    const char* kind = stop.code == ExitCode::kRefused       ? "refused"
                       : stop.code == ExitCode::kUsage       ? "usage"
                       : stop.code == ExitCode::kUnreachable ? "unreachable"
                                                             : "verification_failed";
    nlohmann::json said{{"reason", stop.reason}, {"sentence", stop.sentence}};
    if (stop.open_work.items_size() > 0) {
      said["open_work"] = nlohmann::json::parse(JsonText(stop.open_work))["items"];
    }
    PrintJson(nlohmann::json{{kind, said}});
    return;
  }
  switch (stop.code) {
    case ExitCode::kRefused:
      std::cerr << "refused  " << stop.reason << "\n  " << stop.sentence << '\n';
      for (const v1::OpenWorkItem& item : stop.open_work.items()) {
        std::cerr << "  open  " << item.work_id() << "  " << Word(item.kind()) << " of "
                  << item.post() << '\n';
      }
      break;
    case ExitCode::kUnreachable:
      std::cerr << "unreachable  " << stop.reason << "\n  " << stop.sentence << '\n';
      break;
    case ExitCode::kVerificationFailed:
      std::cerr << "VERIFICATION FAILED\n  " << stop.sentence << '\n';
      break;
    default:
      std::cerr << "tearline: " << stop.sentence << '\n';
  }
}

int Run(int argc, char** argv) {
  Invocation invocation;
  CLI::App app(
      "Tearline: what a panel ought to know reaches it, or somebody named answers why not.",
      "tearline");
  app.set_version_flag("--version", "tearline 0.1.0");
  app.get_formatter()->column_width(34);
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(std::string(kExitCodes) + kFooter);
  app.failure_message(FaultAndWayOut);
  AddShared(app, invocation);
  AddEvent(app, invocation);
  AddFeed(app, invocation);
  AddSubscription(app, invocation);
  AddNominal(app, invocation);
  AddGlass(app, invocation);
  AddRequest(app, invocation);
  AddPost(app, invocation);
  AddCase(app, invocation);
  AddPolicy(app, invocation);
  AddDirectory(app, invocation);
  AddObligation(app, invocation);
  AddAudit(app, invocation);
  AddMetrics(app, invocation);
  AddWitness(app, invocation);
  TeachExitCodes(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  try {
    invocation.Settle();
    invocation.verb();
  } catch (const Stop& stop) {
    std::cout.flush();
    Say(invocation, stop);
    return static_cast<int>(stop.code);
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace
}  // namespace tearline::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: whoever reads us may stop reading
  return tearline::cli::Run(argc, argv);
}
