#include "clients/cli/originators.h"

#include <google/protobuf/util/json_util.h>

#include <sstream>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::cli {
namespace {

constexpr std::size_t kKeyIdShown = 12;

verifier::OriginatorKeys From(const v1::ListSigningKeysResponse& response) {
  return {response.log_origin(), {response.keys().begin(), response.keys().end()}};
}

const char* WordFor(verifier::Signed standing) {
  switch (standing) {
    case verifier::Signed::kNot:
      return "not-signed";
    case verifier::Signed::kVerified:
      return "verified";
    case verifier::Signed::kKeyUnknown:
      return "key-unknown";
    case verifier::Signed::kOtherwise:
      return "otherwise";
  }
  return "";
}

}  // namespace

Originators::Originators(const Invocation& invocation, const std::string& keys_file)
    : invocation_(invocation), pinned_(!keys_file.empty()) {
  if (!pinned_) return;
  std::istringstream lines(ReadBytes(keys_file));
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    v1::ListSigningKeysResponse keys;
    if (!google::protobuf::util::JsonStringToMessage(line, &keys).ok() || keys.keys().empty()) {
      StopUsage("--signing-keys must hold what `tearline directory keys --json` prints");
    }
    known_[keys.keys(0).agency()] = From(keys);
  }
}

const verifier::OriginatorKeys& Originators::KeysOf(const std::string& agency) {
  const auto found = known_.find(agency);
  if (found != known_.end()) return found->second;
  verifier::OriginatorKeys keys;
  if (!pinned_) {
    v1::ListSigningKeysRequest request;
    *request.mutable_acting() = invocation_.Acting();
    request.set_agency(agency);
    keys = From(Ask<v1::DirectoryService>(
        invocation_, &v1::DirectoryService::StubInterface::ListSigningKeys, request));
  }
  return known_[agency] = std::move(keys);
}

verifier::OriginatorCheck Originators::Check(const v1::Delivery& delivery) {
  const v1::DeliveredEvent& event = delivery.event();
  if (!event.has_signature()) return {};
  verifier::OriginatorCheck check =
      verifier::CheckOriginator(event, KeysOf(event.originating_agency()));
  if (pinned_ || check.standing != verifier::Signed::kKeyUnknown) return check;
  // A key may have been enrolled since the broker was asked.
  known_.erase(event.originating_agency());
  return verifier::CheckOriginator(event, KeysOf(event.originating_agency()));
}

std::string Originators::Text(const verifier::OriginatorCheck& check) const {
  switch (check.standing) {
    case verifier::Signed::kNot:
      return "";
    case verifier::Signed::kVerified:
      return "    signed by  " + check.agency + ", verified  (key " +
             check.key_id.substr(0, kKeyIdShown) +
             (pinned_ ? ", of --signing-keys)" : ", as the broker's directory gives it)") +
             (check.compromised ? "\n    this key was revoked since: others hold it" : "") + '\n';
    default:
      return "    NOT VERIFIED: " + check.sentence + '\n';
  }
}

nlohmann::json Originators::Json(const verifier::OriginatorCheck& check) const {
  return {{"standing", WordFor(check.standing)},
          {"agency", check.agency},
          {"key_id", check.key_id},
          {"key_pinned", pinned_},
          {"key_compromised", check.compromised},
          {"sentence", check.sentence}};
}

nlohmann::json DeliveryJson(const v1::Delivery& delivery, const Originators& originators,
                            const verifier::OriginatorCheck& check) {
  nlohmann::json object = nlohmann::json::parse(JsonText(delivery), nullptr, false);
  if (check.standing != verifier::Signed::kNot) {
    object["originator_check"] = originators.Json(check);
  }
  return object;
}

void AddSigningKeysOption(CLI::App& verb, std::string& keys_file) {
  verb.add_option(
          "--signing-keys", keys_file,
          "Originators' keys, as `directory keys --json` prints them; else the broker's word")
      ->type_name("FILE");
}

bool IsSound(const verifier::OriginatorCheck& check) {
  return check.standing == verifier::Signed::kNot || check.standing == verifier::Signed::kVerified;
}

}  // namespace tearline::cli
