#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tearline::telemetry {

/// What a family of samples is.
enum class FamilyKind : std::uint8_t { kCounter, kGauge, kHistogram };

/// Measurements as text, in the format that Prometheus reads. Names and values of labels are words
/// of ours or numbers; nothing else may be given (law 9).
///
/// Source: the text-based exposition format of Prometheus, version 0.0.4.
class Exposition {
 public:
  /// Begins a family; the samples that follow are its.
  ///
  /// Requires: `name` is of a-z, 0-9 and "_"; `help` is one line without backslashes.
  void Family(std::string_view name, std::string_view help, FamilyKind kind);

  /// A sample of the family begun last; `suffix` is what a histogram adds to its name.
  ///
  /// Requires: a label's value has no quote, backslash or line end.
  using Labels = std::vector<std::pair<std::string, std::string>>;
  void Sample(std::uint64_t value, const Labels& labels = {}, std::string_view suffix = "");

  /// The same for a time, told in seconds.
  void SampleSeconds(std::uint64_t microseconds, const Labels& labels = {},
                     std::string_view suffix = "");

  /// All that was said.
  const std::string& Text() const { return text_; }

 private:
  void Write(const std::string& number, const Labels& labels, std::string_view suffix);

  std::string family_;
  std::string text_;
};

/// `microseconds` in seconds, as a decimal number without zeros at its end: "0.0025".
[[nodiscard]] std::string SecondsText(std::uint64_t microseconds);

}  // namespace tearline::telemetry
