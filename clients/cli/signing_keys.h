#pragma once

#include <map>
#include <string>

#include "clients/cli/invocation.h"
#include "clients/verifier/originator.h"
#include "tearline/v1/directory_service.pb.h"

namespace CLI {
class App;
}

namespace tearline::cli {

/// All keys an agency ever had, and the log they sign for, as the broker's directory has them. Ends
/// the command if it is refused.
[[nodiscard]] v1::ListSigningKeysResponse AskSigningKeys(const Invocation& invocation,
                                                         const std::string& agency);

/// The same from a file, by agency: what `tearline directory keys --json` prints, a line for each.
/// What an agency in it originates must be signed. Ends with kUsage if it does not read.
[[nodiscard]] std::map<std::string, verifier::OriginatorKeys> ReadSigningKeys(
    const std::string& keys_file);

/// Adds `--signing-keys`, with what is said of it.
void AddSigningKeysOption(CLI::App& verb, std::string& keys_file, const std::string& what);

}  // namespace tearline::cli
