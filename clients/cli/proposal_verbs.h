#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Adds to the noun `case` what a panel is asked: propose, answer and proposals. As nouns.h tells.
void AddProposalVerbs(CLI::App& noun, Invocation& invocation);

}  // namespace tearline::cli
