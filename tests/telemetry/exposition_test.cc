#include "broker/telemetry/exposition.h"

#include <gtest/gtest.h>

namespace tearline::telemetry {
namespace {

TEST(Exposition, SaysFamiliesAndTheirSamplesAsPrometheusReadsThem) {
  Exposition exposition;
  exposition.Family("tearline_things_total", "Things.", FamilyKind::kCounter);
  exposition.Sample(0);
  exposition.Sample(18'446'744'073'709'551'615U, {{"kind", "round"}, {"size", "1"}});
  exposition.Family("tearline_age_seconds", "Age.", FamilyKind::kGauge);
  exposition.SampleSeconds(1'500'000);
  exposition.Family("tearline_took_seconds", "Took.", FamilyKind::kHistogram);
  exposition.Sample(3, {{"le", "+Inf"}}, "_bucket");
  EXPECT_EQ(exposition.Text(),
            "# HELP tearline_things_total Things.\n"
            "# TYPE tearline_things_total counter\n"
            "tearline_things_total 0\n"
            "tearline_things_total{kind=\"round\",size=\"1\"} 18446744073709551615\n"
            "# HELP tearline_age_seconds Age.\n"
            "# TYPE tearline_age_seconds gauge\n"
            "tearline_age_seconds 1.5\n"
            "# HELP tearline_took_seconds Took.\n"
            "# TYPE tearline_took_seconds histogram\n"
            "tearline_took_seconds_bucket{le=\"+Inf\"} 3\n");
}

TEST(Exposition, SecondsHaveNoZerosAtTheirEnd) {
  struct Row {
    std::uint64_t microseconds;
    const char* text;
  };
  const Row rows[] = {
      {0, "0"},         {1, "0.000001"},    {250, "0.00025"},        {100'000, "0.1"},
      {1'000'000, "1"}, {10'000'000, "10"}, {1'000'001, "1.000001"}, {2'500'000, "2.5"}};
  for (const Row& row : rows) EXPECT_EQ(SecondsText(row.microseconds), row.text);
}

TEST(ExpositionDeathTest, AValueThatWouldBreakOutOfItsQuotesStops) {
  Exposition exposition;
  exposition.Family("tearline_things_total", "Things.", FamilyKind::kCounter);
  EXPECT_DEATH(exposition.Sample(1, {{"kind", "a\"b"}}), "needs no escaping");
}

}  // namespace
}  // namespace tearline::telemetry
