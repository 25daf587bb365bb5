#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tearline/stored/v1/command.pb.h"
#include "tests/scenarios/scenario.h"

namespace tearline::scenarios {

/// What is not understood is a fault of the story.
[[noreturn]] inline void Stop(const Line& line, const std::string& what) {
  throw std::invalid_argument("line " + std::to_string(line.number) + ": " + what);
}

/// "tear-line" is LEVEL_TEAR_LINE, in capitals or not.
template <typename Enum>
Enum Value(const std::string& word, const Line& line) {
  const auto* values = google::protobuf::GetEnumDescriptor<Enum>();
  std::string name = word;
  for (char& c : name) {
    c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const std::string_view zero = values->value(0)->name();
  for (int i = 0; i < values->value_count(); ++i) {
    const std::string_view each = values->value(i)->name();
    if (each == name || (each.size() > name.size() && each.ends_with("_" + name) &&
                         each.substr(0, each.size() - name.size() - 1) ==
                             zero.substr(0, zero.rfind("_UNSPECIFIED")))) {
      return static_cast<Enum>(values->value(i)->number());
    }
  }
  Stop(line, "no such word: " + word);
}

/// "tear-line" of LEVEL_TEAR_LINE.
template <typename Enum>
std::string Word(Enum value) {
  const auto* values = google::protobuf::GetEnumDescriptor<Enum>();
  const std::string_view zero = values->value(0)->name();
  std::string name(values->FindValueByNumber(value)->name());
  name = name.substr(zero.rfind("UNSPECIFIED"));
  for (char& c : name) {
    c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

/// "OFFICIAL", "OFFICIAL-SENSITIVE".
[[nodiscard]] v1::Marking MarkingOf(const std::string& word, const Line& line);

/// How long "730d" is, in milliseconds: what lies back may lie further than a rule's times may run.
[[nodiscard]] std::int64_t DaysOf(const std::string& word, const Line& line);

/// Adds one line of an event to it: label, facts, segment or tear-line.
void AddPart(const Line& part, stored::v1::Publish& event);

}  // namespace tearline::scenarios
