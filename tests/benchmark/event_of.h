#pragma once

#include <google/protobuf/util/time_util.h>

#include <cstddef>
#include <string>

#include "tearline/v1/publisher_service.pb.h"

namespace tearline::benchmark {

/// What every measurement publishes: an event with 1 KiB of content and a tear-line.
inline constexpr std::size_t kContentBytes = 1024;

/// A record of it, header and sealed segment, in bytes: what a bare loop appends.
inline constexpr std::size_t kRecordBytes = 2048;

/// Such an item, without its request id.
inline v1::PublishItem ItemAbout(const std::string& nominal_id) {
  v1::PublishItem item;
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() = google::protobuf::util::TimeUtil::GetCurrentTime();
  event.set_urgency(v1::URGENCY_ROUTINE);
  v1::Marking& marking = *event.mutable_label()->mutable_marking();
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  event.add_nominals()->set_nominal_id(nominal_id);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain; charset=utf-8");
  segment.set_content(std::string(kContentBytes, 'x'));
  v1::TearLine& tear_line = *event.add_tear_lines();
  tear_line.set_text("Ask the offender manager before the next visit.");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  return item;
}

}  // namespace tearline::benchmark
