// What may not be written, and what must be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

/// Everything people wrote.
std::vector<SourceFile> WholeTree() {
  return SourceFiles("", {".cc", ".h", ".proto", ".cmake", "CMakeLists.txt", ".textproto", ".md",
                          ".sh", ".json", ".service", "dev", "run", "make-development-certs"});
}

/// Words that name nothing.
bool SaysNothing(const std::string& word) {
  static const std::set<std::string> words = {"util", "utils",  "common",  "base",
                                              "core", "helper", "helpers", "manager",
                                              "misc", "data",   "info",    "impl"};
  return words.contains(word);
}

/// The words of a name, in lower case: "FileSigner" and "file_signer" are "file" and "signer".
std::vector<std::string> WordsOf(const std::string& name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (std::isalnum(c) == 0) {
      words.emplace_back();
      continue;
    }
    const bool after_small = i > 0 && std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    if (std::isupper(c) != 0 && after_small) words.emplace_back();
    words.back() += static_cast<char>(std::tolower(c));
  }
  return words;
}

TEST(House, FileNamesSayWhatIsInside) {
  for (const SourceFile& file : WholeTree()) {
    for (const std::string& word : WordsOf(file.path)) {
      EXPECT_FALSE(SaysNothing(word)) << file.path << ": `" << word << "` names nothing";
    }
  }
}

TEST(House, TypesAndFunctionsSayWhatTheyAre) {
  static const std::regex kNamed(
      R"(\b(?:class|struct|enum class|enum|union|using|namespace|message|service)\s+([A-Za-z_]\w*))");
  // A function of ours, where it is declared: a name, an argument list, in a header, at the start
  // of a declaration.
  static const std::regex kFunction(R"([\w>&*\]]\s+[&*]?([A-Z]\w*)\()");
  // Shapes that others defined: google.rpc.ErrorInfo is what clients of gRPC look for.
  static const std::set<std::string> foreign = {"ErrorInfo", "RpcErrorInfo"};
  for (const char* top : {"broker", "clients", "proto", "tests"}) {
    for (const SourceFile& file : SourceFiles(top, {".cc", ".h", ".proto"})) {
      for (const std::regex& pattern : {kNamed, kFunction}) {
        if (&pattern == &kFunction && !file.IsHeader()) continue;
        for (std::sregex_iterator it(file.code.begin(), file.code.end(), pattern), end; it != end;
             ++it) {
          const std::string name = (*it)[1];
          if (foreign.contains(name)) continue;
          for (const std::string& word : WordsOf(name)) {
            EXPECT_FALSE(SaysNothing(word))
                << file.path << ':' << LineOf(file.code, static_cast<std::size_t>(it->position()))
                << ": `" << name << "`: `" << word << "` names nothing; say what it does";
          }
        }
      }
    }
  }
}

/// Put together here so that this file does not find itself.
std::vector<std::string> WordsForLater() {
  return {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"};
}

TEST(House, NothingIsLeftForLater) {
  for (const SourceFile& file : WholeTree()) {
    for (const std::string& word : WordsForLater()) {
      EXPECT_FALSE(std::regex_search(file.text, std::regex("\\b" + word + "\\b")))
          << file.path << " says " << word << ": do it, or write down that it is missing";
    }
  }
}

TEST(House, NothingKnowsTheMachineItWasWrittenOn) {
  const std::vector<std::string> traces = {std::string("/wo") + "rk/",
                                           std::string("/ho") + "me/",
                                           std::string("/ro") + "ot/",
                                           std::string("/Us") + "ers/",
                                           std::string("/m") + "nt/",
                                           std::string("deb.deb") + "ian.org",
                                           std::string("artif") + "act-registry"};
  for (const SourceFile& file : WholeTree()) {
    for (const std::string& trace : traces) {
      const std::size_t at = file.text.find(trace);
      EXPECT_EQ(at, std::string::npos)
          << file.path << ':' << (at == std::string::npos ? 0 : LineOf(file.text, at)) << " says "
          << trace << ": paths come from arguments, the configuration or CMake";
    }
  }
}

TEST(House, NothingIsVendoredOrGenerated) {
  for (const SourceFile& file :
       SourceFiles("", {".cc", ".h", ".hpp", ".cpp", ".c", ".py", ".go"})) {
    for (const char* place : {"third_party/", "vendor/", "external/", "extern/", "node_modules/"}) {
      EXPECT_EQ(file.path.find(place), std::string::npos)
          << file.path << ": foreign code comes from Debian packages";
    }
    EXPECT_EQ(file.path.find(".pb."), std::string::npos)
        << file.path << ": generated code stays in the build tree";
  }
}

/// A refusal's sentence: lower case, no full stop, like those of every library under us.
TEST(House, RefusalsAreSpokenAlike) {
  static const std::regex kSentence(
      R"re(Refuse\(\s*v1::ERROR_REASON_\w+,\s*((?:"[^"\n]*"\s*)+)\))re");
  for (const SourceFile& file : SourceFiles("broker")) {
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), kSentence), end; it != end;
         ++it) {
      const std::string literals = (*it)[1];
      const int line = LineOf(file.text, static_cast<std::size_t>(it->position()));
      const std::size_t last = literals.rfind('"');
      ASSERT_GE(last, 1U);
      EXPECT_NE(literals[last - 1], '.') << file.path << ':' << line << ": no full stop";
      const bool capital = literals[1] >= 'A' && literals[1] <= 'Z';
      const bool acronym =
          capital && literals.size() > 3 && literals[2] >= 'A' && literals[2] <= 'Z';
      EXPECT_FALSE(capital && !acronym) << file.path << ':' << line << ": begin in lower case";
    }
  }
}

/// Whether a line of a proto declares something.
bool Declares(const std::string& line) {
  static const std::regex kDeclares(
      R"(^\s*(message|enum|service|rpc|oneof)\s.*|^\s*(repeated |optional )?[\w.]+ \w+ = \d+.*;.*|^\s*[A-Z]\w+ = \d+;.*)");
  return std::regex_match(line, kDeclares);
}

/// Whoever reads a proto has nothing else: every message, field, value and call says what it is.
TEST(House, EveryWordOfTheProtosIsExplained) {
  for (const SourceFile& file : SourceFiles("proto", {".proto"})) {
    bool commented = false;
    int number = 0;
    std::size_t begin = 0;
    while (begin < file.text.size()) {
      const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
      const std::string line = file.text.substr(begin, end - begin);
      begin = end + 1;
      ++number;
      if (Declares(line)) {
        EXPECT_TRUE(commented) << file.path << ':' << number
                               << ": say what it is, its unit, its bounds, who sets it";
      }
      const std::size_t first = line.find_first_not_of(' ');
      commented = first != std::string::npos && line.substr(first).starts_with("//");
    }
  }
}

}  // namespace
}  // namespace tearline::house
