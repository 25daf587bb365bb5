#include "clients/cli/show_reading.h"

#include <algorithm>

#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

std::string OutcomeText(const v1::ResolveNominalResponse& response) {
  switch (response.outcome()) {
    case v1::RESOLUTION_OUTCOME_MATCH:
      return "  match: a verified number, and all that are known lead to this person\n";
    case v1::RESOLUTION_OUTCOME_POSSIBLE:
      return response.numbers_disagree()
                 ? "  possible: ask for each alone, and find out which is wrong\n"
                 : "  possible: what is known was not verified, or is superseded; compare before "
                   "you rely on it\n";
    default:
      return "";
  }
}

std::string SourcesText(const v1::ResolveNominalResponse& response) {
  std::string names;
  for (const std::string& source : response.sources()) {
    names += (names.empty() ? "" : ", ") + source;
  }
  if (response.other_sources()) names += names.empty() ? "others than you" : " and others";
  return names.empty() ? "" : "  asserted by " + names + "\n";
}

std::string WhoText(const v1::ResolveNominalResponse& response) {
  if (response.numbers_disagree()) return "the numbers lead to different people\n";
  if (!response.recorded().made_id().empty()) return response.recorded().made_id() + "\n";
  return response.readings_size() > 1 ? "nobody here has any of these numbers\n"
                                      : "nobody here has that number\n";
}

}  // namespace

std::string NotesText(const google::protobuf::RepeatedField<int>& notes) {
  std::string text;
  for (const int note : notes) {
    text += (text.empty() ? "" : ", ") + Word(static_cast<v1::IdentifierNote>(note));
  }
  return text;
}

std::string OddText(const google::protobuf::RepeatedPtrField<v1::IdentifierReading>& readings) {
  std::string text;
  for (int i = 0; i < readings.size(); ++i) {
    const auto& notes = readings[i].notes();
    const std::string which =
        readings.size() == 1 ? "the number" : "number " + std::to_string(i + 1);
    if (!readings[i].verified()) text += "  " + which + " does not verify as its type\n";
    if (std::find(notes.begin(), notes.end(), v1::IDENTIFIER_NOTE_TWO_LETTERS) != notes.end()) {
      text += "  " + which + " has two letters: most systems write a CRN with one\n";
    }
  }
  return text;
}

std::string ResolutionText(const v1::ResolveNominalResponse& response) {
  return WhoText(response) + OutcomeText(response) + SourcesText(response) +
         OddText(response.readings());
}

}  // namespace tearline::cli
