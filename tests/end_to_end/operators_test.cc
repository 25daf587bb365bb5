#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/clients/run_tearline.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using doubles::RunTearline;
using testing::HasSubstr;
using testing::StartsWith;

/// What an operator does and sees, with the shipped programs.
class Operators : public testing::Test {
 protected:
  Ended Say(const std::string& member, const std::string& post, const std::string& words) const {
    return RunTearline(words + " --profile " + stage_.ProfileOf(member, post).string());
  }
  Ended Metrics(const std::string& member, const std::string& post) const {
    return Say(member, post, "metrics --server " + stage_.admin_address());
  }

  const doubles::TemporaryDirectory directory_;
  Stage stage_{
      StagePlace{.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
                 .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                 .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                 .directory = directory_.path()}};
};

TEST_F(Operators, ReadMetricsWhichNobodyElseCan) {
  const Ended ended = Metrics("office/keeper", "office/operator");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\ntearline_part_up{part=\"ledger\"} 1\n"));
  EXPECT_THAT(ended.out, HasSubstr("\ntearline_ledger_records "));
  EXPECT_THAT(ended.out, HasSubstr("\ntearline_append_seconds_bucket{le=\"+Inf\"} "));
  EXPECT_EQ(Metrics("police/feeder", "police/intelligence").code, 1);
}

/// SIGHUP is what `systemctl reload` sends.
TEST_F(Operators, RevokeACertificateWithoutARestart) {
  EXPECT_EQ(Say("police/feeder", "police/intelligence", "directory list").code, 0);
  stage_.Revoke("police/feeder");
  Ended refused;
  for (int tries = 0; tries < 100 && refused.code != 1; ++tries) {
    refused = Say("police/feeder", "police/intelligence", "directory list");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, StartsWith("refused  CERTIFICATE_REVOKED\n"));
  EXPECT_EQ(Say("police/officer", "police/accountable", "directory list").code, 0);
  EXPECT_THAT(Metrics("office/keeper", "office/operator").out,
              HasSubstr("tearline_refused_total{reason=\"certificate_revoked\"} "));
}

}  // namespace
}  // namespace tearline::end_to_end
