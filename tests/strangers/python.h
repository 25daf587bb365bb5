#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"
#include "tests/strangers/has_python.h"

namespace tearline::strangers {

/// verify.py was written from docs/verifying.md alone: that the page suffices is tested here, and
/// that two verifiers agree on what is good and what is bent. Skipped, and says so, without
/// python3.
class Python : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasPython()) GTEST_SKIP() << "no python3 of at least 3.9: NOT TESTED";
  }
  /// Whether the script verifies it, under the log's key and those given.
  bool Verifies(const std::string& what, const std::string& path,
                const std::string& witness_key = "") {
    return Says(what + " '" + path + "' '" + log_.VerifierKeyText() + "' " + witness_key);
  }
  /// Whether it ends with 0, given these words.
  bool Says(const std::string& words) { return Runs("verify.py", words); }
  /// The same of another script beside it.
  bool Runs(const std::string& script, const std::string& words) {
    const std::string command = "python3 -B '" TEARLINE_SOURCE_DIR "/tests/strangers/" + script +
                                "' " + words + " > '" + workplace_.Path("said") + "' 2>&1";
    const int status = std::system(command.c_str());
    said_ = doubles::FileBytes(workplace_.Path("said"));
    // A script that fell over has judged nothing.
    EXPECT_EQ(said_.find("Traceback"), std::string::npos) << said_;
    return status == 0;
  }

  doubles::Workplace workplace_;
  doubles::InventedLog log_;
  std::string said_;
};

}  // namespace tearline::strangers
