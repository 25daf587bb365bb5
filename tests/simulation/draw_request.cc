#include "tests/simulation/draw.h"

namespace tearline::simulation {

/// Somebody of a case, or who keeps it, asks others of it; now and then one who may not, or whom
/// nothing brings in.
std::optional<Intent> Draw::Ask(std::int64_t now_ms) {
  if (oracle_.reading.cases.empty()) return std::nullopt;
  Intent intent;
  intent.deed = Deed::kAsk;
  const auto its_case = AnyOf(oracle_.reading.cases, dice_);
  intent.case_id = its_case->first;
  const std::set<std::string> posts = oracle_.reading.BroughtInBy(its_case->second.nominal);
  const auto one_of_it = [&] {
    return posts.empty() || dice_.Chance(80) ? dice_.OneOf(town_.posts()) : *AnyOf(posts, dice_);
  };
  intent.post = dice_.Chance(400) ? dice_.OneOf(Coordinators()) : one_of_it();
  std::set<std::string> asked;
  for (std::size_t i = dice_.Below(3) + 1; i > 0; --i) asked.insert(one_of_it());
  intent.asked.assign(asked.begin(), asked.end());
  intent.time_ms = now_ms + dice_.Between(-60 * 1000, 3LL * 24 * 60 * 60 * 1000);
  return intent;
}

std::optional<Intent> Draw::Answer() {
  if (oracle_.requests.made.empty()) return std::nullopt;
  const auto request = AnyOf(oracle_.requests.made, dice_);
  Intent intent;
  intent.deed = Deed::kAnswer;
  intent.id = request->first;
  intent.post = AnyOf(request->second.asked, dice_)->first;
  if (dice_.Chance(50)) intent.post = dice_.OneOf(town_.posts());
  intent.as = static_cast<As>(dice_.Below(4));
  intent.amount = static_cast<std::uint32_t>(dice_.Chance(500) ? v1::INFORMATION_OUTCOME_REFUSED
                                                : v1::INFORMATION_OUTCOME_NOTHING_KNOWN);
  return intent;
}

}  // namespace tearline::simulation
