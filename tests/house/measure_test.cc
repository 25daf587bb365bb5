// Every file has its measure, its test, its room and its readme (laws 1 and 2).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
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

/// Limits that no test can stand on both sides of, and why.
const std::map<std::string, std::string>& WithoutTest() {
  static const std::map<std::string, std::string> reasons = {
      {"kHeadFileLagMax", "a time that passes, and no test waits for one"},
      {"kPolicyAnalysisStepsMax",
       "steps of a procedure: Analysis.SaysWhenRulesAreTooEntangled is beyond them, "
       "WorkedPolicy.MayBeProposed within"},
      {"kSealOverheadBytes", "what sealing adds, not a limit"},
  };
  return reasons;
}

/// Law 6: a limit is a promise, and its test stands on both sides of it. A number in a test that is
/// meant to be the limit would go on passing when the limit moves.
TEST(House, EveryLimitIsNamedByATest) {
  const SourceFile limits = ReadSourceFile("broker/model/limits.h");
  const std::vector<SourceFile> tests = SourceFiles("tests", {".cc"});
  const std::regex limit(R"(inline constexpr [\w:]+ (k\w+))");
  int found = 0;
  for (std::sregex_iterator each(limits.code.begin(), limits.code.end(), limit), end; each != end;
       ++each) {
    const std::string name = (*each)[1].str();
    ++found;
    if (WithoutTest().contains(name)) continue;
    EXPECT_TRUE(
        std::any_of(tests.begin(), tests.end(),
                    [&name](const SourceFile& file) { return file.FirstLineWithWord(name) != 0; }))
        << name << " is named by no test: add one on each side of it";
  }
  EXPECT_GT(found, 50) << "the limits are read";
}

/// Law 10. What holds from a version that no record is written under holds never: it would be found
/// only when somebody wondered why.
TEST(House, NothingHoldsFromAVersionThatIsNotThere) {
  const std::regex version(R"(constexpr std::uint16_t k(\w+) = (\d+);)");
  const auto versions_in = [&version](const SourceFile& file) {
    std::map<std::string, int> found;
    for (std::sregex_iterator each(file.code.begin(), file.code.end(), version), end; each != end;
         ++each) {
      found[(*each)[1].str()] = std::stoi((*each)[2].str());
    }
    return found;
  };
  const int newest = versions_in(ReadSourceFile("broker/machine/machine.h"))["BehaviourVersion"];
  ASSERT_GE(newest, 9);
  int gates = 0;
  for (const SourceFile& file : SourceFiles("broker")) {
    for (const auto& [name, from] : versions_in(file)) {
      if (!name.ends_with("From")) continue;
      ++gates;
      EXPECT_LE(from, newest) << file.path << ": k" << name << " is ahead of kBehaviourVersion";
    }
  }
  EXPECT_GT(gates, 30) << "the gates are read";
}

constexpr const char* kOverTheWire =
    "a service's calls: asked over the wire by tests/rpc/server_test.cc and tests/end_to_end";

constexpr const char* kAsAProgram = "run as a program by tests/assembly and tests/end_to_end";

/// Why a file has no test of its own name. Short on purpose; a new row needs a reason that a
/// stranger would accept.
const std::map<std::string, std::string>& WithoutMirror() {
  static const std::map<std::string, std::string> reasons = {
      {"broker/rpc/cases.cc", kOverTheWire},
      {"broker/rpc/directory.cc", kOverTheWire},
      {"broker/rpc/leaf_stream.cc", kOverTheWire},
      {"broker/rpc/nominals.cc", kOverTheWire},
      {"broker/rpc/examine_policy.cc", kOverTheWire},
      {"broker/rpc/simulation_stream.cc", kOverTheWire},
      {"broker/rpc/publisher.cc", kOverTheWire},
      {"broker/rpc/subscriber.cc", kOverTheWire},
      {"broker/rpc/tree.cc", kOverTheWire},
      {"broker/main.cc", kAsAProgram},
      {"broker/stop_signals.cc", kAsAProgram},
      {"broker/stores.cc", "opens what other rooms hold: tests/assembly/broker_test.cc"},
      {"broker/rpc/reflection.cc", "who serves it and who does not: tests/rpc/admin_test.cc"},
  };
  return reasons;
}

/// Where the test of a source file stands; that of the assembly's in tests/assembly/.
std::string MirrorOf(const std::string& path) {
  const std::size_t name = path.rfind('/') + 1;
  const std::string room = name == 7 ? "assembly/" : path.substr(7, name - 7);
  return "tests/" + room + path.substr(name, path.size() - name - 3) + "_test.cc";
}

TEST(House, EverySourceFileHasItsTest) {
  for (const SourceFile& file : SourceFiles("broker", {".cc"})) {
    if (WithoutMirror().contains(file.path)) continue;
    const std::string mirror = MirrorOf(file.path);
    EXPECT_TRUE(Exists(mirror)) << file.path << " has no " << mirror
                                << ": what it promises, nobody tries to break";
  }
}

TEST(House, ExceptionsAreStillNeeded) {
  for (const auto& [path, reason] : WithoutMirror()) {
    EXPECT_TRUE(Exists(path)) << path << " is gone; take its exception away";
    EXPECT_FALSE(Exists(MirrorOf(path))) << path << " has its test; take its exception away";
    EXPECT_FALSE(reason.empty());
  }
}

/// What CMake does not name is not compiled; it only looks as if it were.
TEST(House, EverySourceFileIsBuilt) {
  for (const char* top : {"broker", "clients", "tests"}) {
    for (const SourceFile& file : SourceFiles(top, {".cc"})) {
      // Its own directory's list, or that of one above it.
      const std::size_t top_end = std::string(top).size();
      std::string directory = file.path.substr(0, file.path.rfind('/'));
      // A program of one file may be named by its target alone: tests/fuzz.
      const std::string target = "(" + file.Name().substr(0, file.Name().size() - 3) + " ";
      bool built = false;
      while (!built) {
        const SourceFile list = ReadSourceFile(directory + "/CMakeLists.txt");
        built = list.text.find(file.Name()) != std::string::npos ||
                list.text.find(target) != std::string::npos;
        if (directory.size() <= top_end) break;
        directory = directory.substr(0, directory.rfind('/'));
      }
      EXPECT_TRUE(built) << file.path << " is in no CMakeLists.txt";
    }
  }
}

}  // namespace
}  // namespace tearline::house
