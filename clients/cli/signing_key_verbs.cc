#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"
#include "clients/signing/sign_event.h"
#include "clients/signing/signing_key.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;
using Service = v1::DirectoryService;

struct Options {
  std::string key_file, agency, key_id, because;
  int days = 366;
};

void Enrol(const Invocation& invocation, const Options& options) {
  if (invocation.post.empty()) StopUsage("say whose key it is: --as AGENCY/POST");
  const auto key = signing::SigningKey::Open(options.key_file);
  if (!key.ok()) StopUsage("--key: " + std::string(key.status().message()));
  const std::string agency = AgencyOf(invocation.post);
  const signing::Speaker speaker{AskSigningKeys(invocation, agency).log_origin(), agency, ""};
  v1::EnrolSigningKeyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.mutable_key()->set_agency(agency);
  request.mutable_key()->set_public_key(key->PublicKey());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto until = now + std::chrono::hours(24) * options.days;
  *request.mutable_key()->mutable_valid_until() =
      TimeUtil::SecondsToTimestamp(std::chrono::duration_cast<std::chrono::seconds>(until).count());
  *request.mutable_proof() = signing::ProveKey(speaker, *key);
  const v1::EnrolSigningKeyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EnrolSigningKey, request);
  PrintRecorded(invocation.json, response.recorded(), "signing key " + key->KeyId());
}

void Revoke(const Invocation& invocation, const Options& options) {
  v1::RevokeSigningKeyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_agency(options.agency.empty() ? AgencyOf(invocation.post) : options.agency);
  request.set_key_id(options.key_id);
  request.set_because(FromWord<v1::SigningKeyEnd>(options.because, "--because"));
  const v1::RevokeSigningKeyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::RevokeSigningKey, request);
  PrintRecorded(invocation.json, response.recorded(), "revoked");
}

void List(const Invocation& invocation, const Options& options) {
  const v1::ListSigningKeysResponse response = AskSigningKeys(
      invocation, options.agency.empty() ? AgencyOf(invocation.post) : options.agency);
  if (invocation.json) return PrintJson(response);
  std::cout << "log          " << response.log_origin() << '\n';
  Table table({"KEY ID", "FROM", "UNTIL", "REVOKED", "BECAUSE"});
  for (const v1::SigningKey& key : response.keys()) {
    table.Add({key.key_id(), TimeText(key.valid_from()), TimeText(key.valid_until()),
               TimeText(key.revoked_at()),
               key.has_revoked_at() ? Word(key.revoked_because()) : ""});
  }
  if (table.Empty()) {
    std::cout << "it has no signing keys\n";
  } else {
    table.Print();
  }
}

}  // namespace

void AddSigningKeys(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun.add_subcommand("enrol-key", "Enrol a key by which your agency signs");
  verb->add_option("--key", options->key_file, "An Ed25519 private key, PEM; it stays here")
      ->type_name("FILE")
      ->required();
  verb->add_option("--days", options->days, "How long it is in force, 1 to 1096 days (366)")
      ->check(CLI::Range(1, 1096));
  verb->footer(R"(
Always awaits a second hand from another post; its pending id is printed. What is signed before the
second hand is given is refused. A key is made with
  (umask 077 && openssl genpkey -algorithm ed25519 -out signing.key)
Example:
  tearline directory enrol-key --key signing.key --as police/governance)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Enrol(invocation, *options); };
  });

  verb = noun.add_subcommand("revoke-key", "End a signing key before its time");
  verb->add_option("--key-id", options->key_id, "Which: 64 hexadecimal digits")
      ->type_name("HEX")
      ->required();
  verb->add_option("--because", options->because, "superseded or compromised")->required();
  verb->add_option("--agency", options->agency, "Whose, if not yours; operators only")
      ->type_name("AGENCY");
  verb->footer(R"(
What was accepted before stays signed, and is not enrolled again.
Example:
  tearline directory revoke-key --key-id 12ab… --because compromised --as police/governance)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Revoke(invocation, *options); };
  });

  verb = noun.add_subcommand("keys", "List the keys an agency signs with, or ever did");
  verb->add_option("--agency", options->agency, "Whose, if not yours")->type_name("AGENCY");
  verb->footer(R"(
With --json, a line that `tearline feed … --signing-keys FILE` reads: compare the key ids with the
agency itself before you rely on them.
Example:
  tearline directory keys --agency police --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace tearline::cli
