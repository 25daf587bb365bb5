#include "clients/cli/signing_keys.h"

#include <google/protobuf/util/json_util.h>

#include <sstream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/words.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::cli {

v1::ListSigningKeysResponse AskSigningKeys(const Invocation& invocation,
                                           const std::string& agency) {
  v1::ListSigningKeysRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_agency(agency);
  return Ask<v1::DirectoryService>(invocation,
                                   &v1::DirectoryService::StubInterface::ListSigningKeys, request);
}

std::map<std::string, verifier::OriginatorKeys> ReadSigningKeys(const std::string& keys_file) {
  std::map<std::string, verifier::OriginatorKeys> known;
  std::istringstream lines(ReadBytes(keys_file));
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    v1::ListSigningKeysResponse keys;
    if (!google::protobuf::util::JsonStringToMessage(line, &keys).ok() || keys.keys().empty()) {
      StopUsage("--signing-keys must hold what `tearline directory keys --json` prints");
    }
    known[keys.keys(0).agency()] = {
        keys.log_origin(), {keys.keys().begin(), keys.keys().end()}, /*demanded=*/true};
  }
  return known;
}

void AddSigningKeysOption(CLI::App& verb, std::string& keys_file, const std::string& what) {
  verb.add_option("--signing-keys", keys_file, what)->type_name("FILE");
}

}  // namespace tearline::cli
