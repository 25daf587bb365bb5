#include "broker/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "broker/status/status.h"

namespace tearline::telemetry {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;
using testing::Not;

std::string Exposed() {
  Exposition exposition;
  Expose(exposition);
  return exposition.Text();
}

/// The number behind `sample` and a space; 0 if it is not there.
std::uint64_t ValueOf(const std::string& sample) {
  const std::string text = '\n' + Exposed();
  const std::size_t at = text.find('\n' + sample + ' ');
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + sample.size() + 2));
}

TEST(Metrics, WhatIsCountedIsExposed) {
  const std::string published = "tearline_records_total{command=\"publish\",outcome=\"applied\"}";
  const std::string refused = "tearline_refused_total{reason=\"certificate_revoked\"}";
  const std::uint64_t published_before = ValueOf(published);
  const std::uint64_t refused_before = ValueOf(refused);
  const std::uint64_t released_before = ValueOf("tearline_items_released_total");
  CountRecord(stored::v1::COMMAND_NUMBER_PUBLISH, RecordOutcome::kApplied);
  CountRecord(stored::v1::COMMAND_NUMBER_PUBLISH, RecordOutcome::kRefused);
  CountRefusal(v1::ERROR_REASON_CERTIFICATE_REVOKED);
  Count(Counter::kItemsReleased, 7);
  EXPECT_EQ(ValueOf(published), published_before + 1);
  EXPECT_EQ(ValueOf(refused), refused_before + 1);
  EXPECT_EQ(ValueOf("tearline_items_released_total"), released_before + 7);
}

TEST(Metrics, TimesFallIntoTheirBucketsBoundsIncluded) {
  const std::string fast = "tearline_seal_seconds_bucket{le=\"0.0001\"}";
  const std::string slow = "tearline_seal_seconds_bucket{le=\"10\"}";
  const std::string all = "tearline_seal_seconds_bucket{le=\"+Inf\"}";
  ASSERT_EQ(ValueOf(all), 0U);
  Time(Timing::kSeal, microseconds(0));
  Time(Timing::kSeal, microseconds(100));
  EXPECT_EQ(ValueOf(fast), 2U);
  Time(Timing::kSeal, microseconds(101));
  Time(Timing::kSeal, microseconds(10'000'000));
  EXPECT_EQ(ValueOf(fast), 2U);
  EXPECT_EQ(ValueOf(slow), 4U);
  Time(Timing::kSeal, microseconds(10'000'001));
  EXPECT_EQ(ValueOf(slow), 4U);
  EXPECT_EQ(ValueOf(all), 5U);
  EXPECT_EQ(ValueOf("tearline_seal_seconds_count"), 5U);
  EXPECT_THAT(Exposed(), HasSubstr("tearline_seal_seconds_sum 20.000202\n"));
}

TEST(Metrics, AStopwatchCountsOnce) {
  const std::uint64_t before = ValueOf("tearline_append_seconds_count");
  { const Stopwatch stopwatch(Timing::kAppend); }
  EXPECT_EQ(ValueOf("tearline_append_seconds_count"), before + 1);
}

TEST(Metrics, ManyThreadsLoseNothing) {
  const std::uint64_t before = ValueOf("tearline_items_settled_total");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int turn = 0; turn < 10'000; ++turn) Count(Counter::kItemsSettled);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ValueOf("tearline_items_settled_total"), before + 40'000);
}

TEST(Metrics, ANumberThatIsNotOfTheListIsCountedAsNone) {
  CountRecord(static_cast<stored::v1::CommandNumber>(1'000'000), RecordOutcome::kUnappliable);
  CountRecord(static_cast<stored::v1::CommandNumber>(-1), RecordOutcome::kUnappliable);
  CountRefusal(static_cast<v1::ErrorReason>(1'000'000));
  EXPECT_GE(ValueOf("tearline_records_total{command=\"unspecified\",outcome=\"unappliable\"}"), 2U);
  EXPECT_GE(ValueOf("tearline_refused_total{reason=\"unspecified\"}"), 1U);
}

TEST(Metrics, DecisionsAreCountedByLevel) {
  const std::string withheld = "tearline_decisions_total{level=\"withheld\"}";
  const std::string tear_line = "tearline_decisions_total{level=\"tear_line\"}";
  const std::uint64_t withheld_before = ValueOf(withheld);
  const std::uint64_t tear_line_before = ValueOf(tear_line);
  EXPECT_THAT(Exposed(), HasSubstr(withheld)) << "exposed before anything is decided";
  CountDecisions(v1::LEVEL_WITHHELD, 3);
  CountDecisions(v1::LEVEL_TEAR_LINE, 1);
  CountDecisions(static_cast<v1::Level>(77), 9);
  EXPECT_EQ(ValueOf(withheld), withheld_before + 3);
  EXPECT_EQ(ValueOf(tear_line), tear_line_before + 1);
  const std::string sent = "tearline_sent_total{what=\"pointer\"}";
  const std::uint64_t sent_before = ValueOf(sent);
  CountSent(Sent::kPointer);
  EXPECT_EQ(ValueOf(sent), sent_before + 1);
}

/// Law 9: every label that can ever be exposed is a name of ours with a value of a closed list.
TEST(Metrics, LabelsAreOfClosedVocabularies) {
  for (int number = 0; number < stored::v1::CommandNumber_ARRAYSIZE; ++number) {
    for (int outcome = 0; outcome <= static_cast<int>(RecordOutcome::kUnappliable); ++outcome) {
      CountRecord(static_cast<stored::v1::CommandNumber>(number),
                  static_cast<RecordOutcome>(outcome));
    }
  }
  for (int number = 0; number < v1::ErrorReason_ARRAYSIZE; ++number) {
    CountRefusal(static_cast<v1::ErrorReason>(number));
  }
  const std::set<std::string> allowed = {"command", "outcome", "reason", "le", "level", "what"};
  static const std::regex kWord("[a-z][a-z_]*");
  static const std::regex kBound("[0-9.]+|\\+Inf");
  static const std::regex kLabel("([a-zA-Z_]+)=\"([^\"]*)\"");
  const std::string text = Exposed();
  int labels = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), kLabel), end; it != end; ++it, ++labels) {
    const std::string name = (*it)[1];
    const std::string value = (*it)[2];
    EXPECT_TRUE(allowed.contains(name)) << name;
    EXPECT_TRUE(std::regex_match(value, name == "le" ? kBound : kWord)) << name << ' ' << value;
  }
  EXPECT_GT(labels, 100);
  EXPECT_THAT(text, Not(HasSubstr("=\"\"")));
}

}  // namespace
}  // namespace tearline::telemetry
