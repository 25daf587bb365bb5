#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds the verbs of `tearline event` for what was published before: withdraw, amend, receivers.
///
/// Requires: `invocation` outlives the parsing.
void AddEventCalls(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
