#include "broker/rpc/measure_sent.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "broker/telemetry/metrics.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

/// The number behind `sample` and a space.
std::uint64_t ValueOf(const std::string& sample) {
  telemetry::Exposition exposition;
  telemetry::Expose(exposition);
  const std::string text = '\n' + exposition.Text();
  const std::size_t at = text.find('\n' + sample + ' ');
  EXPECT_NE(at, std::string::npos) << sample;
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + sample.size() + 2));
}

TEST(MeasureSent, CountsWhatWasSentAndHowLongItWasOnItsWay) {
  constexpr std::int64_t kNowMs = 1'800'000'000'000;
  google::protobuf::RepeatedPtrField<v1::Delivery> deliveries;
  const auto add = [&deliveries](std::int64_t lag_ms) -> v1::Delivery& {
    v1::Delivery& delivery = *deliveries.Add();
    *delivery.mutable_queued_at() = TimeUtil::MillisecondsToTimestamp(kNowMs - lag_ms);
    return delivery;
  };
  add(1).mutable_event()->set_level(v1::LEVEL_FULL);
  add(1).mutable_event()->set_level(v1::LEVEL_TEAR_LINE);
  add(600).mutable_event()->set_level(v1::LEVEL_POINTER);
  add(20'000).mutable_obligation();
  add(-5).mutable_access_change();  // clocks of two threads may be read in any order
  add(1).mutable_access_withdrawn();

  const char* const words[] = {"full",       "tear_line",     "pointer",
                               "obligation", "access_change", "access_withdrawn"};
  std::map<std::string, std::uint64_t> expected;  // after, by sample
  for (const char* word : words)
    expected["tearline_sent_total{what=\"" + std::string(word) + "\"}"] = 1;
  for (const auto& [bound, items] :
       {std::pair("0.0001", 1), std::pair("0.001", 4), std::pair("1", 5), std::pair("+Inf", 6)}) {
    expected["tearline_feed_lag_seconds_bucket{le=\"" + std::string(bound) + "\"}"] =
        static_cast<std::uint64_t>(items);
  }
  for (auto& [sample, value] : expected) value += ValueOf(sample);
  MeasureSent(deliveries, kNowMs);
  for (const auto& [sample, value] : expected) EXPECT_EQ(ValueOf(sample), value) << sample;
}

}  // namespace
}  // namespace tearline::rpc
