#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds to the noun `case` the verb `pack`. As nouns.h tells.
void AddPackVerb(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
