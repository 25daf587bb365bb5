#include "broker/config/genesis_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/config/config_files.h"
#include "tests/doubles/run_command.h"
#include "tests/doubles/sample_policy.h"

namespace tearline::config {
namespace {

using testing::HasSubstr;

constexpr char kDirectory[] = R"(
trust_domain: "tearline.example"
log_origin: "tearline.example/audit"
accreditation { tier: TIER_OFFICIAL sensitive: true }
agencies { agency: "probation" kind: AGENCY_KIND_PROBATION
           authority_certificate_file: "certs/probation/ca.pem" area: "london" }
members { agency: "probation" member: "chair" kind: MEMBER_KIND_PERSON }
posts { post: "probation/chair" roles: POST_ROLE_CHAIR holder: "chair" }
)";

const std::string kPolicy = R"(
id: "p" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)" + doubles::ChairsAlone();

class GenesisFileTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    files_ = new ConfigFiles;
    const doubles::CommandOutcome made = doubles::RunCommand(
        {std::string(TEARLINE_SOURCE_DIR) + "/deploy/certs/make-development-certs",
         files_->Path("certs").string(), "--agency", "probation"});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
  }
  static void TearDownTestSuite() {
    delete files_;
    files_ = nullptr;
  }
  Result<stored::v1::Genesis> Load(const std::string& directory, const std::string& policy) {
    files_->Write("directory.textproto", directory);
    files_->Write("policy.textproto", policy);
    return LoadGenesis(files_->Path("directory.textproto"), files_->Path("policy.textproto"));
  }

  static ConfigFiles* files_;
};

ConfigFiles* GenesisFileTest::files_ = nullptr;

TEST_F(GenesisFileTest, HoldsWhatTheFilesSay) {
  const auto genesis = Load(kDirectory, kPolicy);
  ASSERT_TRUE(genesis.ok()) << SentenceOf(genesis.status());
  EXPECT_EQ(genesis->trust_domain(), "tearline.example");
  EXPECT_EQ(genesis->policy_text(), kPolicy);
  ASSERT_EQ(genesis->agencies_size(), 1);
  EXPECT_EQ(genesis->agencies(0).area(), "london");
  EXPECT_EQ(genesis->agencies(0).authority_spki_digest().size(), 32u);
  EXPECT_FALSE(genesis->agencies(0).authority_certificate().empty());
  EXPECT_GT(genesis->agencies(0).authority_valid_until().seconds(), 0)
      << "the machine reads no certificates";
  EXPECT_EQ(genesis->posts(0).post(), "probation/chair");
}

TEST_F(GenesisFileTest, SaysWhichFileIsWrongAndWhere) {
  EXPECT_THAT(SentenceOf(Load("agency", kPolicy).status()),
              HasSubstr("the directory file, line 1"));
  const auto policy = Load(kDirectory, "rules {");
  EXPECT_EQ(ReasonOf(policy.status()), v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_THAT(SentenceOf(policy.status()), HasSubstr("the policy file, line"));
}

TEST_F(GenesisFileTest, RefusesAnAgencyWithoutAnAuthority) {
  std::string directory = kDirectory;
  directory.replace(directory.find("certs/probation/ca.pem"), 22, "policy.textproto");
  const auto garbage = Load(directory, kPolicy);
  EXPECT_EQ(ReasonOf(garbage.status()), v1::ERROR_REASON_CONFIG_INVALID);
  EXPECT_THAT(SentenceOf(garbage.status()), HasSubstr("`agencies[0].authority_certificate_file`"));
  directory.replace(directory.find("policy.textproto"), 16, "missing");
  EXPECT_EQ(ReasonOf(Load(directory, kPolicy).status()), v1::ERROR_REASON_CONFIG_INVALID);
}

}  // namespace
}  // namespace tearline::config
