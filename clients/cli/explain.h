#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds `tearline audit explain`: why a post was told of an event as it was.
void AddExplainDecision(CLI::App& noun, Invocation& invocation);
/// Adds `tearline feed explain`: by which rules an event was let go to the acting post.
void AddExplainItem(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
