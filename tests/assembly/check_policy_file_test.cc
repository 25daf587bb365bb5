#include "broker/check_policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/doubles/run_command.h"
#include "tests/doubles/sample_policy.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline {
namespace {

using testing::HasSubstr;

constexpr char kRule[] =
    "id: 'p' version: 1\n"
    "rules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW "
    "when { recipient { seat: SEAT_KIND_CHAIR } } }\n";

class CheckPolicyFileTest : public testing::Test {
 protected:
  std::filesystem::path Write(const std::string& text) {
    const std::filesystem::path path = directory_.path() / "policy.textproto";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  doubles::TemporaryDirectory directory_;
};

TEST_F(CheckPolicyFileTest, AsksWhatIsAskedOfAProposal) {
  EXPECT_TRUE(CheckPolicyFile(Write(kRule + doubles::ChairsAlone())).ok());
  EXPECT_EQ(ReasonOf(CheckPolicyFile(Write(kRule))), v1::ERROR_REASON_POLICY_NOT_COVERED);
  EXPECT_EQ(ReasonOf(CheckPolicyFile(Write("id:"))), v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_FALSE(CheckPolicyFile(directory_.path() / "none").ok());
}

/// An author needs neither a configuration nor a broker.
TEST_F(CheckPolicyFileTest, IsAskedOfTheProgramAlone) {
  const std::string program = std::string(TEARLINE_BINARY_DIR) + "/bin/tearlined";
  const doubles::CommandOutcome right = doubles::RunCommand(
      {program, "--check-policy",
       std::string(TEARLINE_SOURCE_DIR) + "/config/policies/public_protection.textproto"});
  EXPECT_EQ(right.exit_code, 0) << right.errors;
  EXPECT_THAT(right.output, HasSubstr("\ncells "));
  const doubles::CommandOutcome wrong =
      doubles::RunCommand({program, "--check-policy", Write(kRule).string()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.output, HasSubstr("wrong G1: no test or cell of the matrix shows it deciding"));
  EXPECT_THAT(wrong.errors, HasSubstr("POLICY_NOT_COVERED"));
}

}  // namespace
}  // namespace tearline
