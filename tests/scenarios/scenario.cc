#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tearline::scenarios {

std::vector<std::string> Line::After(const std::string& name,
                                     const std::vector<std::string>& names) const {
  std::vector<std::string> after;
  auto word = std::find(words.begin(), words.end(), name);
  if (word == words.end()) return after;
  for (++word; word != words.end() && std::find(names.begin(), names.end(), *word) == names.end();
       ++word) {
    after.push_back(*word);
  }
  return after;
}

std::string Line::WordAfter(const std::string& name) const {
  const auto word = std::find(words.begin(), words.end(), name);
  return word == words.end() || std::next(word) == words.end() ? "" : *std::next(word);
}

bool Line::Has(const std::string& name) const {
  return std::find(words.begin(), words.end(), name) != words.end();
}

std::vector<Line> ReadScenario(const std::string& text) {
  std::vector<Line> lines;
  std::istringstream stream(text);
  std::string raw;
  for (int number = 1; std::getline(stream, raw); ++number) {
    raw = raw.substr(0, raw.find('#'));
    std::istringstream words(raw);
    Line line;
    line.number = number;
    if (!(words >> line.verb)) continue;
    for (std::string word; words >> word;) line.words.push_back(word);
    if (raw.front() != ' ') {
      lines.push_back(std::move(line));
    } else if (lines.empty()) {
      throw std::invalid_argument("line " + std::to_string(number) + " belongs under another");
    } else {
      lines.back().under.push_back(std::move(line));
    }
  }
  return lines;
}

std::vector<std::string> Stories() {
  std::vector<std::string> stories;
  for (const auto& entry :
       std::filesystem::directory_iterator(TEARLINE_SOURCE_DIR "/tests/scenarios")) {
    if (entry.path().extension() == ".scenario") stories.push_back(entry.path().stem().string());
  }
  std::sort(stories.begin(), stories.end());
  return stories;
}

std::vector<Line> Story(const std::string& name) {
  std::ifstream file(std::string(TEARLINE_SOURCE_DIR "/tests/scenarios/") + name + ".scenario");
  std::stringstream text;
  text << file.rdbuf();
  return ReadScenario(text.str());
}

}  // namespace tearline::scenarios
