#include "broker/telemetry/exposition.h"

#include "broker/status/invariant.h"

namespace tearline::telemetry {
namespace {

constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;

const char* TypeOf(FamilyKind kind) {
  switch (kind) {
    case FamilyKind::kCounter:
      return "counter";
    case FamilyKind::kGauge:
      return "gauge";
    case FamilyKind::kHistogram:
      return "histogram";
  }
  BreakInvariant(__FILE__, __LINE__, "a family is of one kind of the list");
}

}  // namespace

void Exposition::Family(std::string_view name, std::string_view help, FamilyKind kind) {
  family_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(TypeOf(kind)).append("\n");
}

void Exposition::Sample(std::uint64_t value, const Labels& labels, std::string_view suffix) {
  Write(std::to_string(value), labels, suffix);
}

void Exposition::SampleSeconds(std::uint64_t microseconds, const Labels& labels,
                               std::string_view suffix) {
  Write(SecondsText(microseconds), labels, suffix);
}

void Exposition::Write(const std::string& number, const Labels& labels, std::string_view suffix) {
  TEARLINE_INVARIANT(!family_.empty(), "a sample is of a family");
  text_.append(family_).append(suffix);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& [name, value] = labels[i];
    TEARLINE_INVARIANT(value.find_first_of("\"\\\n") == std::string::npos,
                       "a label's value needs no escaping");
    text_.append(i == 0 ? "{" : ",").append(name).append("=\"").append(value).append("\"");
  }
  text_.append(labels.empty() ? " " : "} ").append(number).append("\n");
}

std::string SecondsText(std::uint64_t microseconds) {
  std::string text = std::to_string(microseconds / kMicrosecondsPerSecond);
  std::string rest = std::to_string(microseconds % kMicrosecondsPerSecond);
  rest.insert(0, 6 - rest.size(), '0');
  rest.erase(rest.find_last_not_of('0') + 1);
  return rest.empty() ? text : text + "." + rest;
}

}  // namespace tearline::telemetry
