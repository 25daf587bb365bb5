#include "tests/simulation/work.h"

#include <algorithm>

namespace tearline::simulation {
namespace {

Work::Pairs SaidOf(const char* what, const Seen& seen) {
  Work::Pairs pairs;
  for (const stored::v1::Detail& detail : seen.details) {
    if (!detail.has_changed() || detail.changed().what() != what) continue;
    pairs.emplace(detail.changed().name(), detail.changed().other());
  }
  return pairs;
}

}  // namespace

void Work::NotePost(const std::string& post) {
  before_ = reading_.Dead(post) ? std::set<v1::Capability>() : reading_.AnswersFor(post);
}

void Work::End(const std::string& dead) {
  given_back_.emplace(dead, reading_.taken_up.at(dead));
  reading_.taken_up.erase(dead);
}

/// What is not dead any more, does its own work.
void Work::EndWhatIsBack() {
  std::set<std::string> back;
  for (const auto& [dead, done_by] : reading_.taken_up) {
    if (!reading_.Dead(dead)) back.insert(dead);
  }
  for (const std::string& post : back) End(post);
}

Work::Pairs Work::HearPost(const Seen& seen, const std::string& post) {
  EndWhatIsBack();
  const auto all = reading_.taken_up;
  for (const auto& [dead, done_by] : all) {
    const bool is_its = dead == post || (done_by == post && !reading_.Dead(post));
    if (is_its && !reading_.AnswersForAllOf(done_by, dead)) End(dead);
  }
  Pairs comes_for;
  Pairs taken_up;
  for (const std::string& dead : reading_.town.posts()) {
    if (!ComesToAnswerForAllOf(dead, post)) continue;
    comes_for.emplace(dead, post);
    // The first that is there keeps the work.
    const std::string done_by = reading_.WhoDoesTheWorkOf(dead);
    if (!done_by.empty() && done_by != post) continue;
    const auto before = reading_.taken_up.find(dead);
    if (before != reading_.taken_up.end() && before->second != post) End(dead);
    reading_.taken_up[dead] = post;
    taken_up.emplace(dead, post);
  }
  CheckLeaf(seen, taken_up);
  times += taken_up.size();
  return comes_for;
}

/// It did not before.
bool Work::ComesToAnswerForAllOf(const std::string& dead, const std::string& post) const {
  if (reading_.Dead(post) || dead == post || AgencyOf(dead) != AgencyOf(post) ||
      !reading_.Dead(dead) || !reading_.AnswersForAllOf(post, dead)) {
    return false;
  }
  const std::set<v1::Capability> its = reading_.AnswersFor(dead);
  return !std::includes(before_.begin(), before_.end(), its.begin(), its.end());
}

void Work::HearSuspension(const Seen& seen) {
  EndWhatIsBack();
  CheckLeaf(seen, {});
}

void Work::CheckLeaf(const Seen& seen, const Pairs& taken_up) {
  const Pairs said = SaidOf("work-taken-up", seen);
  if (!std::includes(said.begin(), said.end(), taken_up.begin(), taken_up.end())) {
    complaints_.push_back("P3: the work of a dead address was not taken up by who does all of it");
  }
  if (!std::includes(taken_up.begin(), taken_up.end(), said.begin(), said.end())) {
    complaints_.push_back("P6: work was taken up that nobody left, or that another does");
  }
  if (SaidOf("work-given-back", seen) != given_back_) {
    complaints_.push_back("work was given back that is still to be done, or was not given back");
  }
  given_back_.clear();
}

}  // namespace tearline::simulation
