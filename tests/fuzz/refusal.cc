#include "tests/fuzz/refusal.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "broker/status/invariant.h"

namespace tearline::fuzz {
namespace {

/// Eight bytes in a row, as a number.
using Run = std::uint64_t;

Run RunAt(std::string_view text, std::size_t at) {
  Run run = 0;
  std::memcpy(&run, text.data() + at, sizeof run);
  return run;
}

void AddRuns(std::string_view text, std::vector<Run>& runs) {
  for (std::size_t i = 0; i + sizeof(Run) <= text.size(); ++i) runs.push_back(RunAt(text, i));
}

/// Every run of eight bytes in what people wrote for the broker and its clients, sorted.
std::vector<Run> ReadOwnRuns() {
  static const std::set<std::string> kKinds = {".cc", ".h", ".proto"};
  std::vector<Run> runs;
  for (const char* top : {"broker", "clients", "proto"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::filesystem::path(TEARLINE_SOURCE_DIR) / top)) {
      if (!entry.is_regular_file() || !kKinds.contains(entry.path().extension())) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      AddRuns(std::string(std::istreambuf_iterator<char>(file), {}), runs);
    }
  }
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  TEARLINE_INVARIANT(runs.size() > 10'000, "the sources were found");
  return runs;
}

}  // namespace

void ExpectQuotesNothing(std::string_view sentence, std::string_view input) {
  static const std::vector<Run> own = ReadOwnRuns();
  std::vector<Run> foreign;
  AddRuns(sentence, foreign);
  std::erase_if(foreign, [](Run run) { return std::binary_search(own.begin(), own.end(), run); });
  if (foreign.empty()) return;
  std::sort(foreign.begin(), foreign.end());
  for (std::size_t i = 0; i + sizeof(Run) <= input.size(); ++i) {
    TEARLINE_INVARIANT(!std::binary_search(foreign.begin(), foreign.end(), RunAt(input, i)),
                       "that a sentence quotes nothing it was given");
  }
}

void ExpectGoodRefusal(const Status& status, std::string_view input) {
  TEARLINE_INVARIANT(!status.ok(), "that this is refused");
  const v1::ErrorReason reason = ReasonOf(status);
  TEARLINE_INVARIANT(v1::ErrorReason_IsValid(reason) && reason != v1::ERROR_REASON_UNSPECIFIED,
                     "that a refusal has a reason");
  TEARLINE_INVARIANT(!SentenceOf(status).empty(), "that a refusal has a sentence");
  ExpectQuotesNothing(SentenceOf(status), input);
}

}  // namespace tearline::fuzz
