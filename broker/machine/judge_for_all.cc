#include "broker/machine/judge_for_all.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"

namespace tearline::machine {

void JudgeForAll(const stored::v1::EventRow& event, Step& step) {
  const policy::EventFacts facts = FactsOf(event, step.batch);
  const std::set<std::string> posts = PostsToJudge(event, step.now_ms(), step.batch);
  // All before any is acted on: who must see to what another was not told depends on who was.
  std::vector<std::pair<std::string, policy::Decision>> decisions;
  for (const std::string& post : posts) {
    decisions.emplace_back(post, Decide(event, facts, post, step));
  }
  for (const auto& [post, decision] : decisions) {
    RememberDecision(decision, event, post, Judging::kFirst, step);
    if (decision.level != v1::LEVEL_WITHHELD) {
      Enqueue(post, event.publish().urgency(), ItemOf(event, decision, step), step);
    }
    OpenObligations(event, post, decision, /*late=*/false, step);
  }
  OfferPublished(event, facts, posts, step);
}

}  // namespace tearline::machine
