// Every file has its measure, its test, its room and its readme (laws 1 and 2).
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

constexpr int kFileLinesMax = 400;
constexpr int kFunctionLinesMax = 70;
constexpr int kReadmeLinesMax = 15;

TEST(House, NoFileIsLongerThanOneIdea) {
  for (const char* top : {"broker", "clients", "tests", "cmake", "deploy"}) {
    for (const SourceFile& file : SourceFiles(top, {".cc", ".h", ".cmake", ".sh"})) {
      EXPECT_LE(file.Lines(), kFileLinesMax) << file.path << ": part it by idea; aim at 150 lines";
    }
  }
}

TEST(House, NoFunctionIsLongerThanAScreen) {
  for (const char* top : {"broker", "clients", "tests"}) {
    for (const SourceFile& file : SourceFiles(top)) {
      for (const FunctionBody& body : FunctionBodies(file.code)) {
        EXPECT_LE(body.lines, kFunctionLinesMax)
            << file.path << ':' << body.line << ": give its steps names and functions of their own";
      }
    }
  }
}

TEST(House, EveryRoomHasItsReadme) {
  for (const std::string top : {"broker", "clients"}) {
    for (const std::string& room : RoomsOf(top)) {
      if (SourceFiles(top + "/" + room).empty()) continue;  // Nobody has moved in.
      const SourceFile readme = ReadSourceFile(top + "/" + room + "/README.md");
      EXPECT_FALSE(readme.text.empty()) << top << '/' << room << " needs a README.md: what it is, "
                                        << "what is in it, what it never does";
      EXPECT_LE(readme.Lines(), kReadmeLinesMax) << readme.path << ": the rest belongs in docs/";
    }
  }
}

constexpr const char* kOverTheWire =
    "a service's calls: asked over the wire by tests/rpc/server_test.cc and tests/end_to_end";

/// Why a file has no test of its own name. Short on purpose; a new row needs a reason that a
/// stranger would accept.
const std::map<std::string, std::string>& WithoutMirror() {
  static const std::map<std::string, std::string> reasons = {
      {"broker/clock/system_clock.cc", "asks the machine; whatever it answers is right"},
      {"broker/rpc/auditing.cc", kOverTheWire},
      {"broker/rpc/cases.cc", kOverTheWire},
      {"broker/rpc/directory.cc", kOverTheWire},
      {"broker/rpc/leaf_stream.cc", kOverTheWire},
      {"broker/rpc/nominals.cc", kOverTheWire},
      {"broker/rpc/policies.cc", kOverTheWire},
      {"broker/rpc/publisher.cc", kOverTheWire},
      {"broker/rpc/subscriber.cc", kOverTheWire},
      {"broker/rpc/tree.cc", kOverTheWire},
      {"broker/rpc/who_was_told.cc", kOverTheWire},
      {"broker/rpc/door.cc", "what every call goes through: tests/rpc/server_test.cc"},
  };
  return reasons;
}

TEST(House, EverySourceFileHasItsTest) {
  for (const SourceFile& file : SourceFiles("broker", {".cc"})) {
    const std::string room = file.Room();
    if (room.empty() || WithoutMirror().contains(file.path)) continue;
    const std::string stem = file.Name().substr(0, file.Name().size() - 3);
    const std::string mirror = "tests/" + room + "/" + stem + "_test.cc";
    EXPECT_TRUE(Exists(mirror)) << file.path << " has no " << mirror
                                << ": what it promises, nobody tries to break";
  }
}

TEST(House, ExceptionsAreStillNeeded) {
  for (const auto& [path, reason] : WithoutMirror()) {
    EXPECT_TRUE(Exists(path)) << path << " is gone; take its exception away";
  }
}

/// What CMake does not name is not compiled; it only looks as if it were.
TEST(House, EverySourceFileIsBuilt) {
  for (const char* top : {"broker", "clients", "tests"}) {
    for (const SourceFile& file : SourceFiles(top, {".cc"})) {
      // Its own directory's list, or that of one above it.
      const std::size_t top_end = std::string(top).size();
      std::string directory = file.path.substr(0, file.path.rfind('/'));
      bool built = false;
      while (!built) {
        const SourceFile list = ReadSourceFile(directory + "/CMakeLists.txt");
        built = list.text.find(file.Name()) != std::string::npos;
        if (directory.size() <= top_end) break;
        directory = directory.substr(0, directory.rfind('/'));
      }
      EXPECT_TRUE(built) << file.path << " is in no CMakeLists.txt";
    }
  }
}

}  // namespace
}  // namespace tearline::house
