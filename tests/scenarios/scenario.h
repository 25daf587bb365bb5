#pragma once

#include <string>
#include <vector>

namespace tearline::scenarios {

/// One line of a story: a verb and its words, and the indented lines below it.
struct Line {
  std::string verb;
  std::vector<std::string> words;
  std::vector<Line> under;
  int number = 0;  ///< In its file, from 1.

  /// The words behind `name`, up to the next of `names`; nothing if it is not there.
  std::vector<std::string> After(const std::string& name,
                                 const std::vector<std::string>& names) const;
  /// The one word behind `name`; "" if it is not there.
  std::string WordAfter(const std::string& name) const;
  bool Has(const std::string& name) const;
};

/// Reads a story: a line each, indented lines under the one before, "#" begins a remark.
std::vector<Line> ReadScenario(const std::string& text);

/// The names of all stories, and one of them: tests/scenarios/NAME.scenario.
std::vector<std::string> Stories();
std::vector<Line> Story(const std::string& name);

}  // namespace tearline::scenarios
