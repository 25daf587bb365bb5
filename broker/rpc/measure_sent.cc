#include "broker/rpc/measure_sent.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>

#include "broker/telemetry/metrics.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using telemetry::Sent;

Sent WhatIs(const v1::Delivery& delivery) {
  if (delivery.has_obligation()) return Sent::kObligation;
  if (delivery.has_access_change()) return Sent::kAccessChange;
  if (delivery.has_access_withdrawn()) return Sent::kAccessWithdrawn;
  switch (delivery.event().level()) {
    case v1::LEVEL_FULL:
      return Sent::kFull;
    case v1::LEVEL_TEAR_LINE:
      return Sent::kTearLine;
    default:
      return Sent::kPointer;
  }
}

}  // namespace

void MeasureSent(const google::protobuf::RepeatedPtrField<v1::Delivery>& deliveries,
                 std::int64_t now_ms) {
  for (const v1::Delivery& delivery : deliveries) {
    telemetry::CountSent(WhatIs(delivery));
    const std::int64_t queued_ms = TimeUtil::TimestampToMilliseconds(delivery.queued_at());
    telemetry::Time(telemetry::Timing::kFeedLag, std::chrono::milliseconds(now_ms - queued_ms));
  }
}

}  // namespace tearline::rpc
