#include "broker/machine/review_told.h"

#include <utility>

#include "broker/machine/board.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/open_work.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"

namespace tearline::machine {
namespace {

/// Who saw what by mistake is looked at within 24 hours, then every day.
constexpr policy::OpenedObligation kReview = {v1::OBLIGATION_TYPE_REVIEW_UNMERGE, 24 * kHourMs,
                                              24 * kHourMs};

/// Which number is wrong, or that two are one, is found out within three days, then every day.
constexpr policy::OpenedObligation kReviewNumbers = {v1::OBLIGATION_TYPE_REVIEW_NUMBERS,
                                                     72 * kHourMs, 24 * kHourMs};

/// Who answers for the first or, if there is nobody, for the second, and is kept out of neither; ""
/// if there is nobody.
std::string WhoAnswersForEither(const std::string& first_id, const std::string& second_id,
                                const Step& step) {
  for (const std::string& id : {first_id, second_id}) {
    const auto its_case = CaseOfNominal(id, step.batch);
    const std::string accountable = its_case ? its_case->case_().accountable_post() : "";
    for (const std::string& post : {accountable, SupervisorOf(id, step.batch)}) {
      if (!post.empty() && !IsKeptOutOfPerson(post, first_id, step.batch) &&
          !IsKeptOutOfPerson(post, second_id, step.batch)) {
        return post;
      }
    }
  }
  return {};
}

/// The same; else who reviews what the actor's agency does, and (from kPassedOverFrom on) is kept
/// out of neither; "" if there is nobody.
std::string ReviewerOf(const std::string& first_id, const std::string& second_id,
                       const Step& step) {
  std::string answers = WhoAnswersForEither(first_id, second_id, step);
  if (!answers.empty()) return answers;
  return ReviewerFor(step.actor, step.batch, [&](const std::string& post) {
    return IsPassedOver(post, first_id, step) || IsPassedOver(post, second_id, step);
  });
}

/// Who finds out whether a number is in error, as the actor said; "" if nobody needs to, or may.
std::string ReviewerOfNumber(const std::string& nominal_id, const Step& step) {
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  const std::string supervisor = SupervisorOf(nominal_id, step.batch);
  if (!its_case && supervisor.empty()) return {};
  const auto may_not = [&](const std::string& post) {
    return post.empty() || post == step.actor.post() || IsPassedOver(post, nominal_id, step);
  };
  const std::string accountable = its_case ? its_case->case_().accountable_post() : "";
  const std::string answers = its_case ? AnswersFor(its_case->case_()) : "";
  for (const std::string& post : {accountable, supervisor, answers}) {
    if (!may_not(post)) return post;
  }
  return ReviewerFor(step.actor, step.batch, may_not);
}

void OpenReviewBy(const std::string& reviewer, const std::string& nominal_id, Step& step) {
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_REVIEW_NUMBERS);
  row.set_reason(v1::RULE_REASON_NUMBERS_DISAGREE);
  row.set_nominal_id(nominal_id);
  row.set_debtor_post(reviewer);
  OpenOrJoin(std::move(row), kReviewNumbers, step);
}

}  // namespace

void OpenReviewOfTold(const std::string& nominal_id, const std::string& other_id,
                      v1::RuleReason reason, Step& step, const std::string& case_id) {
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_REVIEW_UNMERGE);
  row.set_reason(reason);
  row.set_nominal_id(nominal_id);
  row.set_case_id(case_id);
  const std::string reviewer = ReviewerOf(other_id, nominal_id, step);
  row.set_debtor_post(reviewer.empty() ? step.actor.post() : reviewer);
  OpenOrJoin(std::move(row), kReview, step);
}

bool OpenReviewOfNumbers(const std::string& nominal_id, const std::string& other_id, Step& step) {
  std::string reviewer = ReviewerOf(nominal_id, other_id, step);
  if (reviewer.empty()) reviewer = step.actor.post();
  if (IsPassedOver(reviewer, nominal_id, step) || IsPassedOver(reviewer, other_id, step)) {
    return false;
  }
  OpenReviewBy(reviewer, nominal_id, step);
  return true;
}

bool OpenReviewOfNumberOutOfItsTime(const std::string& nominal_id, const std::string& asserted_by,
                                    Step& step) {
  std::string reviewer = WhoAnswersForEither(nominal_id, nominal_id, step);
  if (reviewer.empty()) {
    const bool own = asserted_by == step.actor.agency();
    stored::v1::Actor author;
    author.set_agency(asserted_by);
    reviewer = ReviewerFor(own ? step.actor : author, step.batch, [&](const std::string& post) {
      return IsPassedOver(post, nominal_id, step) ||
             (!own && AgencyOfPost(post) == step.actor.agency());
    });
  }
  if (reviewer.empty() || IsPassedOver(reviewer, nominal_id, step)) return false;
  OpenReviewBy(reviewer, nominal_id, step);
  return true;
}

void OpenReviewOfNumberInError(const std::string& nominal_id, Step& step) {
  const std::string reviewer = ReviewerOfNumber(nominal_id, step);
  if (!reviewer.empty()) OpenReviewBy(reviewer, nominal_id, step);
}

}  // namespace tearline::machine
