#include "tests/population/area.h"

#include <google/protobuf/util/time_util.h>

namespace tearline::population {
namespace {

/// One in so many reports is published before anybody wrote what others may read.
constexpr std::size_t kWithoutTearLine = 3;

v1::Marking Official(bool sensitive) {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(sensitive);
  return marking;
}

void Facts(const Kind& kind, v1::Event& event) {
  if (kind.type == "order.breach.recorded") event.mutable_facts()->set_breach(true);
  if (kind.type == "custody.recall.ordered") {
    event.mutable_facts()->set_custody_change(v1::CUSTODY_CHANGE_RECALLED);
  }
  if (kind.urgency == v1::URGENCY_IMMEDIATE) event.mutable_facts()->set_risk(v1::RISK_IMMINENT);
}

}  // namespace

Desk DeskOf(const Kind& kind) {
  if (kind.source == Source::kProbation) return Desk::kProbation;
  if (kind.source == Source::kPrison) return Desk::kPrison;
  return kind.has_tear_line ? Desk::kIntelligence : Desk::kPolice;
}

v1::Identifier CrnOf(std::size_t person) {
  const std::string place = std::to_string(person % 1'000'000);
  v1::Identifier identifier;
  identifier.set_type(v1::IDENTIFIER_TYPE_CRN);
  identifier.set_value("X" + std::string(6 - place.size(), '0') + place);
  return identifier;
}

std::size_t HappeningsIn(const Population& population, std::size_t days) {
  std::uint64_t in_custody = 0;
  std::uint64_t in_community = 0;
  for (const Kind& kind : Kinds()) {
    in_custody += kind.in_custody;
    in_community += kind.in_community;
  }
  std::uint64_t a_year = 0;  // In thousandths.
  for (std::size_t i = 0; i < population.size().nominals; ++i) {
    a_year += population.PersonAt(i).in_custody ? in_custody : in_community;
  }
  return static_cast<std::size_t>(a_year * days / 365 / 1000);
}

v1::PublishItem ItemOf(const Happening& happening, const std::string& request_id,
                       std::int64_t occurred_ms, const std::string& pointer_post) {
  const Kind& kind = *happening.kind;
  v1::PublishItem item;
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type(std::string(kind.type));
  event.set_urgency(kind.urgency);
  *event.mutable_occurred_at() =
      google::protobuf::util::TimeUtil::MillisecondsToTimestamp(occurred_ms);
  Facts(kind, event);
  v1::Label& label = *event.mutable_label();
  *label.mutable_marking() = Official(kind.sensitive);
  *event.add_nominals()->mutable_identifier() = CrnOf(happening.person);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain; charset=utf-8");
  segment.set_content(WordsOf(happening));
  if (kind.type.starts_with("health.")) segment.add_flags(v1::CONTENT_FLAG_HEALTH_DETAIL);
  const bool is_written =
      kind.has_tear_line && happening.content_bytes % kWithoutTearLine != 0;
  if (DeskOf(kind) == Desk::kIntelligence) label.set_originator_controlled(true);
  if (DeskOf(kind) != Desk::kIntelligence || is_written) {
    label.set_existence_may_be_told(true);
    label.set_pointer_post(pointer_post);
  }
  if (!is_written) return item;
  v1::TearLine& tear_line = *event.add_tear_lines();
  tear_line.set_text(TearLineOf(happening));
  *tear_line.mutable_marking() = Official(kind.sensitive);
  tear_line.mutable_audience()->set_panels(true);
  return item;
}

}  // namespace tearline::population
