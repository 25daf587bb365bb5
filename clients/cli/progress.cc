#include "clients/cli/progress.h"

#include <algorithm>
#include <iostream>

#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

/// Without a terminal, a line each time this many more are done: some seconds of leaves.
constexpr std::uint64_t kLineEvery = 10'000;

}  // namespace

std::string Progress::Text(std::uint64_t done, std::uint64_t of, bool terminal) {
  const std::uint64_t every = terminal ? every_ : std::max(every_, kLineEvery);
  if (of < every || (done / every == said_ / every && done != of)) return "";
  said_ = done;
  return (terminal ? "\r" : "") + std::to_string(done) + " of " + std::to_string(of) + " " + what_ +
         (terminal && done != of ? "" : "\n");
}

void Progress::Say(std::uint64_t done, std::uint64_t of) {
  std::cerr << Text(done, of, StderrIsTerminal()) << std::flush;
}

}  // namespace tearline::cli
