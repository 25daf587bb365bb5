#include "broker/policy/report_writer.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace tearline::policy {
namespace {

struct Row {
  const char* policy;
  bool speaks;
};

constexpr Row kRows[] = {
    {"", false},
    {"rules { id: 'G1' }", false},
    {"rules { when { recipient { case_function: CASE_FUNCTION_POLICE_OF_HOME } } }", false},
    {"rules { when { recipient { case_function: [ CASE_FUNCTION_POLICE_OF_HOME, "
     "CASE_FUNCTION_REPORT_WRITER ] } } }",
     true},
    {"rules { id: 'G1' } rules { when { all { none { any { recipient { case_function: "
     "CASE_FUNCTION_REPORT_WRITER } } } } } }",
     true},
    {"samples { cases { named_posts { function: CASE_FUNCTION_POLICE_OF_HOME } } }", false},
    {"samples { cases {} cases { named_posts { function: CASE_FUNCTION_REPORT_WRITER } } }", true},
};

TEST(ReportWriter, IsSpokenOfByRulesAndSamples) {
  for (const Row& row : kRows) {
    v1::Policy policy;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(row.policy, &policy)) << row.policy;
    EXPECT_EQ(SpeaksOfReportWriters(policy), row.speaks) << row.policy;
  }
}

}  // namespace
}  // namespace tearline::policy
