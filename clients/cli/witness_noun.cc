#include <pthread.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/invocation.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/witness/serve.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string name, signing_key_file, directory;
  std::vector<std::string> logs;
  std::string listen = "127.0.0.1:7446";
  std::string certificate_file, tls_key_file;
};

template <typename T>
T OrStop(absl::StatusOr<T> result, const std::string& option) {
  if (!result.ok()) StopUsage(option + ": " + std::string(result.status().message()));
  return *std::move(result);
}

witness::Cosigner CosignerOf(const Options& options) {
  return OrStop(witness::Cosigner::Open(options.name, options.signing_key_file), "--signing-key");
}

witness::Listen ListenOf(const Options& options) {
  const std::size_t colon = options.listen.rfind(':');
  witness::Listen listen{"", -1, options.certificate_file, options.tls_key_file};
  if (colon != std::string::npos) {
    listen.host = options.listen.substr(0, colon);
    const char* end = options.listen.data() + options.listen.size();
    const auto read = std::from_chars(options.listen.data() + colon + 1, end, listen.port);
    if (read.ec != std::errc() || read.ptr != end) listen.port = -1;
  }
  if (listen.host.empty() || listen.port < 0 || listen.port > 65535) {
    StopUsage("--listen must be HOST:PORT");
  }
  return listen;
}

std::uint64_t SecondsNow() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

void SayServing(const Invocation& invocation, const std::string& address, const std::string& key) {
  if (invocation.json) {
    PrintJson(nlohmann::json{{"address", address}, {"verifier_key", key}});
  } else {
    std::cout << "serving       " << address << "\nverifier key  " << key << '\n';
  }
  std::cout.flush();
}

/// Serves until SIGTERM or SIGINT.
void Serve(const Invocation& invocation, const Options& options) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  witness::Cosigner cosigner = CosignerOf(options);
  const std::string key = verifier::Text(cosigner.Key());
  std::vector<verifier::VerifierKey> logs;
  for (std::string text : options.logs) {
    std::error_code error;
    if (std::filesystem::is_regular_file(text, error)) text = ReadBytes(text);
    text.erase(text.find_last_not_of(" \r\n") + 1);
    logs.push_back(OrStop(verifier::ReadVerifierKey(text), "--log"));
  }
  const std::unique_ptr<witness::Witness> witness =
      OrStop(witness::Witness::Open(options.directory, logs, std::move(cosigner), SecondsNow),
             "--directory");
  const witness::Listen listen = ListenOf(options);
  const std::unique_ptr<witness::Server> server =
      OrStop(witness::Server::Bind(*witness, listen), "--listen");
  std::thread ender([&ending, &server] {
    int signal = 0;
    sigwait(&ending, &signal);
    server->Stop();
  });
  const char* scheme = listen.certificate_file.empty() ? "http://" : "https://";
  SayServing(invocation, scheme + listen.host + ":" + std::to_string(server->Port()), key);
  server->Serve();
  pthread_kill(ender.native_handle(), SIGTERM);  // if it ended by itself
  ender.join();
}

void AddServe(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("serve", "Cosign what continues the log seen so far");
  verb->add_option("--name", options->name, "The witness's own name")
      ->type_name("NAME")
      ->required();
  verb->add_option("--signing-key", options->signing_key_file, "Its Ed25519 key, PEM, mode 0600")
      ->type_name("FILE")
      ->required();
  verb->add_option("--log", options->logs, "A log to watch, by its verifier key; again for each")
      ->type_name("KEY|FILE")
      ->allow_extra_args(false)
      ->required();
  verb->add_option("--directory", options->directory, "Where it remembers; must exist")
      ->type_name("DIR")
      ->required();
  verb->add_option("--listen", options->listen, "Where it is asked (127.0.0.1:7446)")
      ->type_name("HOST:PORT");
  CLI::Option* certificate =
      verb->add_option("--tls-certificate", options->certificate_file, "For https, PEM")
          ->type_name("FILE");
  CLI::Option* key =
      verb->add_option("--tls-key", options->tls_key_file, "Its key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  verb->footer(R"(
Implements C2SP tlog-witness: POST /add-checkpoint, GET /PLACE/checkpoint, where PLACE is the SHA-256 of
the log's name in hexadecimal. Keep the directory: a witness that has forgotten cannot notice anything.
Example:
  openssl genpkey -algorithm ed25519 -out witness.pem && chmod 600 witness.pem
  tearline witness serve --name inspectorate.example.org/witness --signing-key witness.pem \
    --log example.org/audit+1a2b3c4d+AQ… --directory /var/lib/tearline-witness)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Serve(invocation, *options); };
  });
}

void AddKey(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("key", "Show a witness's verifier key, for the broker");
  verb->add_option("--name", options->name, "The witness's own name")
      ->type_name("NAME")
      ->required();
  verb->add_option("--signing-key", options->signing_key_file, "Its Ed25519 key, PEM, mode 0600")
      ->type_name("FILE")
      ->required();
  verb->footer(
      "\nExample:\n  tearline witness key --name inspectorate.example.org/witness --signing-key "
      "witness.pem");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      const std::string key = verifier::Text(CosignerOf(*options).Key());
      if (invocation.json) return PrintJson(nlohmann::json{{"verifier_key", key}});
      std::cout << key << '\n';
    };
  });
}

}  // namespace

void AddWitness(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("witness", "Watch that a log only grows");
  noun->require_subcommand(1);
  noun->footer(
      "\nExample:\n  tearline witness key --name inspectorate.example.org/witness --signing-key "
      "witness.pem");
  const auto options = std::make_shared<Options>();
  AddServe(*noun, invocation, options);
  AddKey(*noun, invocation, options);
}

}  // namespace tearline::cli
