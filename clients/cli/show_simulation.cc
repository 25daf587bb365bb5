#include "clients/cli/show_simulation.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"

namespace tearline::cli {
namespace {

constexpr v1::Level kLevels[] = {v1::LEVEL_WITHHELD, v1::LEVEL_POINTER, v1::LEVEL_TEAR_LINE,
                                 v1::LEVEL_FULL};

std::string MatrixText(const v1::SimulationSummary& summary) {
  Table levels({"THEN \\ NOW", "withheld", "pointer", "tear-line", "full"});
  int cell = 0;
  for (const v1::Level then : kLevels) {
    std::vector<std::string> row = {Word(then)};
    for (std::size_t now = 0; now < std::size(kLevels); ++now, ++cell) {
      row.push_back(cell < summary.levels_size() ? std::to_string(summary.levels(cell)) : "0");
    }
    levels.Add(std::move(row));
  }
  return levels.Text(2, /*heads=*/true);
}

}  // namespace

std::string ChangeText(const v1::SimulatedChange& change) {
  std::string text = Word(change.kind()) + "  " + change.event_id() + "  " + change.post() + "  " +
                     TimeText(change.judged_at()) + "  ";
  if (change.kind() == v1::SIMULATED_CHANGE_KIND_NOT_REPLAYED) {
    return text + Word(change.before()) + ": " + change.because() + '\n';
  }
  text += Word(change.before()) + " -> " + Word(change.after());
  for (const std::string& rule : change.rules()) text += ' ' + rule;
  return text + '\n';
}

std::string SummaryText(const v1::SimulationSummary& summary) {
  const std::string report = verifier::Hex(summary.report_digest());
  const auto count = [](const char* what, std::uint64_t number) {
    return std::string("  ") + what + std::to_string(number) + '\n';
  };
  std::string text = std::to_string(summary.decisions()) + " decisions judged again\n" +
                     MatrixText(summary) + count("raises               ", summary.raises()) +
                     count("newly unmet          ", summary.newly_unmet()) +
                     count("fewer segments       ", summary.masked()) +
                     count("other obligations    ", summary.obligations()) +
                     count("not replayed         ", summary.not_replayed()) +
                     "  report               " + report + '\n';
  if (summary.left_out() > 0) {
    return text + "  left out             " + std::to_string(summary.left_out()) +
           "; an approval needs a simulation without --from and --to\n";
  }
  if (summary.raises() + summary.not_replayed() > 0) {
    text += "  next                 tearline policy approve --digest " +
            verifier::Hex(summary.policy_digest()) + " --sign-off " + report + '\n';
  }
  return text;
}

}  // namespace tearline::cli
