#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

/// What a brace opens: a place where functions stand, a function, or something within either.
enum class Opens { kContainer, kFunction, kOther };

/// Judged by what stands between the last `;`, `{` or `}` and the brace.
Opens WhatOpens(const std::string& before, bool in_container) {
  static const std::regex kHoldsFunctions(
      R"((^|[\s>])(namespace|class|struct|union|extern)\b[^()=]*$|^\s*extern\b)");
  static const std::regex kInitialises(R"([=,(\[]\s*$)");
  if (!in_container) return Opens::kOther;
  if (std::regex_search(before, kHoldsFunctions)) return Opens::kContainer;
  if (before.find(')') == std::string::npos) return Opens::kOther;
  return std::regex_search(before, kInitialises) ? Opens::kOther : Opens::kFunction;
}

/// Preprocessor lines made blank: their braces need not pair.
std::string WithoutDirectives(std::string_view code) {
  std::string left(code);
  bool directive = false;
  bool line_begins = true;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (line_begins && left[i] == '#') directive = true;
    line_begins = left[i] == '\n';
    if (left[i] == '\n' && (i == 0 || code[i - 1] != '\\')) directive = false;
    if (directive && left[i] != '\n') left[i] = ' ';
  }
  return left;
}

}  // namespace

std::vector<FunctionBody> FunctionBodies(std::string_view code) {
  const std::string text = WithoutDirectives(code);
  std::vector<FunctionBody> bodies;
  std::vector<Opens> open;
  std::string before;
  int line = 1;
  int first_line = 0;      // Of the function that is open.
  bool continues = false;  // A member initialised in braces was taken for a body: go on.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (c == '{') {
      const bool in_container = open.empty() || open.back() == Opens::kContainer;
      Opens what = WhatOpens(before, in_container);
      if (in_container && continues) what = Opens::kFunction;
      if (what == Opens::kFunction) first_line = line;
      continues = false;
      open.push_back(what);
      before.clear();
    } else if (c == '}') {
      if (!open.empty() && open.back() == Opens::kFunction) {
        const std::size_t next = text.find_first_not_of(" \n", i + 1);
        continues = next != std::string::npos && (text[next] == ',' || text[next] == '{');
        if (!continues) bodies.push_back({first_line, line - first_line + 1});
      }
      if (!open.empty()) open.pop_back();
      before.clear();
    } else if (c == ';') {
      before.clear();
    } else {
      before += c;
    }
  }
  return bodies;
}

}  // namespace tearline::house
