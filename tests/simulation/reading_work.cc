#include <algorithm>

#include "tests/simulation/reading.h"

// Whose work is done by whom, and as what that one is judged meanwhile.

namespace tearline::simulation {

std::set<v1::Capability> Reading::AnswersFor(const std::string& post) const {
  return idle.contains(post) ? std::set<v1::Capability>() : town.CapabilitiesOf(post);
}

bool Reading::AnswersForAllOf(const std::string& post, const std::string& other) const {
  const std::set<v1::Capability> its = AnswersFor(post);
  const std::set<v1::Capability> theirs = AnswersFor(other);
  return !theirs.empty() && std::includes(its.begin(), its.end(), theirs.begin(), theirs.end());
}

std::string Reading::WhoDoesTheWorkOf(const std::string& post) const {
  const auto done_by = taken_up.find(post);
  if (done_by == taken_up.end() || !Dead(post) || Dead(done_by->second)) return {};
  return done_by->second;
}

bool Reading::DoesTheWorkOf(const std::string& other, const std::string& post) const {
  return !post.empty() && WhoDoesTheWorkOf(other) == post;
}

std::set<std::string> Reading::StandsAs(const CaseHeard& its_case, const std::string& post) const {
  std::set<std::string> all = {its_case.accountable, its_case.supervisor};
  for (const auto& [seated, kind] : its_case.seats) all.insert(seated);
  if (all.contains(post)) return {post};
  std::erase_if(all, [&](const std::string& each) { return !DoesTheWorkOf(each, post); });
  return all;
}

}  // namespace tearline::simulation
