#include "tests/simulation/requests.h"

#include <algorithm>
#include <utility>

namespace tearline::simulation {
namespace {

constexpr std::int64_t kLongestMs = std::int64_t{366} * 24 * 60 * 60 * 1000;

using stored::v1::ObligationDetail;

bool Is(const stored::v1::Detail& detail, stored::v1::ObligationChange change,
        v1::ObligationType type) {
  return detail.has_obligation() && detail.obligation().change() == change &&
         detail.obligation().type() == type;
}

bool OpensAnswer(const stored::v1::Detail& detail) {
  return Is(detail, stored::v1::OBLIGATION_CHANGE_OPENED,
            v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST);
}

bool EndsAnswer(const stored::v1::Detail& detail) {
  return Is(detail, stored::v1::OBLIGATION_CHANGE_DISCHARGED,
            v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST);
}

}  // namespace

/// Who works with people and with the case asks whom the case brings in, by a time that is to come.
bool Requests::MayAsk(const Seen& seen, const Intent& intent) const {
  const auto its_case = reading_.cases.find(intent.case_id);
  if (its_case == reading_.cases.end() || !MayBreakGlass(intent.post)) return false;
  const Reading::CaseHeard& heard = its_case->second;
  const auto works = [&heard](const std::string& post) {
    return heard.seats.contains(post) || heard.accountable == post || heard.supervisor == post;
  };
  const auto answers = [this](const std::string& post) {
    return !reading_.AnswersFor(post).empty() && !reading_.suspended.contains(AgencyOf(post));
  };
  const auto& everywhere = Coordinators();
  const bool coordinates =
      std::find(everywhere.begin(), everywhere.end(), intent.post) != everywhere.end();
  const bool all_may = std::all_of(intent.asked.begin(), intent.asked.end(), [&](const auto& each) {
    return (works(each) || answers(each)) && each != intent.post;
  });
  return (coordinates || works(intent.post)) && all_may && intent.time_ms > seen.stamp_ms &&
         intent.time_ms - seen.stamp_ms <= kLongestMs;
}

void Requests::Hear(const Seen& seen, const Intent& intent) {
  intent.deed == Deed::kAsk ? HearAsked(seen, intent) : HearAnswer(seen, intent);
}

void Requests::HearAsked(const Seen& seen, const Intent& intent) {
  const bool applied = seen.outcome == audit::Outcome::kApplied;
  const bool may = MayAsk(seen, intent);
  if (applied != may) {
    complaints_.push_back(may ? "a right request for information was refused"
                              : "a wrong request for information took effect");
  }
  if (!applied) return;
  Request request{intent.post, intent.time_ms, {}};
  std::string id;
  for (const stored::v1::Detail& detail : seen.details) {
    if (detail.changed().what() == "information-request") id = detail.changed().name();
    if (OpensAnswer(detail)) {
      const ObligationDetail& owed = detail.obligation();
      request.asked[owed.debtor_post()] = {owed.obligation_id(), false};
      due_[owed.obligation_id()] = intent.time_ms;
    }
  }
  std::set<std::string> owing;
  for (const auto& [post, asked] : request.asked) owing.insert(post);
  if (owing != std::set<std::string>(intent.asked.begin(), intent.asked.end())) {
    complaints_.push_back("P3: others owe an answer than were asked");
  }
  made[id] = std::move(request);
}

void Requests::HearAnswer(const Seen& seen, const Intent& intent) {
  const auto request = made.find(intent.id);
  if (request == made.end()) {
    complaints_.push_back("what nobody asked was answered");
    return;
  }
  const auto part = request->second.asked.find(intent.post);
  const bool may = part != request->second.asked.end() && !part->second.answered &&
                   reading_.MayRead(intent.post, intent.as);
  const bool applied = seen.outcome == audit::Outcome::kApplied;
  if (applied != may) {
    complaints_.push_back(may ? "a right answer was refused" : "a wrong answer was taken");
  }
  if (!applied || !may) return;
  part->second.answered = true;
  const bool ended = std::any_of(seen.details.begin(), seen.details.end(), [&](const auto& each) {
    return EndsAnswer(each) && each.obligation().obligation_id() == part->second.obligation;
  });
  if (!ended) complaints_.push_back("P3: an answer was given and is still owed");
  if (intent.amount == v1::INFORMATION_OUTCOME_REFUSED) {
    LookAtRefusal(seen, intent, request->second);
  }
}

/// The first above who did not ask.
void Requests::LookAtRefusal(const Seen& seen, const Intent& intent, const Request& request) {
  std::string above = reading_.town.LineOf(intent.post);
  if (above == request.asked_by) above = reading_.town.LineOf(above);
  if (above.empty()) return;
  const bool first = looked_at_.emplace(intent.id, above).second;
  const bool opened = std::any_of(seen.details.begin(), seen.details.end(), [&](const auto& each) {
    return Is(each, stored::v1::OBLIGATION_CHANGE_OPENED,
              v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL) &&
           each.obligation().debtor_post() == above;
  });
  if (first && !opened) complaints_.push_back("P3: information was refused, and nobody looks at it");
}

/// In the time that is left, at least a day. Not what it asked itself, or is asked already.
void Requests::HearTakenUp(const Seen& seen, const std::string& dead, const std::string& post) {
  constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
  std::map<std::string, std::string> passed_on;  // by request: what is owed from now on
  std::string opened;
  bool from_dead = false;
  for (const stored::v1::Detail& detail : seen.details) {
    if (OpensAnswer(detail)) opened = detail.obligation().obligation_id();
    if (detail.changed().what() == "information-passed-on") {
      from_dead = detail.changed().other() == dead;
    }
    if (detail.changed().what() == "information-asked" && detail.changed().other() == post &&
        from_dead) {
      passed_on[detail.changed().name()] = opened;
    }
  }
  for (auto& [id, request] : made) {
    const auto part = request.asked.find(dead);
    const bool is_passed_on = part != request.asked.end() && !part->second.answered &&
                              request.asked_by != post && !request.asked.contains(post);
    if (is_passed_on != passed_on.contains(id)) {
      complaints_.push_back("P3: what a dead address was asked was not passed on, or wrongly");
    }
    if (!is_passed_on || !passed_on.contains(id)) continue;
    passed_on_.insert({part->second.obligation, passed_on[id]});
    due_[passed_on[id]] = std::max(request.answer_by_ms, seen.stamp_ms + kDayMs);
    request.asked.erase(part);
    request.asked[post] = {passed_on[id], false};
  }
}

void Requests::HearOther(const Seen& seen) {
  const std::set<std::string> passed_on = std::exchange(passed_on_, {});
  for (const stored::v1::Detail& detail : seen.details) {
    if (passed_on.contains(detail.obligation().obligation_id())) continue;
    if (OpensAnswer(detail) || EndsAnswer(detail)) {
      complaints_.push_back("P3: an answer is owed, or owed no more, and nobody asked or answered");
    }
  }
}

void Requests::Look(const std::map<std::string, std::string>& open) {
  for (const auto& [id, request] : made) {
    for (const auto& [post, asked] : request.asked) {
      if (asked.answered != open.contains(asked.obligation)) continue;
      complaints_.push_back("P3: an answer is owed and was given, or is not owed and was not");
      return;
    }
  }
}

std::optional<std::int64_t> Requests::DueMs(const std::string& obligation) const {
  const auto due = due_.find(obligation);
  return due == due_.end() ? std::nullopt : std::optional(due->second);
}

}  // namespace tearline::simulation
