#include <algorithm>

#include "tests/simulation/draw.h"

// Posts that are given up, and posts that come to do their work.

namespace tearline::simulation {
namespace {

/// Posts for which nobody is named at once: a town in which nobody acts shows nothing.
constexpr std::size_t kVacantMost = 3;

}  // namespace

/// One is given up, or comes back; or one that could do the work of a dead one is made ready for
/// that, and then does it.
Intent Draw::OfPost() {
  const Reading& reading = oracle_.reading;
  Intent intent;
  intent.deed = Deed::kSetPost;
  intent.post = dice_.OneOf(Operators());
  intent.holder = dice_.Chance(700) ? As::kHolder : As::kRelief;
  std::vector<std::string> with_work;
  std::vector<std::string> dead;
  for (const std::string& post : town_.posts()) {
    if (town_.CapabilitiesOf(post).empty()) continue;
    with_work.push_back(post);
    if (reading.Dead(post)) dead.push_back(post);
  }
  intent.other_post = dice_.OneOf(with_work);
  if (!reading.vacant.empty() && dice_.Chance(200)) {
    intent.other_post = *AnyOf(reading.vacant, dice_);
    return intent;
  }
  if (dead.empty() || dice_.Chance(250)) {
    intent.vacant = reading.vacant.size() < kVacantMost && dice_.Chance(800);
    intent.idle = dice_.Chance(100);
    return intent;
  }
  const std::string& left = dice_.OneOf(dead);
  for (int i = 0; i < 8; ++i) {
    const std::string& other = dice_.OneOf(with_work);
    const auto& theirs = town_.CapabilitiesOf(left);
    const auto& its = town_.CapabilitiesOf(other);
    if (other == left || AgencyOf(other) != AgencyOf(left) ||
        !std::includes(its.begin(), its.end(), theirs.begin(), theirs.end())) {
      continue;
    }
    intent.other_post = other;
    // Who does it already comes to do it no more, now and then.
    const bool ready = reading.idle.contains(other) || reading.Dead(other);
    intent.idle = !ready && (reading.WhoDoesTheWorkOf(left).empty() || dice_.Chance(200));
    break;
  }
  return intent;
}

}  // namespace tearline::simulation
