#include "tests/population/area.h"
#include "tests/simulation/draw.h"

// What is published: as it happens in the town's population, and now and then as it never would.

namespace tearline::simulation {
namespace {

/// The first of the population: most of what is drawn happens to these.
constexpr std::size_t kFew = 6;

}  // namespace

population::Happening Draw::Happening() {
  while (true) {
    const population::Happening drawn = town_.people().HappeningAt(happened_++);
    if (drawn.person < kFew || dice_.Chance(100)) return drawn;
  }
}

Oracle::People::const_iterator Draw::Known() {
  const auto few = oracle_.people.lower_bound(kFew);
  if (few != oracle_.people.begin() && dice_.Chance(700)) {
    const auto count = static_cast<std::size_t>(std::distance(oracle_.people.begin(), few));
    return std::next(oracle_.people.begin(), static_cast<std::ptrdiff_t>(dice_.Below(count)));
  }
  return AnyOf(oracle_.people, dice_);
}

std::string Draw::KnownNominal() {
  if (dice_.Chance(100)) return dice_.OneOf(oracle_.nominals);
  return model::NominalId::FromBytes(Known()->second)->Text();
}

Intent Draw::Publish(std::int64_t now_ms) {
  if (!published_.empty() && dice_.Chance(180)) {
    Intent again = dice_.OneOf(published_);
    if (dice_.Chance(350)) again.item.mutable_event()->mutable_segments(0)->set_content("other");
    return again;
  }
  Intent anew = PublishAnew(now_ms);
  if (!IsMalformed(anew)) published_.push_back(anew);
  return anew;
}

Intent Draw::PublishAnew(std::int64_t now_ms) {
  Intent intent;
  intent.deed = Deed::kPublish;
  const population::Happening happening = Happening();
  intent.post = town_.PublisherOf(happening);
  intent.item.set_request_id("request-" + std::to_string(++requests_));
  v1::Event& event = *intent.item.mutable_event();
  event.set_event_type(std::string(happening.kind->type));
  event.mutable_occurred_at()->set_seconds(now_ms / 1000 - 600);
  event.set_urgency(happening.kind->urgency);
  if (dice_.Chance(500)) event.set_urgency(static_cast<v1::Urgency>(dice_.Between(1, 3)));
  v1::Marking& marking = *event.mutable_label()->mutable_marking();
  marking.set_sensitive(happening.kind->sensitive);
  marking.set_tier(dice_.Chance(20) ? v1::TIER_SECRET : v1::TIER_OFFICIAL);
  if (dice_.Chance(20)) marking.add_caveats(v1::CAVEAT_UNSPECIFIED);

  intent.item.set_imported(dice_.Chance(10));
  if (!oracle_.people.empty() && dice_.Chance(250)) {
    intent.nominal = dice_.Chance(40) ? kNoNominal : KnownNominal();
    event.add_nominals()->set_nominal_id(intent.nominal);
  }
  if (dice_.Chance(670)) intent.people.push_back(happening.person);
  if (dice_.Chance(330)) intent.people.push_back(Somebody());
  for (const std::size_t person : intent.people) {
    *event.add_nominals()->mutable_identifier() = population::CrnOf(person);
  }
  intent.secret = dice_.Chance(200);
  intent.controlled = dice_.Chance(150);
  event.mutable_label()->set_originator_controlled(intent.controlled);
  for (std::size_t i = dice_.Below(3) + 1; i > 0; --i) {
    v1::Segment& segment = *event.add_segments();
    segment.set_media_type("text/plain");
    segment.set_content("segment of " + intent.item.request_id());
    segment.mutable_content()->resize(happening.content_bytes, 'x');
    for (std::uint32_t place = 0; place < static_cast<std::uint32_t>(event.nominals_size());
         ++place) {
      if (dice_.Chance(400)) segment.add_nominal_indexes(place);
    }
    if (intent.secret && i == 1) segment.add_flags(v1::CONTENT_FLAG_SOURCE_IDENTITY);
  }
  return intent;
}

std::optional<Intent> Draw::OfFlood(std::int64_t now_ms) {
  if (oracle_.reading.case_of.empty()) return std::nullopt;
  Intent intent = PublishAnew(now_ms);
  intent.people.clear();
  intent.secret = false;
  intent.controlled = false;
  intent.item.mutable_event()->mutable_label()->set_originator_controlled(false);
  intent.nominal = model::NominalId::FromBytes(oracle_.reading.case_of.begin()->first)->Text();
  v1::Event& event = *intent.item.mutable_event();
  event.set_urgency(v1::URGENCY_ROUTINE);
  event.clear_nominals();
  event.add_nominals()->set_nominal_id(intent.nominal);
  event.clear_segments();
  event.add_segments()->set_media_type("text/plain");
  event.mutable_segments(0)->set_content("one of many");
  return intent;
}

}  // namespace tearline::simulation
