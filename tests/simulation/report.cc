#include "tests/simulation/report.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace tearline::simulation {
namespace {

std::string HowToRepeat(std::uint64_t seed, std::uint64_t steps) {
  return "at commit " TEARLINE_COMMIT "; again with: simulate --seed " + std::to_string(seed) +
         " --steps " + std::to_string(steps) + "\n";
}

/// Written before a run, for a handler that may not do more than write.
std::array<char, 256> last_words{};

extern "C" void SayLastWords(int /*signal*/) {
  const ssize_t written = ::write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data()));
  std::signal(SIGABRT, written < 0 ? SIG_IGN : SIG_DFL);
}

}  // namespace

std::string Describe(const Verdict& verdict, std::uint64_t steps) {
  std::string text = "seed " + std::to_string(verdict.seed) + ", step " +
                     std::to_string(verdict.step) + ", " + HowToRepeat(verdict.seed, steps);
  for (const std::string& complaint : verdict.complaints) text += "  ! " + complaint + "\n";
  text += "  last steps:\n";
  for (const std::string& step : verdict.last) text += "    " + step + "\n";
  return text;
}

void Totals::Add(const Verdict& verdict) {
  ++seeds;
  records += verdict.records;
  released += verdict.released;
  wished += verdict.wished;
  late += verdict.late;
  crashes += verdict.crashes;
  pulses += verdict.pulses;
  follow_ups += verdict.follow_ups;
  merges += verdict.merges;
  unmerges += verdict.unmerges;
  taken_up += verdict.taken_up;
}

std::string Totals::Text() const {
  return std::to_string(seeds) + " seeds, " + std::to_string(records) + " records, " +
         std::to_string(released) + " events let go, " + std::to_string(wished) +
         " of them through subscriptions, " + std::to_string(late) + " late, " +
         std::to_string(crashes) + " crashes, " + std::to_string(pulses) + " pulses, " +
         std::to_string(follow_ups) + " follow-ups, " + std::to_string(merges) + " merges, " +
         std::to_string(unmerges) + " of them taken back, " + std::to_string(taken_up) +
         " times a dead post's work taken up";
}

Verdict RunSeed(std::uint64_t seed, std::uint64_t steps, Flaw flaw) {
  std::snprintf(last_words.data(), last_words.size(), "simulation: stopped in seed %llu, %s",
                static_cast<unsigned long long>(seed), HowToRepeat(seed, steps).c_str());
  std::signal(SIGABRT, SayLastWords);
  Verdict verdict = Simulation(seed, flaw).Run(steps);
  std::signal(SIGABRT, SIG_DFL);
  return verdict;
}

}  // namespace tearline::simulation
