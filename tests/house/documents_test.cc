// Documentation is checked like code: what it points at is there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

/// A path from the top of the tree that some text names, and where.
struct Named {
  std::string path;
  int line = 0;
};

/// Paths that begin with one of our directories and end in a file's ending or a slash. Posts, too,
/// are written with a slash ("broker/operator"); they have no ending.
std::vector<Named> PathsNamedIn(const std::string& text) {
  static const std::regex kPath(
      R"((^|[^\w/.\-$}])((?:broker|proto|clients|config|tests|deploy|docs|cmake)/[\w./\-]*))");
  static const std::regex kIsPath(R"(.*(/|\.(cc|h|md|proto|textproto|cmake|txt|sh|service|json)))");
  std::vector<Named> named;
  for (std::sregex_iterator it(text.begin(), text.end(), kPath), end; it != end; ++it) {
    std::string path = (*it)[2];
    while (path.ends_with('.') || path.ends_with('-')) path.pop_back();
    if (!std::regex_match(path, kIsPath)) continue;
    named.push_back({path, LineOf(text, static_cast<std::size_t>(it->position(2)))});
  }
  return named;
}

TEST(House, TheWalksInTheDocsNameFilesThatExist) {
  std::vector<SourceFile> documents = SourceFiles("", {".md"});
  ASSERT_GE(documents.size(), 10U);
  for (const SourceFile& document : documents) {
    for (const Named& named : PathsNamedIn(document.text)) {
      EXPECT_TRUE(Exists(named.path))
          << document.path << ':' << named.line << " names " << named.path
          << ", which is not there: follow the code, or take the sentence out";
    }
  }
}

TEST(House, CommentsPointAtFilesThatExist) {
  for (const char* top : {"broker", "clients", "proto", "config", "cmake", "tests", "deploy"}) {
    for (const SourceFile& file :
         SourceFiles(top, {".cc", ".h", ".proto", ".textproto", ".cmake", "CMakeLists.txt"})) {
      if (file.path.starts_with("tests/house/")) continue;  // Speaks of files that must not be.
      for (const Named& named : PathsNamedIn(file.text)) {
        const bool beside_proto = Exists("proto/" + named.path);
        EXPECT_TRUE(Exists(named.path) || beside_proto)
            << file.path << ':' << named.line << " points at " << named.path
            << ", which is not there";
      }
    }
  }
}

/// Links of the form [text](path), from where the document lies.
TEST(House, LinksLeadSomewhere) {
  static const std::regex kLink(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  for (const SourceFile& document : SourceFiles("", {".md"})) {
    const std::size_t slash = document.path.rfind('/');
    const std::string directory =
        slash == std::string::npos ? "" : document.path.substr(0, slash + 1);
    for (std::sregex_iterator it(document.text.begin(), document.text.end(), kLink), end; it != end;
         ++it) {
      const std::string target = (*it)[1];
      if (target.find("://") != std::string::npos) continue;
      EXPECT_TRUE(Exists(directory + target))
          << document.path << ':' << LineOf(document.text, static_cast<std::size_t>(it->position()))
          << " links to " << target << ", which is not there";
    }
  }
}

TEST(House, EveryPromiseSaysWhereItIsKept) {
  const SourceFile architecture = ReadSourceFile("ARCHITECTURE.md");
  for (int promise = 1; promise <= 10; ++promise) {
    EXPECT_NE(architecture.text.find("**P" + std::to_string(promise) + "**"), std::string::npos)
        << "ARCHITECTURE.md says nothing of P" << promise;
  }
  for (const std::string& room : RoomsOf("broker")) {
    EXPECT_NE(architecture.text.find(room), std::string::npos)
        << "ARCHITECTURE.md does not know the room `" << room << "`";
  }
}

TEST(House, DecisionsAreNumberedWithoutGaps) {
  const std::vector<SourceFile> decisions = SourceFiles("docs/decisions", {".md"});
  ASSERT_FALSE(decisions.empty());
  int expected = 0;
  for (const SourceFile& decision : decisions) {
    if (decision.Name() == "README.md") continue;
    ++expected;
    EXPECT_EQ(std::atoi(decision.Name().substr(0, 4).c_str()), expected) << decision.path;
    for (const char* part : {"Status:", "## Context", "## Decision", "## Consequence"}) {
      EXPECT_NE(decision.text.find(part), std::string::npos)
          << decision.path << " has no `" << part << "`";
    }
  }
}

}  // namespace
}  // namespace tearline::house
