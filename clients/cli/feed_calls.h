#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds the verbs of `tearline feed` that ask and are answered: pull, acknowledge, retry, park.
///
/// Requires: `invocation` outlives the parsing.
void AddFeedCalls(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
