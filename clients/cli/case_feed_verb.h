#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds to the noun `case` the verb `feed`. As nouns.h tells.
void AddCaseFeedVerb(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
